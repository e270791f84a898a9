// Weight updates, each one launch over all weights: parameters, gradients and slots are flat tensors of one layout.
// The effective rate, bias corrections and schedules included, is a scalar of the training step. With loss scaling, scaling
// (lossScaleState.ts) has the factor of the gradients, 0 where the update is skipped.

import { defineOp } from '../graph/operation.ts'
import { sizeOf } from '../util/shape.ts'
import { adam as adamKernel, sgdMomentum as momentumKernel, sgd as sgdKernel } from './kernels.gen.ts'

export interface AdamAttributes {
  readonly beta1: number
  readonly beta2: number
  readonly epsilon: number
}

/** m += (g − m)(1 − β₁), v += (g² − v)(1 − β₂), w −= α·m / (√v + ε). */
export const adamUpdate = defineOp({
  kernel: adamKernel,
  dims: { gradients: '...S', parameters: '...S', m: '...S', v: '...S', scaling: '_' },
  optional: ['scaling'],
  updates: ['parameters', 'm', 'v'],
  shape: () => ({}),
  params: ({ parameters, scaling }, { beta1, beta2, epsilon }: AdamAttributes) => ({
    size: sizeOf(parameters),
    firstShare: 1 - beta1,
    secondShare: 1 - beta2,
    epsilon,
    SCALED: Number(scaling !== undefined),
  }),
  threads: ({ size }) => size,
})

/** w −= rate·g. */
export const sgdUpdate = defineOp({
  kernel: sgdKernel,
  dims: { gradients: '...S', parameters: '...S', scaling: '_' },
  optional: ['scaling'],
  updates: ['parameters'],
  shape: () => ({}),
  params: ({ parameters, scaling }, _attrs: object) => ({
    size: sizeOf(parameters),
    SCALED: Number(scaling !== undefined),
  }),
  threads: ({ size }) => size,
})

/** v = µ·v − rate·g; w += v, or with Nesterov w += µ·v − rate·g. */
export const momentumUpdate = defineOp({
  kernel: momentumKernel,
  dims: { gradients: '...S', parameters: '...S', velocity: '...S', scaling: '_' },
  optional: ['scaling'],
  updates: ['parameters', 'velocity'],
  shape: () => ({}),
  params: (
    { parameters, scaling },
    { momentum, nesterov }: { readonly momentum: number; readonly nesterov: boolean },
  ) => ({
    size: sizeOf(parameters),
    momentum,
    nesterov: Number(nesterov),
    SCALED: Number(scaling !== undefined),
  }),
  threads: ({ size }) => size,
})
