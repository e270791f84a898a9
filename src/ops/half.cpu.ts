// The CPU side of half.ts.

import { f16Bits, f16View } from '../util/f16.ts'
import { cpuSide } from './cpuSide.ts'
import type * as Kernels from './kernels.gen.ts'
import { OVERFLOWED } from './lossScaleState.ts'

const INFINITE_HALF = 0x7c00
const BITS_OF_ONE = 0x3f800000

export const toHalf = cpuSide<typeof Kernels.toHalf>({
  cpu({ x, y, overflowed }, { size, reports }) {
    const bits = new Uint32Array(x.buffer, x.byteOffset, size)
    const halves = f16View(y, size)
    let largest = 0
    for (let i = 0; i < size; i++) {
      const half = f16Bits(bits[i]!)
      halves[i] = half
      largest = Math.max(largest, half & 0x7fff)
    }
    if (reports && largest >= INFINITE_HALF) overflowed[OVERFLOWED] = BITS_OF_ONE
  },
})
