// The CPU side of dropout.ts.

import { philox } from '../util/philox.ts'
import { cpuSide } from './cpuSide.ts'
import type * as Kernels from './kernels.gen.ts'

export const dropout = cpuSide<typeof Kernels.dropout>({
  compiled: 'dropout',
  cpu({ x, y }, { size, n, inner, rate, seed, stream }, { iteration }) {
    // Rounded to float32, because the GPU compares and divides in f32.
    const threshold = Math.fround(rate)
    const kept = Math.fround(1 - threshold)
    const bits = new Uint32Array(4)
    const key = [seed, 0]
    const counter = [0, iteration, stream, 0]
    let drawn = -1
    for (let i = 0; i < size; i++) {
      const element = Math.floor(i / (n * inner)) * inner + (i % inner)
      if (drawn !== element >>> 2) {
        drawn = element >>> 2
        counter[0] = drawn
        philox(counter, key, bits)
      }
      y[i] = (bits[element & 3]! >>> 8) * 2 ** -24 >= threshold ? x[i]! / kept : 0
    }
  },
})
