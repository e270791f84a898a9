// The CPU side of softmax.ts and maskedSoftmax.ts.

import { cpuSide } from './cpuSide.ts'
import type * as Kernels from './kernels.gen.ts'

export const softmaxGradient = cpuSide<typeof Kernels.softmaxGradient>({
  compiled: 'softmaxGradient',
  cpu({ y, dy, dx }, { size, columns, logarithm, scale }) {
    for (let first = 0; first < size * columns; first += columns) {
      let total = 0
      for (let j = first; j < first + columns; j++) total += logarithm ? dy[j]! : y[j]! * dy[j]!
      for (let j = first; j < first + columns; j++) {
        dx[j] = scale * (logarithm ? dy[j]! - Math.exp(y[j]!) * total : y[j]! * (dy[j]! - total))
      }
    }
  },
})

export const softmax = cpuSide<typeof Kernels.softmax>({
  compiled: 'softmax',
  cpu({ x, y }, { size, columns, logarithm }) {
    for (let first = 0; first < size * columns; first += columns) {
      const row = x.subarray(first, first + columns)
      normalize(row, y.subarray(first, first + columns), Boolean(logarithm))
    }
  },
})

/** One row. Returns its largest entry. */
function normalize(x: ArrayLike<number>, y: Float32Array, logarithm: boolean): number {
  let largest = -Infinity
  for (let j = 0; j < y.length; j++) largest = Math.max(largest, x[j]!)
  let total = 0
  for (let j = 0; j < y.length; j++) total += Math.exp(x[j]! - largest)
  for (let j = 0; j < y.length; j++) {
    const shifted = x[j]! - largest
    y[j] = logarithm ? shifted - Math.log(total) : Math.exp(shifted) / total
  }
  return largest
}

/** As lib/scores.wgsl has it. */
const MASKED = -1e9

export const maskedSoftmax = cpuSide<typeof Kernels.maskedSoftmax>({
  compiled: 'maskedSoftmax',
  cpu({ x, queries, keys, mask, y }, p) {
    const { rows, columns } = p
    const scores = new Float32Array(columns)
    for (let row = 0; row < p.size; row++) {
      const query = row % rows
      const head = Math.floor(row / rows)
      const sample = Math.floor(head / p.heads)
      const counts = (j: number): boolean => {
        if (p.causal && j > query) return false
        if (p.window && Math.abs(query - j) >= p.window) return false
        if (p.hasQueries && queries[sample * rows + query]! === 0) return false
        if (p.hasKeys && keys[sample * columns + j]! === 0) return false
        const at = sample * p.maskOuter + (head % p.heads) * p.maskHead + query * p.maskRow + j * p.maskColumn
        return !p.hasMask || mask[at] !== 0
      }
      for (let j = 0; j < columns; j++) {
        const score = Math.fround(p.scale * x[row * columns + j]!)
        scores[j] = counts(j) ? score : p.isFlat ? MASKED : score + MASKED
      }
      const weights = y.subarray(row * columns, (row + 1) * columns)
      const largest = normalize(scores, weights, false)
      if (p.isZero && largest <= MASKED) weights.fill(0)
    }
  },
})
