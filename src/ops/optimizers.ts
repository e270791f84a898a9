// Weight updates, each one launch over all weights: parameters, gradients and slots are flat and laid out alike.
// The effective rate, bias corrections and schedules included, comes with the step.

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
  updates: ['parameters', 'm', 'v'],
  shape: () => ({}),
  params: ({ parameters }, { beta1, beta2, epsilon }: AdamAttributes) => ({
    size: sizeOf(parameters),
    firstShare: 1 - beta1,
    secondShare: 1 - beta2,
    epsilon,
  }),
  threads: ({ size }) => size,
  cpu({ gradients, parameters, m, v }, { size, firstShare, secondShare, epsilon }, { rate }) {
    for (let i = 0; i < size; i++) {
      const g = gradients[i]!
      m[i]! += (g - m[i]!) * firstShare
      v[i]! += (g * g - v[i]!) * secondShare
      parameters[i]! -= (rate * m[i]!) / (Math.sqrt(v[i]!) + epsilon)
    }
  },
  compiled: {
    bind(assembly, { gradients, parameters, m, v }, { size, firstShare, secondShare, epsilon }) {
      return ({ rate }) =>
        assembly.adam(size, gradients, parameters, m, v, firstShare, secondShare, epsilon, rate)
    },
  },
})

/** w −= rate·g. */
export const sgdUpdate = defineOp({
  kernel: sgdKernel,
  updates: ['parameters'],
  shape: () => ({}),
  params: ({ parameters }, _attrs: object) => ({ size: sizeOf(parameters) }),
  threads: ({ size }) => size,
  cpu({ gradients, parameters }, { size }, { rate }) {
    for (let i = 0; i < size; i++) parameters[i]! -= rate * gradients[i]!
  },
  compiled: {
    bind:
      (assembly, { gradients, parameters }, { size }) =>
      ({ rate }) =>
        assembly.sgd(size, gradients, parameters, rate),
  },
})

/** v = µ·v − rate·g; w += v, or with Nesterov w += µ·v − rate·g. */
export const momentumUpdate = defineOp({
  kernel: momentumKernel,
  updates: ['parameters', 'velocity'],
  shape: () => ({}),
  params: (
    { parameters },
    { momentum, nesterov }: { readonly momentum: number; readonly nesterov: boolean },
  ) => ({
    size: sizeOf(parameters),
    momentum,
    nesterov: Number(nesterov),
  }),
  threads: ({ size }) => size,
  cpu({ gradients, parameters, velocity }, { size, momentum, nesterov }, { rate }) {
    for (let i = 0; i < size; i++) {
      const change = rate * gradients[i]!
      const v = momentum * velocity[i]! - change
      velocity[i] = v
      parameters[i]! += nesterov ? momentum * v - change : v
    }
  },
})
