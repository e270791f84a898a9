// The CPU side of transpose.ts.

import { cpuSide } from './cpuSide.ts'
import type * as Kernels from './kernels.gen.ts'

export const transpose = cpuSide<typeof Kernels.transpose>({
  cpu({ x, y }, { size, outerStride, shape, strides }) {
    const [p = 1, q = 1, r = 1, s = 1] = shape
    const [alongP = 0, alongQ = 0, alongR = 0, alongS = 0] = strides
    let i = 0
    for (let outer = 0; i < size; outer += outerStride)
      for (let a = 0; a < p; a++)
        for (let b = 0; b < q; b++)
          for (let c = 0; c < r; c++) {
            const first = outer + a * alongP + b * alongQ + c * alongR
            for (let d = 0; d < s; d++) y[i++] = x[first + d * alongS]!
          }
  },
})
