// The CPU side of recurrentStates.ts.

import { cpuSide } from './cpuSide.ts'
import type * as Kernels from './kernels.gen.ts'

export const joinStates = cpuSide<typeof Kernels.joinStates>({
  cpu({ a, b, c, d, y }, { size, p, q, offset, hasC }) {
    for (let i = 0; i < size; i++) {
      const row = Math.floor(i / (p + q))
      const column = i - row * (p + q)
      const isFirst = column < p
      const from = isFirst ? row * p + column : row * q + column - p
      y[i] = (isFirst ? a : b)[from]!
      if (hasC) y[offset + i] = (isFirst ? c : d)[from]!
    }
  },
})
