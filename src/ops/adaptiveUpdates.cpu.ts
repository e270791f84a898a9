// The CPU side of adaptiveUpdates.ts.

import { cpuSide } from './cpuSide.ts'
import type * as Kernels from './kernels.gen.ts'
import { rateOf, unscaling } from './scaledUpdate.cpu.ts'

export const rmsprop = cpuSide<typeof Kernels.rmsprop>({
  compiled: 'rmsprop',
  cpu({ gradients, parameters, velocity, sum, average, scaling }, p, { rate: given }) {
    const { size, share, momentum, epsilon } = p
    const unscale = unscaling(p, scaling)
    if (unscale === 0) return
    const rate = rateOf(p, scaling, given)
    for (let i = 0; i < size; i++) {
      const g = unscale * gradients[i]!
      velocity[i]! += (g * g - velocity[i]!) * share
      let variance = velocity[i]!
      if (p.CENTERED) {
        average[i]! += (g - average[i]!) * share
        const difference = variance - average[i]! ** 2
        variance = difference < 0 ? 0 : difference
      }
      let change = (rate * g) / Math.sqrt(variance + epsilon)
      if (p.MOMENTUM) {
        change += momentum * sum[i]!
        sum[i] = change
      }
      parameters[i]! -= change
    }
  },
})

export const adagrad = cpuSide<typeof Kernels.adagrad>({
  compiled: 'adagrad',
  cpu({ gradients, parameters, accumulator, scaling }, p, { rate: given }) {
    const { size, epsilon } = p
    const unscale = unscaling(p, scaling)
    if (unscale === 0) return
    const rate = rateOf(p, scaling, given)
    for (let i = 0; i < size; i++) {
      const g = unscale * gradients[i]!
      accumulator[i]! += g * g
      parameters[i]! -= (rate * g) / Math.sqrt(accumulator[i]! + epsilon)
    }
  },
})

export const adadelta = cpuSide<typeof Kernels.adadelta>({
  compiled: 'adadelta',
  cpu({ gradients, parameters, squares, changes, scaling }, p, { rate: given }) {
    const { size, share, epsilon } = p
    const unscale = unscaling(p, scaling)
    if (unscale === 0) return
    const rate = rateOf(p, scaling, given)
    for (let i = 0; i < size; i++) {
      const g = unscale * gradients[i]!
      squares[i]! += (g * g - squares[i]!) * share
      const change = (Math.sqrt(changes[i]! + epsilon) * g) / Math.sqrt(squares[i]! + epsilon)
      changes[i]! += (change * change - changes[i]!) * share
      parameters[i]! -= rate * change
    }
  },
})

export const adamax = cpuSide<typeof Kernels.adamax>({
  compiled: 'adamax',
  cpu({ gradients, parameters, m, norm, scaling }, p, { rate: given }) {
    const { size, firstShare, beta2, epsilon } = p
    const unscale = unscaling(p, scaling)
    if (unscale === 0) return
    const rate = p.SCALED ? rateOf(p, scaling, given) / (1 - (1 - firstShare) ** scaling[2]!) : given
    for (let i = 0; i < size; i++) {
      const g = unscale * gradients[i]!
      m[i]! += (g - m[i]!) * firstShare
      norm[i] = Math.max(beta2 * norm[i]!, Math.abs(g))
      parameters[i]! -= (rate * m[i]!) / (norm[i]! + epsilon)
    }
  },
})

export const nadam = cpuSide<typeof Kernels.nadam>({
  compiled: 'nadam',
  cpu({ gradients, products, parameters, m, v, scaling }, p, step) {
    const { size, firstShare, secondShare, epsilon } = p
    const unscale = unscaling(p, scaling)
    if (unscale === 0) return
    const { rate, first, second } = p.SCALED
      ? nadamFactors(p, products, scaling[2]!, rateOf(p, scaling, step.rate))
      : step
    for (let i = 0; i < size; i++) {
      const g = unscale * gradients[i]!
      m[i]! += (g - m[i]!) * firstShare
      v[i]! += (g * g - v[i]!) * secondShare
      parameters[i]! -= (first * m[i]! + rate * g) / (Math.sqrt(second * v[i]!) + epsilon)
    }
  },
})

function nadamFactors(
  { firstShare, secondShare }: { readonly firstShare: number; readonly secondShare: number },
  products: Float32Array,
  updates: number,
  rate: number,
) {
  const t = Math.min(updates, products.length - 2)
  const beta = 1 - firstShare
  const present = (beta * products[t]!) / products[t - 1]!
  const next = (beta * products[t + 1]!) / products[t]!
  const product = beta ** updates * products[t]!
  return {
    rate: (rate * (1 - present)) / (1 - product),
    first: (rate * next) / (1 - product * next),
    second: 1 / (1 - (1 - secondShare) ** updates),
  }
}

export const ftrl = cpuSide<typeof Kernels.ftrl>({
  compiled: 'ftrl',
  cpu({ gradients, parameters, accumulator, linear, scaling }, p, { rate: given }) {
    const { size, power, l1, l2, shrinkage, beta } = p
    const unscale = unscaling(p, scaling)
    if (unscale === 0) return
    const rate = rateOf(p, scaling, given)
    for (let i = 0; i < size; i++) {
      const g = unscale * gradients[i]!
      const w = parameters[i]!
      const before = accumulator[i]! ** power
      accumulator[i]! += g * g
      const after = accumulator[i]! ** power
      linear[i]! += g + 2 * shrinkage * w - ((after - before) / rate) * w
      const z = linear[i]!
      parameters[i] = (Math.min(Math.max(z, -l1), l1) - z) / (after / rate + 2 * l2 + beta / rate)
    }
  },
})

export const lion = cpuSide<typeof Kernels.lion>({
  compiled: 'lion',
  cpu({ gradients, parameters, m, scaling }, p, { rate: given }) {
    const { size, firstShare, secondShare } = p
    const unscale = unscaling(p, scaling)
    if (unscale === 0) return
    const rate = rateOf(p, scaling, given)
    for (let i = 0; i < size; i++) {
      const g = unscale * gradients[i]!
      parameters[i]! -= rate * Math.sign(m[i]! + (g - m[i]!) * firstShare)
      m[i]! += (g - m[i]!) * secondShare
    }
  },
})
