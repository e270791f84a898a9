// Metrics as functions of `ops`, by Keras's names in camelCase: of targets and predictions, 1 where a row, or an entry, is right, else 0.

import { checkFinite, checkPositiveInteger } from '../errors.ts'
import { equal, greater } from '../operations/elementwise.ts'
import { getItem } from '../operations/indexing.ts'
import { type Operand, shapeOfOperand } from '../operations/operation.ts'
import { any, argmax } from '../operations/reductions.ts'
import { expandDims, squeeze } from '../operations/shapes.ts'
import { inTopK } from '../operations/sorting.ts'
import { flag, option, type TableFor } from '../util/options.ts'
import { lossFunction, type RowLoss } from './losses/lossFunction.ts'

/** Options of the accuracy of two classes. */
export interface BinaryOptions {
  /** Predictions above this threshold count as 1; `0.5` by default. */
  readonly threshold?: number
}

/** Options of accuracies among the largest predictions. */
export interface CountOptions {
  /** How many of the largest predictions count; `5` by default. */
  readonly k?: number
}

/** Options of the sparse one. */
export interface SparseCountOptions extends CountOptions {
  /** Whether predictions are class indices, the best first, and not a number for each class; `false` by default. */
  readonly fromSortedIds?: boolean
}

/** 1 for each entry on the right side of `threshold`. */
export const binaryAccuracy: RowLoss<BinaryOptions> = lossFunction(
  'binaryAccuracy',
  { threshold: option(0.5, checkFinite) } satisfies TableFor<BinaryOptions>,
  (t, p, { threshold }) => equal(t, greater(p, threshold)),
  'metrics',
)

/** 1 for each row whose largest prediction is the largest target. */
export const categoricalAccuracy: RowLoss = lossFunction(
  'categoricalAccuracy',
  {},
  (t, p) => equal(argmax(t, -1), argmax(p, -1)),
  'metrics',
)

/** 1 for each row whose largest prediction is the class that the target names. */
export const sparseCategoricalAccuracy: RowLoss = lossFunction(
  'sparseCategoricalAccuracy',
  {},
  (t, p, _options, where) => equal(indicesOf(t, p, where), argmax(p, -1)),
  'metrics',
)

const k = option(5, checkPositiveInteger)

/** 1 for each row whose largest target is among the `k` largest predictions. */
export const topKCategoricalAccuracy: RowLoss<CountOptions> = lossFunction(
  'topKCategoricalAccuracy',
  { k } satisfies TableFor<CountOptions>,
  (t, p, { k: count }) => inTopK(argmax(t, -1), p, count),
  'metrics',
)

/** 1 for each row whose target names a class among the `k` largest predictions. */
export const sparseTopKCategoricalAccuracy: RowLoss<SparseCountOptions> = lossFunction(
  'sparseTopKCategoricalAccuracy',
  { k, fromSortedIds: flag(false) } satisfies TableFor<SparseCountOptions>,
  (t, p, { k: count, fromSortedIds }, where) => {
    const ids = indicesOf(t, p, where)
    if (!fromSortedIds) return inTopK(ids, p, count)
    const extent = shapeOfOperand(p, where).at(-1) ?? count
    return any(equal(expandDims(ids, -1), getItem(p, ['...', [0, Math.min(count, extent)]])), -1)
  },
  'metrics',
)

/** Class indices without the axis of 1 that they may end with. */
function indicesOf(t: Operand, p: Operand, where: string): Operand {
  const shape = shapeOfOperand(t, where)
  return shape.length === shapeOfOperand(p, where).length && shape.at(-1) === 1 ? squeeze(t, -1) : t
}
