// The CPU side of l2Normalize.ts.

import { cpuSide } from './cpuSide.ts'
import type * as Kernels from './kernels.gen.ts'

/** The factor of a vector whose squares add up to `squares`. */
const factorOf = (squares: number, most: number): number => Math.min(1 / Math.sqrt(squares), most)

export const l2Normalize = cpuSide<typeof Kernels.l2Normalize>({
  cpu({ x, y }, { size, n, inner, most }) {
    for (let i = 0; i < size; i++) {
      const first = Math.floor(i / inner) * n * inner + (i % inner)
      let squares = 0
      for (let j = 0; j < n; j++) squares += x[first + j * inner]! ** 2
      const factor = factorOf(squares, most)
      for (let j = 0; j < n; j++) y[first + j * inner] = factor * x[first + j * inner]!
    }
  },
})

export const l2NormalizeGradient = cpuSide<typeof Kernels.l2NormalizeGradient>({
  cpu({ x, dy, dx }, { size, n, inner, most }) {
    for (let i = 0; i < size; i++) {
      const first = Math.floor(i / inner) * n * inner + (i % inner)
      let squares = 0
      let along = 0
      for (let j = 0; j < n; j++) {
        squares += x[first + j * inner]! ** 2
        along += x[first + j * inner]! * dy[first + j * inner]!
      }
      const factor = factorOf(squares, most)
      const share = factor === most ? 0 : along / squares
      for (let j = 0; j < n; j++) {
        const entry = first + j * inner
        dx[entry] = factor * (dy[entry]! - share * x[entry]!)
      }
    }
  },
})
