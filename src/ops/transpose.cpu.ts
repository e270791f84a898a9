// The CPU side of transpose.ts.

import { cpuSide } from './cpuSide.ts'
import type * as Kernels from './kernels.gen.ts'

export const transpose = cpuSide<typeof Kernels.transpose>({
  cpu({ x, y }, { size, outerStride, shape, strides }) {
    for (let i = 0; i < size; i++) {
      let rest = i
      let at = 0
      for (let axis = shape.length - 1; axis >= 0; axis--) {
        at += (rest % shape[axis]!) * strides[axis]!
        rest = Math.floor(rest / shape[axis]!)
      }
      y[i] = x[at + rest * outerStride]!
    }
  },
})
