// Masks: what they do to outputs and to weights of losses and metrics. A mask is not zero where a time step is valid.

import { defineOp, type Gradients } from '../graph/operation.ts'
import { type Shape, sizeOf } from '../util/shape.ts'
import { maskedOutput as maskedOutputKernel, maskWeights as maskWeightsKernel } from './kernels.gen.ts'
import type { Directions } from './recurrentSchedule.ts'

export interface MaskedOutputAttributes {
  /** Whether x has no time axis but is of the time step that is processed last. */
  readonly isLast?: boolean
  /** Whether only what comes before the first valid time step is 0. */
  readonly leading?: boolean
  /** Whether the first direction runs from the last time step to the first. */
  readonly reverse?: boolean
  readonly directions?: Directions | undefined
}

/** y = x [B, T, ...] where mask [B, T] has a valid time step, else 0. */
export const maskedOutput = defineOp({
  kernel: maskedOutputKernel,
  dims: { x: '...', mask: '...rows T' },
  shape: ({ x }) => ({ y: x }),
  params: (
    { x, mask, rows, T },
    { isLast = false, leading = false, reverse = false, directions = 1 }: MaskedOutputAttributes,
  ) => ({
    size: sizeOf(x),
    steps: isLast ? 1 : T,
    inner: sizeOf(x) / sizeOf(isLast ? rows : mask),
    time: T,
    units: (x.at(-1) ?? 1) / directions,
    directions,
    reverse: Number(reverse),
    leading: Number(leading),
  }),
  threads: ({ size }) => size,
  gradient: ({ graph, inputs: { mask }, attrs }, { y: dy }): Gradients<'x'> =>
    dy === undefined ? {} : { x: maskedOutput(graph, { x: dy, mask }, attrs).y },
})

const longer = (a: Shape, b: Shape = []): Shape => (a.length < b.length ? b : a)

/**
 * Weights of time steps, 0 where the mask [B, T] is: `plain`, and `scaled` by all / valid ones, as Keras weights losses; or, with
 * `byWeight`, divided by their sum.
 *
 * @see keras/src/losses/loss.py, apply_mask
 */
export const maskWeights = defineOp({
  kernel: maskWeightsKernel,
  dims: { mask: '...', weights: '...' },
  optional: ['weights'],
  discardable: ['scaled', 'plain'],
  shape: ({ mask, weights }) => ({ scaled: longer(mask, weights), plain: longer(mask, weights) }),
  params({ mask, weights, scaled, plain }, { byWeight = false }: { readonly byWeight?: boolean }) {
    const size = sizeOf(longer(mask, weights))
    return {
      size,
      masks: sizeOf(mask),
      ofMask: size / sizeOf(mask),
      ofWeight: weights ? size / sizeOf(weights) : 1,
      hasWeights: Number(weights !== undefined),
      keepScaled: Number(scaled !== undefined),
      keepPlain: Number(plain !== undefined),
      byWeight: Number(byWeight),
    }
  },
  workgroups: () => 1,
  // Which rows count is no matter of degree, though a loss may say so by its values.
  gradient: () => ({}),
})
