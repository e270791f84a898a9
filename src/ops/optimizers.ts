// Weight updates, each one launch over all weights: parameters, gradients and slots are flat tensors of one layout.
// The effective rate, bias corrections and schedules included, is a scalar of the training step. With loss scaling, scaling
// (lossScaleState.ts) has the factor of the gradients, 0 where the update is skipped.

import { defineOp } from '../graph/operation.ts'
import { type Shape, sizeOf } from '../util/shape.ts'
import { adam as adamKernel, sgd as sgdKernel } from './kernels.gen.ts'

/** The shapes that all updates have; those of slots are as the weights'. */
export const flat = { gradients: '...S', parameters: '...S', scaling: '_' } as const

/** What all updates of weights one by one say alike. */
export const flatUpdate = {
  optional: ['scaling'],
  shape: () => ({}),
  threads: ({ size }: { readonly size: number }) => size,
} as const

/** The scalars that all updates have. */
export const sizeAndScaling = (shapes: {
  readonly parameters: Shape
  readonly scaling?: Shape | undefined
}) => ({
  size: sizeOf(shapes.parameters),
  SCALED: Number(shapes.scaling !== undefined),
})

export interface AdamAttributes {
  readonly beta1: number
  readonly beta2: number
  readonly epsilon: number
}

/** 1 − β of both, since a subtraction in f32 would lose three of seven digits. */
export const adamScalars = ({ beta1, beta2, epsilon }: AdamAttributes) => ({
  firstShare: 1 - beta1,
  secondShare: 1 - beta2,
  epsilon,
})

/** m += (g − m)(1 − β₁), v += (g² − v)(1 − β₂), w −= α·m / (√v + ε); with `largest`, by the largest v so far. */
export const adamUpdate = defineOp({
  ...flatUpdate,
  kernel: adamKernel,
  dims: { ...flat, m: '...S', v: '...S', largest: '...S' },
  optional: ['scaling', 'largest'],
  updates: ['parameters', 'm', 'v', 'largest'],
  params: (shapes, attrs: AdamAttributes) => ({
    ...sizeAndScaling(shapes),
    ...adamScalars(attrs),
    AMSGRAD: Number(shapes.largest !== undefined),
  }),
})

export interface SgdAttributes {
  /** `0` by default. */
  readonly momentum?: number
  readonly nesterov?: boolean
}

/** w −= rate·g; with `velocity`, v = µ·v − rate·g, and w += v, or with Nesterov w += µ·v − rate·g. */
export const sgdUpdate = defineOp({
  ...flatUpdate,
  kernel: sgdKernel,
  dims: { ...flat, velocity: '...S' },
  optional: ['scaling', 'velocity'],
  updates: ['parameters', 'velocity'],
  params: (shapes, { momentum = 0, nesterov = false }: SgdAttributes) => ({
    ...sizeAndScaling(shapes),
    momentum,
    nesterov: Number(nesterov),
    MOMENTUM: Number(shapes.velocity !== undefined),
  }),
})
