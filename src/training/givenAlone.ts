// What losses and metrics are given without a model: targets, predictions and weights, as tensors that belong together.

import { fail } from '../errors.ts'
import type { OpenShape, Shape } from '../util/shape.ts'
import { sameShape, showShape } from '../util/shape.ts'
import { Tensor, toTensor } from '../util/tensor.ts'
import { fitsSample, type TargetShape } from './loss.ts'

/** What is judged. */
export interface Given {
  readonly predictions: Tensor
  readonly targets: Tensor
  readonly weights: Tensor | null
}

/** What judges: a loss, or a metric. */
interface Judge {
  readonly takesValues?: boolean | undefined
  targetShape(prediction: OpenShape): TargetShape
}

/** Reads data as a judge takes them. */
export function readGiven(
  judge: Judge,
  {
    yTrue,
    yPred,
    weights,
  }: { readonly yTrue: unknown; readonly yPred: unknown; readonly weights: Tensor | null },
  where: string,
): Given {
  const read = (value: unknown, name: string): Tensor =>
    typeof value === 'number' ? new Tensor(Float32Array.of(value), [1]) : toTensor(value, `${where}, ${name}`)
  const { takesValues } = judge
  const predictions = withColumns(read(yPred, takesValues ? 'values' : 'yPred'))
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
  return {
    predictions,
    targets: reshaped(targets, [rows, ...sample]),
    weights: weights && ofRows(weights, predictions, where),
  }
}

const reshaped = ({ data }: Tensor, shape: Shape): Tensor => new Tensor(data, shape)

/** Numbers by themselves are samples of one entry. */
const withColumns = (tensor: Tensor): Tensor =>
  tensor.shape.length > 1 ? tensor : reshaped(tensor, [tensor.data.length, 1])

/** Weights of the first axes of predictions; as in Keras one of an axis of 1 at the end is of the axes before. */
function ofRows(weights: Tensor, { shape }: Tensor, where: string): Tensor {
  const isColumn = weights.shape.length > 1 && weights.shape.at(-1) === 1
  const trimmed = isColumn ? weights.shape.slice(0, -1) : weights.shape
  if (trimmed.length > 0 && sameShape(trimmed, shape.slice(0, trimmed.length)))
    return reshaped(weights, trimmed)
  return fail(`${where}, sampleWeight`, {
    expected: `the first axes of ${showShape(shape)}`,
    got: showShape(weights.shape),
  })
}
