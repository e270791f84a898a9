// Samples of different shapes in one list, as users hand them over: read and checked sample by sample. Loaded when data are given to a
// model with open extents.

import { fail } from '../../errors.ts'
import { givesIntegers } from '../../layers/integers.ts'
import { fitsShape } from '../../layers/layerGraph.ts'
import { isHosted } from '../../layers/preprocessing/hostStage.ts'
import { toIntegers } from '../../util/integerTensor.ts'
import { unstacked } from '../../util/samples.ts'
import { type OpenShape, type Shape, showShape } from '../../util/shape.ts'
import { checkFiniteData, isTensorData, Tensor, toTensor } from '../../util/tensor.ts'
import type { ModelCore } from '../core.ts'
import { someOf } from '../someOutputs.ts'
import { sampleShape } from '../stepGraph.ts'
import { arraysOf, type GivenArray, matchRank } from './arrays.ts'
import { inputArrays, keepMade } from './data.ts'
import type { GivenData } from './plainData.ts'
import { weighedOutputs } from './sampleWeights.ts'

/** Samples of each input or output, one tensor each; null for an output without targets or weights. */
export type Lists = readonly (readonly Tensor[] | null)[]

/** A data set whose samples differ in shape, sample by sample. */
export interface RaggedData {
  readonly rows: number
  readonly x: Lists
  readonly y: Lists
  readonly sampleWeight: Lists
  readonly classWeight: unknown
}

/** Reads samples of different shapes for a prediction; null where they do not differ. */
export function readRaggedInputs(core: ModelCore, x: unknown, where: string): RaggedData | null {
  const { inputs } = core
  const names = inputs.map(({ layer }) => layer.key ?? layer.name)
  const shapes = inputs.map(sampleShape)
  const given = isHosted(core)
    ? inputArrays(core, x, where)
    : isListOfSamples(x, shapes)
      ? [{ given: x, where: `${where}, x` }]
      : arraysOf(x, names, where, 'x')
  if (!given.some((array, i) => isRagged(array.given, shapes[i] ?? []))) {
    if (isHosted(core)) keepMade(x, given)
    return null
  }
  if (core.variables.some(({ kind }) => kind === 'state')) {
    fail(where, {
      expected: 'samples of one shape, since states go on from batch to batch',
      got: 'samples of different shapes',
      remedy: 'Give a stream, or call trainOnBatch and predictOnBatch, where each batch has one shape.',
    })
  }
  const lists = given.map((array, i) => {
    const layer = inputs[i]?.layer
    return samplesOf(array).map((sample, row) => {
      const named = `${array.where}[${row}]`
      const read = checkSample(sample, shapes[i] ?? [], named)
      if (layer && givesIntegers(layer)) toIntegers(read, named)
      return read
    })
  })
  const none = core.outputs.map(() => null)
  return withRows({ x: lists, y: none, sampleWeight: none, classWeight: null }, where)
}

/** Reads a data set whose samples differ in shape; null where they do not. */
export function readRagged(
  core: ModelCore,
  { x, y, sampleWeight, classWeight }: GivenData,
  where: string,
): RaggedData | null {
  const inputs = readRaggedInputs(core, x, where)
  if (inputs === null) return null
  const names = core.outputNames
  const read = (data: unknown, asked: readonly boolean[], what: string): Lists => {
    const arrays = isListOfSamples(data, core.outputs.map(sampleShape))
      ? [{ given: data, where: `${where}, ${what}` }]
      : someOf(data, names, asked, where, what)
    return arrays.map(
      (array) =>
        array &&
        samplesOf(array).map((sample, row) => {
          checkFiniteData(sample, `${array.where}[${row}]`)
          return sample
        }),
    )
  }
  const targets = core.training.map(({ target }) => target !== null)
  const isWeighted = (sampleWeight ?? null) !== null
  return withRows(
    {
      x: inputs.x,
      y: read(y, targets, 'y'),
      sampleWeight: isWeighted
        ? read(sampleWeight, weighedOutputs(core), 'sampleWeight')
        : targets.map(() => null),
      classWeight,
    },
    where,
  )
}

function withRows(data: Omit<RaggedData, 'rows'>, where: string): RaggedData {
  const counts = [...data.x, ...data.y, ...data.sampleWeight].flatMap((list) => list?.length ?? [])
  const [rows = 0] = counts
  if (counts.some((count) => count !== rows))
    fail(where, { expected: 'as many targets and weights as inputs', got: counts.join(' and ') })
  return { ...data, rows }
}

/** Whether data are a list with an entry a sample: for one input or output only, and not a list of one array of all samples. */
function isListOfSamples(data: unknown, shapes: readonly OpenShape[]): data is readonly unknown[] {
  if (shapes.length !== 1 || !Array.isArray(data)) return false
  const [first, ...more] = data as readonly unknown[]
  return more.length > 0 || !(isTensorData(first) && first.shape.length > (shapes[0]?.length ?? 0))
}

/** Whether an array is a list of samples that differ in shape, or that are tensors. */
function isRagged(given: unknown, sample: OpenShape): boolean {
  if (!Array.isArray(given)) return false
  const list: readonly unknown[] = given
  const isSample = (value: unknown): boolean =>
    ArrayBuffer.isView(value) || (isTensorData(value) && value.shape.length <= sample.length)
  return (list.length > 0 && list.every(isSample)) || new Set(list.map(extentsOf)).size > 1
}

/** The extents of a nested array by its first elements, or of a tensor. */
function extentsOf(sample: unknown): string {
  if (isTensorData(sample)) return sample.shape.join()
  if (!Array.isArray(sample)) return ArrayBuffer.isView(sample) ? String(sample.byteLength) : ''
  return `${sample.length},${sample.length > 0 ? extentsOf(sample[0]) : ''}`
}

/** Each sample as a tensor. */
function samplesOf({ given, where }: GivenArray): Tensor[] {
  if (Array.isArray(given)) {
    return given.map((sample, i) =>
      typeof sample === 'number' || typeof sample === 'boolean'
        ? new Tensor(Float32Array.of(Number(sample)), [])
        : toTensor(sample, `${where}[${i}]`),
    )
  }
  return unstacked(toTensor(given, where))
}

/** A sample in the shape of the model's input; throws where it does not fit. */
function checkSample(sample: Tensor, expected: OpenShape, where: string): Tensor {
  const [, ...shape]: Shape = matchRank([1, ...sample.shape], expected.length + 1, expected)
  if (!fitsShape([1, ...shape], [1, ...expected]) || shape.includes(0)) {
    const remedy =
      sample.shape.length === 0 || sample.shape.includes(0)
        ? 'Each extent is at least 1.'
        : 'Only extents that are null in the shape of the input may differ.'
    fail(where, {
      expected: `a sample [${expected.map((extent) => extent ?? 'null').join(', ')}]`,
      got: showShape(sample.shape),
      remedy,
    })
  }
  checkFiniteData(sample, where)
  return new Tensor(sample.data, shape)
}
