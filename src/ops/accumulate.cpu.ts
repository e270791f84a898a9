// What the operations of accumulate.ts do on the CPU.

import { addExactly } from './addExactly.ts'
import { cpuSide } from './cpuSide.ts'
import type * as Kernels from './kernels.gen.ts'

const THREADS = 256
const sums = new Float32Array(THREADS)

export const accumulate = cpuSide<typeof Kernels.accumulate>({
  cpu({ values, totals }, { size, rows }, { reset }) {
    if (reset) totals.fill(0)
    sums.fill(0)
    for (let i = 0; i < size; i++) sums[i % THREADS]! += values[i]!
    for (let half = THREADS / 2; half >= 1; half /= 2) {
      for (let i = 0; i < half; i++) sums[i]! += sums[i + half]!
    }
    addExactly(totals, Math.fround(sums[0]! / size) * rows, rows)
  },
})
