// Weights of samples, given as such or by class. Loaded when a call has any.

import { describeValue, fail } from '../../errors.ts'
import { broadcastTensor } from '../../util/broadcastTensor.ts'
import { isOptions } from '../../util/options.ts'
import { isA } from '../../util/realms.ts'
import { type OpenShape, type Shape, showShape } from '../../util/shape.ts'
import { checkFiniteData, isTensorData, Tensor } from '../../util/tensor.ts'
import { Windows } from '../../util/windows.ts'
import type { OutputTraining } from '../measures.ts'
import { readSome } from '../someOutputs.ts'
import type { StepModel } from '../stepGraph.ts'
import type { GivenSamples } from './fields.ts'

/** Weights by class index, as the options read them. */
type ClassWeights = Readonly<Record<number, number>>

/** Reads the weights of each output's samples, whose shapes are `outputs`; null where there are none. */
export function readWeights(
  model: StepModel,
  outputs: readonly Shape[],
  targets: readonly (GivenSamples | null)[],
  { sampleWeight, classWeight }: { readonly sampleWeight?: unknown; readonly classWeight?: unknown },
  where: string,
): (Tensor | null)[] {
  const isWeighted = sampleWeight !== undefined && sampleWeight !== null
  const isByClass = classWeight !== undefined && classWeight !== null
  if (isByClass && isWeighted) {
    fail(where, { expected: 'either sampleWeight or classWeight', got: 'both' })
  }
  if (isByClass) {
    const byClass = readClassWeight(where, classWeight)
    if (targets.length > 1)
      fail(where, { expected: 'classWeight with a single output', got: `${targets.length} outputs` })
    return targets.map((target, i) => {
      const each = asTensor(target)
      return each && classWeights(each, byClass, [null, ...(outputs[i] ?? [])])
    })
  }
  if (!isWeighted) return targets.map(() => null)
  const names = model.outputNames
  // As in Keras, one weight a sample may be for all outputs.
  const given = names.length > 1 && isOneArray(sampleWeight) ? names.map(() => sampleWeight) : sampleWeight
  return readSome(given, names, weighedOutputs(model), where, 'sampleWeight').map((array, i) => {
    const weight = asTensor(array)
    if (weight === null) return null
    const entries = outputs[i] ?? []
    const rows = rowsOf(model.training[i], entries)
    const [samples = 0, ...axes] = withoutSingles(weight.shape, rows)
    const weighed = weighsEntries(model.training[i], entries) ? entries : rows
    if (!isPrefix(axes, weighed)) {
      fail(`${where}, sampleWeight`, {
        expected: weighed.length === 0 ? '[samples]' : `[samples] or [samples, ${weighed.join(', ')}]`,
        got: showShape(weight.shape),
        remedy: isPrefix(axes, entries) ? ROWS_ALONE : undefined,
      })
    }
    checkFiniteData(weight, `${where}, sampleWeight`)
    return broadcastTensor(new Tensor(weight.data, [samples, ...axes]), [
      samples,
      ...weighed.slice(0, axes.length),
    ])
  })
}

const ROWS_ALONE =
  'This loss has one value for all entries of an axis. A loss of your own that keeps the axis takes weights of entries.'

/** The entries that have a value each: all but the axis that the loss folds, the last by default. */
function rowsOf(training: OutputTraining | undefined, entries: Shape): Shape {
  const { axis = -1 } = (training?.loss?.config ?? {}) as { readonly axis?: number }
  const folded = axis < 0 ? axis + entries.length : axis - 1
  return entries.filter((_, i) => i !== folded)
}

/**
 * Whether weights may be of single entries of an output: where no loss takes the mean over the last axis before it is weighed. Only
 * the data of losses of one's own say which targets they take, and their values may have all axes; metrics that cannot count
 * entries say so themselves.
 */
const weighsEntries = (training: OutputTraining | undefined, entries: Shape): boolean =>
  training?.loss?.targetShape(entries) === 'any' || training?.loss === null

const asTensor = (given: GivenSamples | null): Tensor | null =>
  given instanceof Windows ? given.toTensor() : given

/** Whether weights are one array: numbers, or a tensor. */
const isOneArray = (data: unknown): boolean =>
  isTensorData(data) ||
  ArrayBuffer.isView(data) ||
  (Array.isArray(data) && data.length > 0 && data.every((weight) => typeof weight === 'number'))

/** Which outputs have something that weights of samples weigh. A step that a class says itself gets all that are given. */
export const weighedOutputs = ({ training, ownSteps }: Pick<StepModel, 'training' | 'ownSteps'>): boolean[] =>
  training.map(({ loss, weightedMetrics }) => !!ownSteps || loss !== null || weightedMetrics.length > 0)

/** Weights by class index, from an object or a Map. */
function readClassWeight(where: string, given: unknown): ClassWeights {
  const name = 'classWeight'
  const isList = isA(given, 'Map') || isOptions(given)
  if (!isList) fail(where, { expected: `${name} as weights by class index`, got: describeValue(given) })
  const entries: readonly (readonly [unknown, unknown])[] = isA(given, 'Map')
    ? [...given]
    : Object.entries(given)
  for (const [key, weight] of entries) {
    if (!/^\d+$/.test(String(key)) || !Number.isFinite(weight)) {
      fail(`${where}, ${name}`, {
        expected: 'finite numbers by class index',
        got: `${typeof key === 'string' ? key : describeValue(key)}: ${describeValue(weight)}`,
      })
    }
  }
  return Object.fromEntries(entries) as Readonly<Record<number, number>>
}

/** Whether a shape is that of the first axes of the rows, where as in Keras an extent of 1 is for all. */
const isPrefix = (shape: Shape, rows: OpenShape): boolean =>
  shape.length <= rows.length && shape.every((extent, axis) => extent === rows[axis] || extent === 1)

/** Without trailing extents of 1 that the rows do not have: [samples, 1] is one weight a sample, as in Keras. */
function withoutSingles(shape: Shape, rows: OpenShape): Shape {
  const isSingle = shape.length > 1 && shape.at(-1) === 1 && rows[shape.length - 2] !== 1
  return isSingle ? withoutSingles(shape.slice(0, -1), rows) : shape
}

/**
 * Sample weights from weights of classes, as Keras has them: 1 for a class that is not named. A target's class is its number,
 * rounded; where there is a number for each entry of the last axis, the index of the largest.
 *
 * @param prediction The output's shape: targets of fewer axes are class indices, a number a row.
 */
function classWeights(target: Tensor, weights: ClassWeights, prediction: OpenShape): Tensor {
  const { data } = target
  const shape = target.shape.slice(0, Math.max(1, prediction.length))
  const extent = shape.at(-1) ?? 1
  const classes = shape.length === 1 || shape.length < prediction.length ? 1 : extent
  const values = Float32Array.from({ length: data.length / classes }, (_, row) => {
    const slice = data.subarray(row * classes, (row + 1) * classes)
    const index = classes === 1 ? roundHalfToEven(slice[0] ?? 0) : indexOfLargest(slice)
    return weights[index] ?? 1
  })
  const isOwnAxis = classes > 1 || (extent === 1 && shape.length > 1 && shape.length === prediction.length)
  return new Tensor(values, isOwnAxis ? shape.slice(0, -1) : shape)
}

const indexOfLargest = (values: Float32Array): number =>
  values.reduce((best, value, i) => (value > (values[best] ?? 0) ? i : best), 0)

/** As numpy rounds. */
const roundHalfToEven = (value: number): number => {
  const rounded = Math.round(value)
  return rounded - value === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded
}
