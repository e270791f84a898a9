// What losses are given, and the weights of their rows.

import type { Graph, Value } from '../graph/graph.ts'
import { binary } from '../ops/elementwise.ts'
import type { LossCount } from '../ops/lossCount.ts'
import { maskWeights } from '../ops/masks.ts'
import { reshape } from '../ops/view.ts'

/** How a loss makes one number of the values of rows, by Keras's names. */
export type Reduction = 'sum_over_batch_size' | 'sum' | 'mean' | 'mean_with_sample_weight' | 'none'

/** Tensors of one output: predictions [B, ..., C], targets of the same shape or as the loss says. */
export interface LossInputs {
  readonly predictions: Value
  readonly targets: Value
  /** Weights of rows [B] or [B, T], as the loss's reduction asks for them: the mask of the predictions is among them. */
  readonly weights?: Value | undefined
  /** What the weights were made of, for losses that mask rows themselves. */
  readonly unmasked?: { readonly mask: Value | null; readonly weights?: Value | undefined }
  /** How the values count in what training minimizes: it shows in gradients, not in the values. */
  readonly count?: LossCount
}

/** Weights of rows that a loss masks itself, beside the mask of the predictions: as the reduction asks for them. */
export function maskedWeights(
  graph: Graph,
  own: Value,
  reduction: Reduction,
  { mask: other, weights }: NonNullable<LossInputs['unmasked']> = { mask: null },
): Value {
  const mask = other
    ? binary(graph, { a: own, b: withRank(graph, other, own.shape.length) }, { fn: 'multiply' }).y
    : own
  const byWeight = reduction === 'mean_with_sample_weight' && weights !== undefined
  const { scaled, plain } = maskWeights(graph, { mask, weights }, { byWeight })
  return reduction === 'sum' || reduction === 'none' ? plain : scaled
}

/** A tensor with axes of 1 at the end, up to a rank. */
export const withRank = (graph: Graph, x: Value, rank: number): Value =>
  reshape(graph, x, { shape: [...x.shape, ...Array<number>(Math.max(0, rank - x.shape.length)).fill(1)] })
