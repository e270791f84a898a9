// What losses and metrics are given without a model: targets, predictions and weights, as tensors that belong together.

import { fail } from '../errors.ts'
import { broadcastTensor } from '../util/broadcastTensor.ts'
import { entryOf, indicesOf } from '../util/nested.ts'
import type { OpenShape, Shape } from '../util/shape.ts'
import { showShape } from '../util/shape.ts'
import { Tensor, toTensor } from '../util/tensor.ts'
import { fitsSample, type Loss, type TargetShape } from './loss.ts'

/** What is judged. */
export interface Given {
  readonly predictions: Tensor
  readonly targets: Tensor
  readonly weights: Tensor | null
  /** Whether predictions were numbers by themselves, of which each is a sample. */
  readonly isVector: boolean
}

/** What judges: a loss, or a metric. */
interface Judge {
  readonly takesValues?: boolean | undefined
  readonly indices?: Loss['indices']
  targetShape(prediction: OpenShape): TargetShape
}

/** Reads data as a judge takes them. */
export function readGiven(
  judge: Judge,
  {
    yTrue,
    yPred,
    weights,
  }: { readonly yTrue: unknown; readonly yPred: unknown; readonly weights: number | Tensor | null },
  where: string,
): Given {
  const read = (value: unknown, name: string): Tensor =>
    typeof value === 'number' ? new Tensor(Float32Array.of(value), [1]) : toTensor(value, `${where}, ${name}`)
  const { takesValues } = judge
  const values = read(yPred, takesValues ? 'values' : 'yPred')
  const predictions = withColumns(values)
  const targets = read(yTrue, 'yTrue')
  const [rows = 0] = predictions.shape
  const expected = takesValues ? 'any' : judge.targetShape(predictions.shape.slice(1))
  const fits = expected === 'any' || fitsSample(targets.shape, expected)
  if (targets.shape[0] !== rows || !fits) {
    fail(where, {
      expected: `targets ${showShape([rows, ...(expected === 'any' ? targets.shape.slice(1) : expected)])}`,
      got: showShape(targets.shape),
    })
  }
  const sample = expected === 'any' ? targets.shape.slice(1) : (expected as Shape)
  if ('reduction' in judge) checkClasses(judge, targets, predictions.shape, where)
  return {
    predictions,
    targets: reshaped(targets, [rows, ...sample]),
    weights: weights === null ? null : ofRows(weights, predictions, where),
    isVector: values.shape.length < 2,
  }
}

/** Throws for a class index that predictions have no entry for, as fit does. */
function checkClasses(
  { indices, targetShape }: Judge,
  targets: Tensor,
  predictions: Shape,
  where: string,
): void {
  const expected = targetShape(predictions.slice(1))
  const isShort = expected !== 'any' && expected.length < predictions.length - 1
  const { axis, ignored } = indices ?? { axis: isShort ? -1 : null, ignored: null }
  if (axis === null) return
  const classes = predictions.at(axis) ?? 1
  const isClass = (value: number): boolean => Number.isInteger(value) && value >= 0 && value < classes
  const wrong = targets.data.findIndex((value) => value !== ignored && !isClass(value))
  if (wrong < 0) return
  fail(entryOf(`${where}, yTrue`, indicesOf(wrong, targets.shape)), {
    expected: `a class index from 0 to ${classes - 1}`,
    got: `${targets.data[wrong]}`,
  })
}

const reshaped = ({ data }: Tensor, shape: Shape): Tensor => new Tensor(data, shape)

/** Numbers by themselves are samples of one entry. */
const withColumns = (tensor: Tensor): Tensor =>
  tensor.shape.length > 1 ? tensor : reshaped(tensor, [tensor.data.length, 1])

/**
 * Weights of the first axes of predictions; as in Keras one of an axis of 1 at the end is of the axes before, one of another axis of 1
 * is of all entries of that, and a number is of all samples.
 */
function ofRows(given: number | Tensor, { shape }: Tensor, where: string): Tensor {
  const [rows = 0] = shape
  if (typeof given === 'number') return new Tensor(new Float32Array(rows).fill(given), [rows])
  const isColumn = given.shape.length > 1 && given.shape.at(-1) === 1
  const trimmed = isColumn ? given.shape.slice(0, -1) : given.shape
  const first = shape.slice(0, trimmed.length)
  const fits = trimmed.length > 0 && trimmed.length <= shape.length
  if (fits && trimmed.every((size, i) => size === first[i] || size === 1))
    return broadcastTensor(reshaped(given, trimmed), first)
  return fail(`${where}, sampleWeight`, {
    expected: `a number, or the first axes of ${showShape(shape)}`,
    got: showShape(given.shape),
  })
}
