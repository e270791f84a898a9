// What the operations of dropout.ts do on the CPU.

import { philox } from '../util/philox.ts'
import { cpuSide } from './cpuSide.ts'
import type * as Kernels from './kernels.gen.ts'

// Working memory of the CPU function, which allocates nothing.
const bits = new Uint32Array(4)
const key = new Uint32Array(2)
const counter = new Uint32Array(4)

export const dropout = cpuSide<typeof Kernels.dropout>({
  cpu({ x, y }, { size, n, inner, rate, seed, stream }, { iteration }) {
    // The GPU compares and divides in f32.
    const threshold = Math.fround(rate)
    const kept = Math.fround(1 - threshold)
    key[0] = seed
    counter[1] = iteration
    counter[2] = stream
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
