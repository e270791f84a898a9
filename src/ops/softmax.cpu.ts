// The CPU side of softmax.ts.

import { cpuSide } from './cpuSide.ts'
import type * as Kernels from './kernels.gen.ts'

export const softmaxGradient = cpuSide<typeof Kernels.softmaxGradient>({
  cpu({ y, dy, dx }, { size, columns, logarithm }) {
    for (let first = 0; first < size * columns; first += columns) {
      let total = 0
      for (let j = first; j < first + columns; j++) total += logarithm ? dy[j]! : y[j]! * dy[j]!
      for (let j = first; j < first + columns; j++) {
        dx[j] = logarithm ? dy[j]! - Math.exp(y[j]!) * total : y[j]! * (dy[j]! - total)
      }
    }
  },
})

export const softmax = cpuSide<typeof Kernels.softmax>({
  cpu({ x, y }, { size, columns, logarithm }) {
    for (let first = 0; first < size * columns; first += columns) {
      let largest = -Infinity
      for (let j = first; j < first + columns; j++) largest = Math.max(largest, x[j]!)
      let total = 0
      for (let j = first; j < first + columns; j++) total += Math.exp(x[j]! - largest)
      for (let j = first; j < first + columns; j++) {
        const shifted = x[j]! - largest
        y[j] = logarithm ? shifted - Math.log(total) : Math.exp(shifted) / total
      }
    }
  },
})
