// The CPU side of toF16.ts.

import { f16Bits, f16View } from '../util/f16.ts'
import { cpuSide } from './cpuSide.ts'
import type * as Kernels from './kernels.gen.ts'
import { OVERFLOWED } from './lossScaleState.ts'

const INFINITY_BITS = 0x7c00
const BITS_OF_ONE = 0x3f800000

export const toF16 = cpuSide<typeof Kernels.toF16>({
  cpu({ x, y, overflowed }, { size, reports }) {
    const bits = new Uint32Array(x.buffer, x.byteOffset, size)
    const words = f16View(y, size)
    let largest = 0
    for (let i = 0; i < size; i++) {
      const rounded = f16Bits(bits[i]!)
      words[i] = rounded
      largest = Math.max(largest, rounded & 0x7fff)
    }
    if (reports && largest >= INFINITY_BITS) overflowed[OVERFLOWED] = BITS_OF_ONE
  },
})
