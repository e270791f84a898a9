// Losses that are one launch, forward and back, on symbolic tensors. That launch has no gradient by the targets: where targets depend on
// weights that training changes, the loss is what it is in `ops`.

import type { ApplyLoss } from '../../composed/losses/lossFunction.ts'
import type { Graph, Value } from '../../graph/graph.ts'
import type { StepLowering } from '../../layers/call.ts'
import { symbolicOf } from '../../layers/own/numbersLayer.ts'
import { stepCall } from '../../layers/own/stepCall.ts'
import { lowerTraced, withEqualRanks } from '../../operations/tracedLoss.ts'
import { linkedRows } from '../../ops/linkedRows.ts'
import { reshape } from '../../ops/view.ts'
import { type Shape, sameShape } from '../../util/shape.ts'
import type { Loss } from '../loss.ts'
import type { LossRows } from './symbolicLoss.ts'

/** Makes of a loss the values that it has a row, in `ops`. */
export type RowsOfLoss = (loss: Loss) => LossRows

/** A loss as a function of `ops`, by options that were read. */
export interface InOps {
  readonly apply: ApplyLoss
}

/** Those of a loss that is written in `ops`. */
export const rowsIn =
  (inOps: InOps): RowsOfLoss =>
  ({ config }) =>
  (yTrue, yPred) =>
    inOps.apply(yTrue, yPred, config)

/** Those of a loss that is one launch. */
export const fusedRows =
  (inOps: InOps): RowsOfLoss =>
  (loss) =>
  (yTrue, yPred) => {
    const { className: where, config } = loss
    const [t, p] = [symbolicOf(yTrue, where), symbolicOf(yPred, where)]
    const composed = inOps.apply(t, p, config)
    const [values] = composed
    // A loss that masks rows itself has two results.
    if (!values || composed.length > 1) return composed
    return stepCall(where, [t, p], [values.shape], ([targets, predictions], step) => {
      if (!targets || !predictions) return []
      const given = { targets: targets.value, predictions: predictions.value }
      const fused = isTrained(given.targets) ? null : lowerFused(loss, given, step)
      if (fused) return [fused]
      const call: Parameters<typeof lowerTraced>[1] = ([t, p]) => (t && p ? inOps.apply(t, p, config) : [])
      return [lowerTraced(where, call, [given.targets, given.predictions], step)]
    })
  }

/** The loss in one launch; null where targets are broadcast, or the loss folds another axis than the last. */
function lowerFused(
  loss: Loss,
  given: { readonly targets: Value; readonly predictions: Value },
  step: StepLowering,
): Value | null {
  const { graph } = step
  const [ranked, predictions] = withEqualRanks(graph, given)
  const { shape } = predictions
  const { axis = -1 } = loss.config
  if (axis !== -1 || shape.length < 2) return null
  const expected = loss.targetShape(shape.slice(1))
  const targets = expected === 'any' ? null : fittedTo(graph, ranked, [shape[0] ?? 1, ...(expected as Shape)])
  if (!targets) return null
  const lower = (linked: Value): Value =>
    loss.lower(graph, { predictions: linked, targets, count: { isSum: true } }, step)
  return linkedRows(graph, predictions, lower)
}

/** Targets in a shape that they have but for axes of 1 at the end; null for others. */
function fittedTo(graph: Graph, targets: Value, wanted: Shape): Value | null {
  const trimmed = (shape: Shape): Shape => (shape.at(-1) === 1 ? trimmed(shape.slice(0, -1)) : shape)
  if (!sameShape(trimmed(targets.shape), trimmed(wanted))) return null
  return reshape(graph, targets, { shape: wanted })
}

/** Whether a tensor is computed of weights that training changes. */
function isTrained(value: Value): boolean {
  const seen = new Set<Value>()
  const visit = (each: Value): boolean => {
    if (seen.has(each)) return false
    seen.add(each)
    if (each.node === null) return each.place?.arena === 'parameters'
    return Object.values(each.node.inputs).some(visit)
  }
  return visit(value)
}
