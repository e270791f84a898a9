// A loss that is called on symbolic tensors, in `ops`: so gradients reach predictions, targets and weights alike.

import { describeValue, fail } from '../../errors.ts'
import type { Reduction } from '../../layers/lossInputs.ts'
import { maskOf } from '../../layers/own/maskOf.ts'
import { SymbolicTensor } from '../../layers/symbolicTensor.ts'
import { divideNoNan } from '../../operations/comparing.ts'
import { multiply } from '../../operations/elementwise.ts'
import { type Operand, shapeOfOperand } from '../../operations/operation.ts'
import { mean, sum } from '../../operations/reductions.ts'
import { expandDims, squeeze } from '../../operations/shapes.ts'
import { showShape } from '../../util/shape.ts'

/** The values of rows for targets and predictions, and where a loss masks rows itself their mask. */
export type LossRows = (yTrue: Operand, yPred: Operand) => readonly SymbolicTensor[]

/** A loss as a function of `ops`. */
export interface SymbolicLoss {
  /** What errors call it. */
  readonly where: string
  readonly reduction: Reduction
  readonly rows: LossRows
}

/** What a loss is computed of. */
export interface Judged {
  readonly yTrue: Operand
  readonly yPred: Operand
  /** One for all, or of the first axes of the rows; null for 1 each. */
  readonly sampleWeight?: Operand | null
}

/**
 * The number that a loss is, `[]`; the values of its rows where nothing reduces them.
 *
 * @see keras/src/losses/loss.py, reduce_weighted_values
 */
export function symbolicLoss({ where, reduction, rows }: SymbolicLoss, judged: Judged): SymbolicTensor {
  const { yTrue, yPred, sampleWeight = null } = judged
  const [values, own = null] = rows(yTrue, yPred)
  if (!values) fail(where, { expected: 'values of rows', got: 'none' })
  const of = { where, rank: values.shape.length }
  const given = yPred instanceof SymbolicTensor ? maskOf(yPred) : null
  const mask = product(given && ofRows(given, of), own && ofRows(own, of))
  const isMean = reduction === 'mean' || reduction === 'sum_over_batch_size'
  // As in Keras a mean is that of the rows that are valid.
  const kept = mask && isMean ? multiply(mask, divideNoNan(1, mean(mask))) : mask
  const weights = product(sampleWeight === null ? null : ofRows(sampleWeight, of), kept)
  const weighted = weights === null ? values : multiply(values, weights)
  if (reduction === 'none' || weighted.shape.length === 0) return weighted
  if (isMean || (reduction === 'mean_with_sample_weight' && weights === null)) return mean(weighted)
  const all = sum(weighted)
  return reduction === 'sum' || weights === null ? all : divideNoNan(all, sum(weights))
}

const product = (a: Operand | null, b: Operand | null): Operand | null =>
  a === null || b === null ? (a ?? b) : multiply(a, b)

/** Weights with as many axes as the rows: axes of 1 at the end are added, or one is taken away. */
function ofRows(
  weights: Operand,
  { where, rank }: { readonly where: string; readonly rank: number },
): Operand {
  const shape = shapeOfOperand(weights, where)
  if (shape.length === 0 || rank === 0 || shape.length === rank) return weights
  if (shape.length < rank) return ofRows(expandDims(weights, -1), { where, rank })
  if (shape.length === rank + 1 && shape.at(-1) === 1) return squeeze(weights, -1)
  return fail(where, {
    expected: `values for weights or a mask ${showShape(shape)}`,
    got: `values of ${rank} axes`,
    remedy: 'Let the loss return one value a row, or a time step.',
  })
}

/** Reads what a loss was called on. */
export function readJudged(where: string, args: readonly unknown[]): Judged {
  const [yTrue, yPred, sampleWeight = null] = args
  const missing = args.length < 2 || yTrue === null || yPred === null
  if (missing || args.length > 3)
    fail(where, {
      expected: '(yTrue, yPred, sampleWeight)',
      got: args.map(describeValue).join(', '),
    })
  return { yTrue: yTrue as Operand, yPred: yPred as Operand, sampleWeight: sampleWeight as Operand | null }
}
