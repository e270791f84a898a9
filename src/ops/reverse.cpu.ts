// The CPU side of reverse.ts.

import { cpuSide } from './cpuSide.ts'
import type * as Kernels from './kernels.gen.ts'

export const reverse = cpuSide<typeof Kernels.reverse>({
  cpu({ x, y }, { size, n, inner }) {
    for (let i = 0; i < size; i++) {
      const k = Math.floor(i / inner) % n
      y[i] = x[i + (n - 1 - 2 * k) * inner]!
    }
  },
})
