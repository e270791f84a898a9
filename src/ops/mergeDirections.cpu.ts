// The CPU side of mergeDirections.ts.

import { cpuSide } from './cpuSide.ts'
import type * as Kernels from './kernels.gen.ts'

export const mergeDirectionsGradient = cpuSide<typeof Kernels.mergeDirectionsGradient>({
  cpu({ x, dy, dx }, { size, n, scale, MULTIPLIES }) {
    for (let from = 0, to = 0; to < size; from += n, to += 2 * n) {
      for (let j = 0; j < n; j++) {
        const d = dy[from + j]!
        dx[to + j] = MULTIPLIES ? d * x[to + n + j]! : scale * d
        dx[to + n + j] = MULTIPLIES ? d * x[to + j]! : scale * d
      }
    }
  },
})

export const mergeDirections = cpuSide<typeof Kernels.mergeDirections>({
  cpu({ x, y }, { size, n, scale, MULTIPLIES }) {
    for (let from = 0, to = 0; to < size; from += 2 * n, to += n) {
      for (let j = 0; j < n; j++) {
        const [left, right] = [x[from + j]!, x[from + n + j]!]
        y[to + j] = MULTIPLIES ? left * right : scale * (left + right)
      }
    }
  },
})
