// Samples of different shapes in buckets of equal ones: each batch comes from one bucket.

import { isHosted } from '../../layers/preprocessing/hostStage.ts'
import { Generator } from '../../util/generator.ts'
import { stacked } from '../../util/samples.ts'
import type { Tensor } from '../../util/tensor.ts'
import type { ModelCore } from '../core.ts'
import { readBatchSize } from './batchSize.ts'
import { keepMade, readInputs, readSamples, type Samples } from './data.ts'
import { inOrder } from './dataset.ts'
import type { Field } from './fields.ts'
import type { Lists, RaggedData } from './ragged.ts'

/** Samples of one shape, and where each stands in the list. */
export interface Bucket extends Samples {
  readonly indices: readonly number[]
}

/** The samples `from` up to `to` in buckets of equal shapes, in the order in which these come first. */
export async function bucketsOf(
  core: ModelCore,
  data: RaggedData,
  where: string,
  [from, to]: readonly [from: number, to: number] = [0, data.rows],
): Promise<Bucket[]> {
  return Promise.all(
    group(data, from, to).map(async (indices) => {
      const [all, named] = [stackAll(indices), `${where}, sample ${indices[0]}`]
      const given = {
        x: inputsOf(core, all(data.x), named),
        y: all(data.y),
        sampleWeight: data.sampleWeight.every((list) => list === null) ? null : all(data.sampleWeight),
        classWeight: data.classWeight,
      }
      return { indices, ...(await readSamples(core, given, named)) }
    }),
  )
}

/** The inputs of each bucket. */
export const bucketsOfInputs = (
  core: ModelCore,
  data: RaggedData,
  where: string,
): { readonly indices: readonly number[]; readonly inputs: readonly Field[] }[] =>
  group(data, 0, data.rows).map((indices) => ({
    indices,
    inputs: readInputs(core, inputsOf(core, stackAll(indices)(data.x), where), where),
  }))

/** Inputs of samples, through which layers on the host have gone already. */
function inputsOf(core: ModelCore, x: unknown, where: string): unknown {
  const list: readonly unknown[] = Array.isArray(x) ? x : [x]
  if (isHosted(core))
    keepMade(
      x,
      list.map((given) => ({ given, where: `${where}, x` })),
    )
  return x
}

/** Indices of the samples `from` up to `to` whose shapes are alike. */
function group({ x, y, sampleWeight }: RaggedData, from: number, to: number): number[][] {
  const buckets = new Map<string, number[]>()
  const lists = [...x, ...y, ...sampleWeight].filter((list) => list !== null)
  for (let i = from; i < to; i++) {
    const key = lists.map((list) => list[i]?.shape.join()).join(' ')
    const found = buckets.get(key)
    if (found) found.push(i)
    else buckets.set(key, [i])
  }
  return [...buckets.values()]
}

/** Stacks samples of each list; an array by itself for the only one. */
const stackAll =
  (indices: readonly number[]) =>
  (lists: Lists): unknown => {
    const arrays = lists.map((list) => {
      const samples = list && indices.map((i) => list[i] as Tensor)
      return samples && stacked(samples, samples[0]?.shape ?? [])
    })
    return arrays.length === 1 ? arrays[0] : arrays
  }

/** One batch of an epoch: samples of a bucket. */
export interface RaggedBatch {
  readonly bucket: number
  readonly rows: Uint32Array
}

/**
 * The batches of an epoch. A bucket's last batch may be smaller. With a seed, each epoch has another order of samples in buckets and of
 * batches.
 */
export function batchesOf(
  buckets: readonly Bucket[],
  batchSize: number,
  seed: number | null,
  epoch: number,
): RaggedBatch[] {
  const generator = seed === null ? null : new Generator(seed, epoch)
  const ordered = (count: number): Uint32Array =>
    generator ? Uint32Array.from(generator.permutation(count)) : inOrder(count)
  const batches = buckets.flatMap(({ rows }, bucket) => {
    const order = ordered(rows)
    return Array.from({ length: Math.ceil(rows / batchSize) }, (_, b) => ({
      bucket,
      rows: order.subarray(b * batchSize, (b + 1) * batchSize),
    }))
  })
  return [...ordered(batches.length)].map((i) => batches[i] as RaggedBatch)
}

/** The batch size of a call on buckets, each of which a model of a fixed batch has to divide. */
export function readBucketSize(
  core: ModelCore,
  where: string,
  asked: number | null,
  buckets: readonly { readonly indices: readonly number[] }[],
): number {
  const sizes = buckets.map(({ indices }) =>
    readBatchSize(
      core,
      `${where}, samples of the shape of sample ${indices[0]}`,
      { given: asked },
      indices.length,
    ),
  )
  return sizes[0] ?? 32
}
