// The CPU side of take.ts.

import { cpuSide } from './cpuSide.ts'
import type * as Kernels from './kernels.gen.ts'

export const take = cpuSide<typeof Kernels.take>({
  cpu({ x, indices, y }, { size, n, count, inner, indexOuter, indexEntry, indexInner }) {
    for (let element = 0; element < size; element++) {
      const i = element % inner
      const entry = Math.floor(element / inner) % count
      const outer = Math.floor(element / inner / count)
      const index = indices[outer * indexOuter + entry * indexEntry + i * indexInner]!
      const position = Math.trunc(index < 0 ? index + n : index)
      const isInside = position >= 0 && position < n
      y[element] = isInside ? x[(outer * n + position) * inner + i]! : Number.NaN
    }
  },
})

export const takeGradient = cpuSide<typeof Kernels.takeGradient>({
  cpu({ indices, dy, dx }, { size, n, count, inner, indexOuter, indexEntry, indexInner }) {
    dx.fill(0)
    const entries = (size / n) * count
    for (let element = 0; element < entries; element++) {
      const i = element % inner
      const entry = Math.floor(element / inner) % count
      const outer = Math.floor(element / inner / count)
      const index = indices[outer * indexOuter + entry * indexEntry + i * indexInner]!
      const position = Math.trunc(index < 0 ? index + n : index)
      if (position >= 0 && position < n) dx[(outer * n + position) * inner + i]! += dy[element]!
    }
  },
})
