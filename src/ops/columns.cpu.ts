// The CPU side of columns.ts.

import { cpuSide } from './cpuSide.ts'
import type * as Kernels from './kernels.gen.ts'

export const copyColumns = cpuSide<typeof Kernels.copyColumns>({
  cpu({ x, y }, { size, columns, width, first, start, count }) {
    y.fill(0)
    for (let row = 0; row < size / width; row++) {
      for (let j = 0; j < count; j++) y[row * width + start + j] = x[row * columns + first + j]!
    }
  },
})

export const concat = cpuSide<typeof Kernels.concat>({
  cpu({ a, b, c, d, e, f, g, y }, { size, width, ends }) {
    const parts = [a, b, c, d, e, f, g]
    for (const [from, part, columns] of placed(parts, ends)) {
      for (let row = 0; row < size / width; row++) {
        for (let j = 0; j < columns; j++) y[row * width + from + j] = part[row * columns + j]!
      }
    }
  },
})

export const split = cpuSide<typeof Kernels.split>({
  cpu({ x, a, b, c, d, e, f, g }, { size, width, kept, ends }) {
    const parts = [a, b, c, d, e, f, g].map((part, i) => ((kept >> i) & 1 ? part : null))
    for (const [from, part, columns] of placed(parts, ends)) {
      if (part === null) continue
      for (let row = 0; row < size / width; row++) {
        for (let j = 0; j < columns; j++) part[row * columns + j] = x[row * width + from + j]!
      }
    }
  },
})

/** Parts with their first column in the whole and their width. */
const placed = <Part>(
  parts: readonly Part[],
  ends: readonly number[],
): (readonly [from: number, part: Part, columns: number])[] =>
  parts.map((part, i) => {
    const from = ends[i - 1] ?? 0
    return [from, part, ends[i]! - from]
  })
