// The CPU side of accumulate.ts.

import { addExactly } from './addExactly.ts'
import { cpuSide } from './cpuSide.ts'
import { EXACT_SUM_WORDS } from './exactSum.ts'
import type * as Kernels from './kernels.gen.ts'

const THREADS = 256

export const accumulate = cpuSide<typeof Kernels.accumulate>({
  // Adds in the kernel's order, a tree, so that both backends give the same bits.
  cpu(
    { values, weights, totals },
    { size, columns, rows, divisor, hasWeights, group, sums: count },
    { reset },
  ) {
    const sums = new Float32Array(THREADS)
    if (reset) totals.fill(0)
    for (let column = 0; column < count; column++) {
      sums.fill(0)
      for (let i = 0; i < size; i++) {
        const weight = hasWeights ? weights[Math.floor(i / group)]! : 1
        const value = column < columns ? values[i * columns + column]! : 1
        sums[i % THREADS]! += hasWeights ? Math.fround(value * weight) : value
      }
      for (let half = THREADS / 2; half >= 1; half /= 2) {
        for (let i = 0; i < half; i++) sums[i]! += sums[i + half]!
      }
      const words = totals.subarray(column * EXACT_SUM_WORDS, (column + 1) * EXACT_SUM_WORDS)
      addExactly(words, divisor ? Math.fround(sums[0]! / divisor) * rows : sums[0]!, rows)
    }
  },
})
