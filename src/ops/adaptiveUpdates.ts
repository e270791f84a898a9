// Updates of weights one by one, by the optimizers that fewer pages use than those of optimizers.ts; as there, each is one launch.

import { defineOp } from '../graph/operation.ts'
import {
  adadelta as adadeltaKernel,
  adagrad as adagradKernel,
  adamax as adamaxKernel,
  ftrl as ftrlKernel,
  lion as lionKernel,
  nadam as nadamKernel,
  rmsprop as rmspropKernel,
} from './kernels.gen.ts'
import { type AdamAttributes, adamScalars, flat, flatUpdate, sizeAndScaling } from './optimizers.ts'

interface RmspropAttributes {
  readonly rho: number
  readonly momentum: number
  readonly epsilon: number
}

/**
 * v += (g² − v)(1 − ρ), w −= rate·g / √(v + ε). With `average`, a += (g − a)(1 − ρ), and the root is of v − a² + ε; with `sum`,
 * s = µ·s + the step, and w −= s.
 */
export const rmspropUpdate = defineOp({
  ...flatUpdate,
  kernel: rmspropKernel,
  dims: { ...flat, velocity: '...S', sum: '...S', average: '...S' },
  optional: ['scaling', 'sum', 'average'],
  updates: ['parameters', 'velocity', 'sum', 'average'],
  params: (shapes, { rho, momentum, epsilon }: RmspropAttributes) => ({
    ...sizeAndScaling(shapes),
    share: 1 - rho,
    momentum,
    epsilon,
    MOMENTUM: Number(shapes.sum !== undefined),
    CENTERED: Number(shapes.average !== undefined),
  }),
})

/** s += g², w −= rate·g / √(s + ε). */
export const adagradUpdate = defineOp({
  ...flatUpdate,
  kernel: adagradKernel,
  dims: { ...flat, accumulator: '...S' },
  updates: ['parameters', 'accumulator'],
  params: (shapes, { epsilon }: { readonly epsilon: number }) => ({ ...sizeAndScaling(shapes), epsilon }),
})

/** s += (g² − s)(1 − ρ), d = √(t + ε)·g / √(s + ε), t += (d² − t)(1 − ρ), w −= rate·d. */
export const adadeltaUpdate = defineOp({
  ...flatUpdate,
  kernel: adadeltaKernel,
  dims: { ...flat, squares: '...S', changes: '...S' },
  updates: ['parameters', 'squares', 'changes'],
  params: (shapes, { rho, epsilon }: { readonly rho: number; readonly epsilon: number }) => ({
    ...sizeAndScaling(shapes),
    share: 1 - rho,
    epsilon,
  }),
})

/** m += (g − m)(1 − β₁), u = max(β₂·u, |g|), w −= α·m / (u + ε). */
export const adamaxUpdate = defineOp({
  ...flatUpdate,
  kernel: adamaxKernel,
  dims: { ...flat, m: '...S', norm: '...S' },
  updates: ['parameters', 'm', 'norm'],
  params: (shapes, { beta1, beta2, epsilon }: AdamAttributes) => ({
    ...sizeAndScaling(shapes),
    firstShare: 1 - beta1,
    beta2,
    epsilon,
  }),
})

/**
 * m and v as {@link adamUpdate}, w −= (first·m + rate·g) / (√(second·v) + ε), by scalars of the step. With loss scaling the kernel
 * computes these of the number of updates, and of `products`, those of 1 − 0.96ᵗ/2.
 */
export const nadamUpdate = defineOp({
  ...flatUpdate,
  kernel: nadamKernel,
  dims: { ...flat, m: '...S', v: '...S', products: '_' },
  optional: ['scaling', 'products'],
  updates: ['parameters', 'm', 'v'],
  params: (shapes, attrs: AdamAttributes) => ({ ...sizeAndScaling(shapes), ...adamScalars(attrs) }),
})

interface FtrlAttributes {
  /** Of the accumulator, at least 0. */
  readonly power: number
  readonly l1: number
  readonly l2: number
  readonly shrinkage: number
  readonly beta: number
}

/** n' = n + g², z += g + 2·shrinkage·w − (n'ᵖ − nᵖ)/rate·w, w = (clamp(z, ±λ₁) − z) / (n'ᵖ/rate + 2·λ₂ + β/rate). */
export const ftrlUpdate = defineOp({
  ...flatUpdate,
  kernel: ftrlKernel,
  dims: { ...flat, accumulator: '...S', linear: '...S' },
  updates: ['parameters', 'accumulator', 'linear'],
  params: (shapes, attrs: FtrlAttributes) => ({ ...sizeAndScaling(shapes), ...attrs }),
})

/** w −= rate·sign(m + (g − m)(1 − β₁)), m += (g − m)(1 − β₂). */
export const lionUpdate = defineOp({
  ...flatUpdate,
  kernel: lionKernel,
  dims: { ...flat, m: '...S' },
  updates: ['parameters', 'm'],
  params: (shapes, { beta1, beta2 }: { readonly beta1: number; readonly beta2: number }) => ({
    ...sizeAndScaling(shapes),
    firstShare: 1 - beta1,
    secondShare: 1 - beta2,
  }),
})
