// The CPU side of optimizers.ts.

import { cpuSide } from './cpuSide.ts'
import type * as Kernels from './kernels.gen.ts'
import { adamRate, rateOf, unscaling } from './scaledUpdate.cpu.ts'

export const adam = cpuSide<typeof Kernels.adam>({
  compiled: 'adam',
  cpu({ gradients, parameters, m, v, largest, scaling }, p, { rate: given }) {
    const { size, firstShare, secondShare, epsilon } = p
    const unscale = unscaling(p, scaling)
    if (unscale === 0) return
    const rate = adamRate(p, scaling, given)
    for (let i = 0; i < size; i++) {
      const g = unscale * gradients[i]!
      m[i]! += (g - m[i]!) * firstShare
      v[i]! += (g * g - v[i]!) * secondShare
      if (p.AMSGRAD) largest[i] = Math.max(largest[i]!, v[i]!)
      const second = p.AMSGRAD ? largest[i]! : v[i]!
      parameters[i]! -= (rate * m[i]!) / (Math.sqrt(second) + epsilon)
    }
  },
})

export const sgd = cpuSide<typeof Kernels.sgd>({
  compiled: 'sgd',
  cpu({ gradients, parameters, velocity, scaling }, p, { rate: given }) {
    const { size, momentum, nesterov } = p
    const unscale = unscaling(p, scaling)
    if (unscale === 0) return
    const rate = rateOf(p, scaling, given)
    for (let i = 0; i < size; i++) {
      const change = -rate * unscale * gradients[i]!
      if (!p.MOMENTUM) {
        parameters[i]! += change
        continue
      }
      const v = momentum * velocity[i]! + change
      velocity[i] = v
      parameters[i]! += nesterov ? momentum * v + change : v
    }
  },
})
