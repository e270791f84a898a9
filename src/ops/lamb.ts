// Lamb's update of all weights in two launches over flat memory, by the table of chunks of aroundUpdate.ts.

import { PLACE_ALIGNMENT } from '../graph/graph.ts'
import { defineOp } from '../graph/operation.ts'
import type { Shape } from '../util/shape.ts'
import { lambMoments as momentsKernel, lamb as updateKernel } from './kernels.gen.ts'
import { type AdamAttributes, adamScalars } from './optimizers.ts'

const paramsOf = (
  { C, scaling }: { readonly C: number; readonly scaling?: Shape | undefined },
  attrs: AdamAttributes,
) => ({ count: C, unit: PLACE_ALIGNMENT, ...adamScalars(attrs), SCALED: Number(scaling !== undefined) })

/**
 * m += (g − m)(1 − β₁), v += (g² − v)(1 − β₂); squares [C, 2]: of each chunk the sums of squares of its weights, and of
 * u = m / (1 − β₁ᵗ) / (√(v / (1 − β₂ᵗ)) + ε).
 */
export const lambMoments = defineOp({
  kernel: momentsKernel,
  dims: { chunks: 'C _', gradients: '...S', parameters: '...S', m: '...S', v: '...S', scaling: '_' },
  optional: ['scaling'],
  updates: ['m', 'v'],
  shape: ({ C }) => ({ squares: [C, 2] }),
  params: (shapes, attrs: AdamAttributes) => paramsOf(shapes, attrs),
  workgroups: ({ count }) => count,
})

/** w −= rate·u·|w| / |u| by the norms of each weight; without their ratio where one of them is 0. */
export const lamb = defineOp({
  kernel: updateKernel,
  dims: { chunks: 'C _', m: '...S', v: '...S', squares: 'C _', parameters: '...S', scaling: '_' },
  optional: ['scaling'],
  updates: ['parameters'],
  shape: () => ({}),
  params: (shapes, attrs: AdamAttributes) => paramsOf(shapes, attrs),
  workgroups: ({ count }) => count,
})
