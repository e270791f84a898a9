// Losses that are written in `ops`: what they compute of targets and predictions is traced for the shapes of a step.

import { fail, impossible } from '../errors.ts'
import type { Graph, Value } from '../graph/graph.ts'
import type { StepLowering } from '../layers/call.ts'
import { lowerGraph } from '../layers/layerGraph.ts'
import { type LossInputs, maskedWeights, type Reduction, withRank } from '../layers/lossInputs.ts'
import { trace } from '../layers/own/trace.ts'
import type { SymbolicTensor } from '../layers/symbolicTensor.ts'
import { binary } from '../ops/elementwise.ts'
import { lossOf } from '../ops/lossOf.ts'
import { reshape } from '../ops/view.ts'
import { showShape } from '../util/shape.ts'

type Call = (tensors: readonly SymbolicTensor[]) => readonly SymbolicTensor[]

/** Adds what a function of tensors does with these values; returns its first result. */
export const lowerTraced = (where: string, call: Call, inputs: readonly Value[], step: StepLowering): Value =>
  lowerAll(where, call, inputs, step)[0] as Value

function lowerAll(where: string, call: Call, inputs: readonly Value[], step: StepLowering): readonly Value[] {
  const placeholders = inputs.map(({ shape }) => ({ shape }))
  const given = inputs.map((value) => ({ value, mask: null }))
  return lowerGraph(trace({ where }, placeholders, call), step, given, true).map(({ value }) => value)
}

/** A loss written in `ops`. */
export interface LossCall {
  /** What errors call it. */
  readonly where: string
  readonly reduction: Reduction
  /**
   * Called on targets and predictions, whose ranks agree as in Keras. It returns one value a row, or one of all, `[]`; and where the
   * loss masks rows itself, their mask.
   */
  readonly call: Call
}

/** Adds a loss: the values that `call` returns, weighted. */
export function lowerLoss(
  { where, reduction, call }: LossCall,
  { predictions, targets, weights: given, unmasked, count = {} }: LossInputs,
  step: StepLowering,
): Value {
  const { graph } = step
  const ranked = withEqualRanks(graph, { targets, predictions })
  const [values, mask] = lowerAll(where, call, ranked, step)
  if (!values) impossible(`${where} returned no values`)
  const weights = mask ? maskedWeights(graph, mask, reduction, unmasked) : given
  // A number of all samples has no row, so that as in Keras the weights are rows of its own.
  const losses = values.shape.length === 0 ? reshape(graph, values, { shape: [1] }) : values
  return lossOf(graph, weights ? weighted(graph, losses, weights, where) : losses, count)
}

/**
 * Targets and predictions with an axis of 1 at the end added or taken away, where their ranks differ by that.
 *
 * @see keras/src/losses/loss.py, squeeze_or_expand_to_same_rank
 */
export function withEqualRanks(
  graph: Graph,
  { targets, predictions }: Pick<LossInputs, 'targets' | 'predictions'>,
): readonly [Value, Value] {
  const [t, p] = [targets.shape, predictions.shape]
  const expanded = (x: Value): Value => withRank(graph, x, x.shape.length + 1)
  const squeezed = (x: Value): Value => reshape(graph, x, { shape: x.shape.slice(0, -1) })
  if (t.length === p.length + 1 && t.at(-1) === 1)
    return p.length === 1 ? [targets, expanded(predictions)] : [squeezed(targets), predictions]
  if (p.length === t.length + 1 && p.at(-1) === 1)
    return t.length === 1 ? [expanded(targets), predictions] : [targets, squeezed(predictions)]
  return [targets, predictions]
}

/** Losses of rows times the weights of rows, or of their samples. */
function weighted(graph: Graph, losses: Value, weights: Value, where: string): Value {
  const rank = losses.shape.length
  const isOfAll = rank === 1 && losses.shape[0] === 1
  if (!isOfAll && rank < weights.shape.length) {
    fail(where, {
      expected: `values for weights ${showShape(weights.shape)}`,
      got: showShape(losses.shape),
      remedy: 'Return one value a row, or a time step, where there are sample weights or masks.',
    })
  }
  return binary(graph, { a: losses, b: withRank(graph, weights, rank) }, { fn: 'multiply' }).y
}
