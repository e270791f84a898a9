// Sequences of different lengths in one list: they are put into buckets of equal shapes, and each batch comes from one bucket. The
// batches are a stream. Loaded when a list of sequences is given to a model with open extents.

import { fail } from '../errors.ts'
import { Generator } from '../util/generator.ts'
import { nextSeed } from '../util/seed.ts'
import { sizeOf } from '../util/shape.ts'
import { Tensor, toTensor } from '../util/tensor.ts'
import type { ModelCore } from './core.ts'
import type { FitSettings } from './fitOptions.ts'
import type { GivenData } from './plainData.ts'
import type { BatchStream } from './stream.ts'

/** Batches of an epoch, and how many there are. */
export interface RaggedBatches {
  readonly stream: BatchStream
  readonly count: number
}

/**
 * The batches of a list of samples whose shapes differ; null where they do not. A bucket's last batch may be smaller. With shuffling,
 * each epoch has another order of samples in buckets and of batches, by one seed.
 */
export function raggedBatches(
  { inputs, outputs }: ModelCore,
  { x, y, sampleWeight }: GivenData,
  { batchSize, shuffle, validationSplit }: FitSettings,
  where: string,
): RaggedBatches | null {
  const [input] = inputs
  if (!input || inputs.length + outputs.length > 2 || !Array.isArray(x)) return null
  const list: readonly unknown[] = x
  const areTensors = list.every(
    (sample) => sample instanceof Tensor && sample.shape.length === input.shape.length - 1,
  )
  if (list.length === 0 || (!areTensors && new Set(list.map(extentsOf)).size === 1)) return null
  if (validationSplit > 0) {
    fail(where, {
      expected: 'no validationSplit beside samples of different shapes',
      got: `${validationSplit}`,
      remedy: 'Give validationData.',
    })
  }
  const fields = [samplesOf(x, where, 'x'), samplesOf(y, where, 'y')]
  if ((sampleWeight ?? null) !== null) fields.push(samplesOf(sampleWeight, where, 'sampleWeight'))
  const wrong = fields.find(({ length }) => length !== list.length)
  if (wrong) {
    const got = fields.map(({ length }) => length).join(' and ')
    fail(where, { expected: 'as many targets and weights as inputs', got })
  }
  const buckets = new Map<string, number[]>()
  for (const i of list.keys()) {
    const key = fields.map((field) => field[i]?.shape.join()).join(' ')
    buckets.set(key, [...(buckets.get(key) ?? []), i])
  }
  const size = batchSize ?? 32
  const seed = (shuffle ?? true) ? nextSeed() : null
  const batchesOf = (epoch: number): number[][] => {
    const generator = seed === null ? null : new Generator(seed, epoch)
    const ordered = <T>(items: readonly T[]): readonly T[] =>
      generator ? [...generator.permutation(items.length)].map((i) => items[i] as T) : items
    const batches = [...buckets.values()].flatMap((bucket) => {
      const rows = ordered(bucket)
      return Array.from({ length: Math.ceil(rows.length / size) }, (_, b) =>
        rows.slice(b * size, (b + 1) * size),
      )
    })
    return ordered(batches) as number[][]
  }
  let epoch = 0
  const stream = {
    *[Symbol.iterator]() {
      for (const rows of batchesOf(epoch++))
        yield fields.map((field) => stack(rows.map((i) => field[i] as Tensor)))
    },
  }
  return { stream, count: batchesOf(0).length }
}

/** The extents of a nested array by its first elements, or of a tensor. */
function extentsOf(sample: unknown): string {
  if (sample instanceof Tensor) return sample.shape.join()
  if (!Array.isArray(sample)) return ArrayBuffer.isView(sample) ? String(sample.byteLength) : ''
  return `${sample.length},${sample.length > 0 ? extentsOf(sample[0]) : ''}`
}

/** Each sample as a tensor. */
function samplesOf(data: unknown, where: string, what: string): Tensor[] {
  if (Array.isArray(data)) return data.map((sample, i) => toTensor(sample, `${where}, ${what}[${i}]`))
  const { data: values, shape } = toTensor(data, `${where}, ${what}`)
  const [, ...rest] = shape
  const length = sizeOf(rest)
  return Array.from(
    { length: shape[0] ?? 0 },
    (_, i) => new Tensor(values.slice(i * length, (i + 1) * length), rest),
  )
}

/** Tensors of one shape as one, with an axis in front. */
function stack(tensors: readonly Tensor[]): Tensor {
  const [{ shape }] = tensors as [Tensor]
  const length = sizeOf(shape)
  const data = new Float32Array(tensors.length * length)
  tensors.forEach((tensor, i) => {
    data.set(tensor.data, i * length)
  })
  return new Tensor(data, [tensors.length, ...shape])
}
