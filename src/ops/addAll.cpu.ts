// The CPU side of addAll.ts.

import { cpuSide } from './cpuSide.ts'
import type * as Kernels from './kernels.gen.ts'

export const addAll = cpuSide<typeof Kernels.addAll>({
  compiled: 'addAll',
  cpu({ a, b, c, d, e, f, g, y }, { size, count, scale }) {
    const others = [c, d, e, f, g].slice(0, count - 2)
    for (let i = 0; i < size; i++) {
      let sum = Math.fround(a[i]! + b[i]!)
      for (const other of others) sum = Math.fround(sum + other[i]!)
      y[i] = scale * sum
    }
  },
})
