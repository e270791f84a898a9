// The CPU side of columns.ts.

import { cpuSide } from './cpuSide.ts'
import type * as Kernels from './kernels.gen.ts'

export const copyColumns = cpuSide<typeof Kernels.copyColumns>({
  cpu({ x, y }, { size, columns, width, first, start, count }) {
    y.fill(0)
    for (let row = 0; row < size / width; row++) {
      for (let j = 0; j < count; j++) y[row * width + start + j] = x[row * columns + first + j]!
    }
  },
})

export const concat = cpuSide<typeof Kernels.concat>({
  cpu({ a, b, y }, { size, p, q }) {
    for (let row = 0; row < size / (p + q); row++) {
      for (let j = 0; j < p; j++) y[row * (p + q) + j] = a[row * p + j]!
      for (let j = 0; j < q; j++) y[row * (p + q) + p + j] = b[row * q + j]!
    }
  },
})
