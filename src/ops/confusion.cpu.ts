// The CPU side of confusion.ts.

import { addExactly } from './addExactly.ts'
import { cpuSide } from './cpuSide.ts'
import { EXACT_SUM_WORDS } from './exactSum.ts'
import type * as Kernels from './kernels.gen.ts'

const THREADS = 256

/** Whether entry i is one of the k largest of its row, of equal ones the first. */
function isAmongTop(predictions: Float32Array, i: number, classes: number, k: number): boolean {
  const row = i - (i % classes)
  const x = predictions[i]!
  let larger = 0
  for (let j = row; j < row + classes; j++) {
    const other = predictions[j]!
    if (other > x || (other === x && j < i)) larger++
  }
  return larger < k
}

/** Whether a prediction is above a threshold, given by its number; a NaN is above none. */
function isAbove(
  x: number,
  threshold: number,
  thresholds: Float32Array,
  p: { intervals: number; isWide: number },
): boolean {
  if (p.intervals === 0) return x > thresholds[threshold]!
  const above = Math.ceil(Math.fround(Math.min(Math.max(x, 0), 1) * p.intervals))
  return Math.max(above, p.isWide) > threshold
}

export const confusion = cpuSide<typeof Kernels.confusion>({
  // Adds in the kernel's order, a tree, so that both backends give the same bits.
  cpu({ predictions, targets, weights, thresholds, totals }, p, { reset }) {
    if (reset) totals.fill(0)
    const sums = Array.from({ length: 4 }, () => new Float32Array(THREADS))
    for (let index = 0; index < p.count; index++) {
      const [threshold, label] = [Math.floor(index / p.labels), index % p.labels]
      for (const sum of sums) sum.fill(0)
      for (let i = 0; i < p.size; i++) {
        if (p.classId >= 0 && i % p.classes !== p.classId) continue
        if (i % p.labels !== label) continue
        const weight = p.hasWeights ? weights[Math.floor(i / p.group)]! : 1
        const isTrue = targets[i] !== 0
        const isPositive =
          isAbove(predictions[i]!, threshold, thresholds, p) &&
          (p.topK === 0 || isAmongTop(predictions, i, p.classes, p.topK))
        const k = isPositive ? (isTrue ? 0 : 1) : isTrue ? 3 : 2
        sums[k]![i % THREADS]! += weight
      }
      sums.forEach((sum, k) => {
        for (let half = THREADS / 2; half >= 1; half /= 2) {
          for (let i = 0; i < half; i++) sum[i]! += sum[i + half]!
        }
        const first = (4 * index + k) * EXACT_SUM_WORDS
        addExactly(totals.subarray(first, first + EXACT_SUM_WORDS), sum[0]!, p.rows)
      })
    }
  },
})
