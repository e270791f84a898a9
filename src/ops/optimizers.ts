// Weight updates, each one launch over all weights: parameters, gradients and slots are flat and laid out alike.
// The effective rate, bias corrections and schedules included, comes with the step. scaling (lossScale.ts) says by what
// gradients of a scaled loss are multiplied, and that an update is skipped.

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
  cpu({ gradients, parameters, m, v, scaling }, p, { rate: given }) {
    const { size, firstShare, secondShare, epsilon } = p
    const unscale = unscaling(p, scaling)
    if (unscale === 0) return
    // Where the loss is scaled, only the device knows how many updates were made.
    const updates = p.SCALED ? scaling[2]! : 0
    const correction = Math.sqrt(1 - (1 - secondShare) ** updates) / (1 - (1 - firstShare) ** updates)
    const rate = p.SCALED ? given * correction : given
    for (let i = 0; i < size; i++) {
      const g = unscale * gradients[i]!
      m[i]! += (g - m[i]!) * firstShare
      v[i]! += (g * g - v[i]!) * secondShare
      parameters[i]! -= (rate * m[i]!) / (Math.sqrt(v[i]!) + epsilon)
    }
  },
  compiled: 'adam',
})

/** By what gradients are multiplied; 0 where the update is skipped. */
const unscaling = ({ SCALED }: { readonly SCALED?: number }, scaling: Float32Array): number =>
  SCALED ? scaling[3]! : 1

/** w −= rate·g. */
export const sgdUpdate = defineOp({
  kernel: sgdKernel,
  optional: ['scaling'],
  updates: ['parameters'],
  shape: () => ({}),
  params: ({ parameters, scaling }, _attrs: object) => ({
    size: sizeOf(parameters),
    SCALED: Number(scaling !== undefined),
  }),
  threads: ({ size }) => size,
  cpu({ gradients, parameters, scaling }, p, { rate }) {
    const unscale = unscaling(p, scaling)
    if (unscale === 0) return
    for (let i = 0; i < p.size; i++) parameters[i]! -= rate * unscale * gradients[i]!
  },
  compiled: 'sgd',
})

/** v = µ·v − rate·g; w += v, or with Nesterov w += µ·v − rate·g. */
export const momentumUpdate = defineOp({
  kernel: momentumKernel,
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
  cpu({ gradients, parameters, velocity, scaling }, p, { rate }) {
    const { size, momentum, nesterov } = p
    const unscale = unscaling(p, scaling)
    if (unscale === 0) return
    for (let i = 0; i < size; i++) {
      const change = rate * unscale * gradients[i]!
      const v = momentum * velocity[i]! - change
      velocity[i] = v
      parameters[i]! += nesterov ? momentum * v - change : v
    }
  },
})
