// The CPU side of fold.ts.

import { cpuSide } from './cpuSide.ts'
import type * as Kernels from './kernels.gen.ts'

const firstOf = (i: number, n: number, inner: number): number =>
  Math.floor(i / inner) * n * inner + (i % inner)

export const fold = cpuSide<typeof Kernels.fold>({
  cpu({ x, y }, { size, n, inner, code }) {
    for (let i = 0; i < size; i++) {
      const first = firstOf(i, n, inner)
      let result = x[first]!
      for (let k = 1; k < n; k++) {
        const value = x[first + k * inner]!
        result =
          code === 0
            ? Math.max(result, value)
            : code === 1
              ? Math.min(result, value)
              : Math.fround(result * value)
      }
      y[i] = result
    }
  },
})

export const argExtreme = cpuSide<typeof Kernels.argExtreme>({
  cpu({ x, y }, { size, n, inner, isMinimum }) {
    const sign = isMinimum ? -1 : 1
    for (let i = 0; i < size; i++) {
      const first = firstOf(i, n, inner)
      let best = sign * x[first]!
      let found = 0
      for (let k = 1; k < n && !Number.isNaN(best); k++) {
        const value = sign * x[first + k * inner]!
        if (value > best || Number.isNaN(value)) {
          best = value
          found = k
        }
      }
      y[i] = found
    }
  },
})

export const scan = cpuSide<typeof Kernels.scan>({
  cpu({ x, y }, { size, n, inner, PRODUCT = 0, REVERSE = 0, EXCLUSIVE = 0 }) {
    for (let i = 0; i < size; i++) {
      const first = firstOf(i, n, inner)
      let result = PRODUCT
      for (let step = 0; step < n; step++) {
        const at = first + (REVERSE ? n - 1 - step : step) * inner
        const next = Math.fround(PRODUCT ? result * x[at]! : result + x[at]!)
        y[at] = EXCLUSIVE ? result : next
        result = next
      }
    }
  },
})
