// The CPU side of activation.ts.

import { activationOf } from './activationFunctions.ts'
import { cpuSide } from './cpuSide.ts'
import type * as Kernels from './kernels.gen.ts'

export const activationGradient = cpuSide<typeof Kernels.activationGradient>({
  compiled: 'activationGradient',
  cpu({ saved, dy, dx }, { size, ACTIVATION = 0 }) {
    const { slope } = activationOf(ACTIVATION)
    for (let i = 0; i < size; i++) dx[i] = slope(saved[i]!) * dy[i]!
  },
})

export const activation = cpuSide<typeof Kernels.activation>({
  compiled: 'activation',
  cpu({ x, y }, { size, ACTIVATION = 0 }) {
    const { apply } = activationOf(ACTIVATION)
    for (let i = 0; i < size; i++) y[i] = apply(x[i]!)
  },
})
