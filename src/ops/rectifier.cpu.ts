// The CPU side of rectifier.ts.

import { cpuSide } from './cpuSide.ts'
import type * as Kernels from './kernels.gen.ts'

/** A comparison would lose NaN. */
const orNan = (value: number, x: number): number => (Number.isNaN(x) ? x : value)

export const rectifier = cpuSide<typeof Kernels.rectifier>({
  cpu({ x, y }, { size, alpha, threshold, hasLimit, limit, EXPONENTIAL = 0 }) {
    for (let i = 0; i < size; i++) {
      const v = x[i]!
      const above = hasLimit ? Math.min(v, limit) : v
      // Zero times an infinite number would be NaN.
      const below = alpha === 0 ? 0 : alpha * (EXPONENTIAL ? Math.expm1(v) : v - threshold)
      y[i] = orNan(v > threshold ? above : below, v)
    }
  },
})

export const rectifierGradient = cpuSide<typeof Kernels.rectifierGradient>({
  cpu({ x, dy, dx }, { size, alpha, threshold, hasLimit, limit, EXPONENTIAL = 0 }) {
    for (let i = 0; i < size; i++) {
      const v = x[i]!
      const above = hasLimit && v >= limit ? 0 : 1
      const below = EXPONENTIAL ? alpha * Math.exp(v) : alpha
      dx[i] = orNan(v > threshold ? above : below, v) * dy[i]!
    }
  },
})
