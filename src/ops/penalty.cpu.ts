// The CPU side of penalty.ts.

import { cpuSide } from './cpuSide.ts'
import type * as Kernels from './kernels.gen.ts'

export const penalty = cpuSide<typeof Kernels.penalty>({
  cpu({ weights, chunks, gradients, scaling, sums }, { count, ADDS, SCALED }) {
    const scale = SCALED ? scaling[0]! : 1
    const factors = new Float32Array(chunks.buffer, chunks.byteOffset, chunks.length)
    for (let chunk = 0; chunk < count; chunk++) {
      const [start = 0, length = 0] = chunks.subarray(4 * chunk)
      const [l1 = 0, l2 = 0] = factors.subarray(4 * chunk + 2)
      let sum = 0
      for (let i = start; i < start + length; i++) {
        const w = weights[i]!
        sum += l1 * Math.abs(w) + l2 * w * w
        if (ADDS) gradients[i]! += scale * (l1 * Math.sign(w) + 2 * l2 * w)
      }
      sums[chunk] = count * sum
    }
  },
})

export const penaltySlope = cpuSide<typeof Kernels.penaltySlope>({
  cpu({ x, slope }, { size, l1, l2 }) {
    for (let i = 0; i < size; i++) slope[i] = l1 * Math.sign(x[i]!) + 2 * l2 * x[i]!
  },
})
