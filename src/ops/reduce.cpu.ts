// The CPU side of reduce.ts.

import { cpuSide } from './cpuSide.ts'
import type * as Kernels from './kernels.gen.ts'

export const sum = cpuSide<typeof Kernels.sum>({
  cpu({ x, y }, { size, n, inner, scale }) {
    for (let i = 0; i < size; i++) {
      const first = Math.floor(i / inner) * n * inner + (i % inner)
      let total = 0
      for (let k = 0; k < n; k++) total += x[first + k * inner]!
      y[i] = scale * total
    }
  },
})

export const repeat = cpuSide<typeof Kernels.repeat>({
  cpu({ x, y }, { size, n, inner, scale }) {
    for (let i = 0; i < size; i++) y[i] = scale * x[Math.floor(i / (n * inner)) * inner + (i % inner)]!
  },
})
