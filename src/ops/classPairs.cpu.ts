// The CPU side of classPairs.ts.

import { addExactly } from './addExactly.ts'
import { cpuSide } from './cpuSide.ts'
import { EXACT_SUM_WORDS } from './exactSum.ts'
import type * as Kernels from './kernels.gen.ts'

export const classPairs = cpuSide<typeof Kernels.classPairs>({
  // Adds the entries of a pair in order, as the kernel does, so that both backends give the same bits.
  cpu(
    { predictions, targets, weights, totals },
    { size, classes, rows, hasWeights, group, ignored },
    { reset },
  ) {
    if (reset) totals.fill(0)
    const sums = new Float32Array(classes ** 2)
    const isClass = (x: number): boolean => x > -1 && x < classes
    for (let i = 0; i < size; i++) {
      const [target, prediction] = [Math.trunc(targets[i]!), Math.trunc(predictions[i]!)]
      if (!isClass(targets[i]!) || !isClass(predictions[i]!) || target === ignored) continue
      sums[target * classes + prediction]! += hasWeights ? weights[Math.floor(i / group)]! : 1
    }
    sums.forEach((sum, pair) => {
      addExactly(totals.subarray(pair * EXACT_SUM_WORDS, (pair + 1) * EXACT_SUM_WORDS), sum, rows)
    })
  },
})
