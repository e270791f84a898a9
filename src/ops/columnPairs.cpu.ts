// The CPU side of columnPairs.ts.

import { cpuSide } from './cpuSide.ts'
import type * as Kernels from './kernels.gen.ts'

/** Rows of `width` values one after another, of which the columns from `first` on are meant. */
type Columns = readonly [values: Float32Array, width: number, first: number]

/** Rows of `width` values one after another. */
type Part = readonly [values: Float32Array, width: number]

/** Copies columns to columns, as many as the narrower rows have. */
function copyRows([x, from, start]: Columns, [y, to, end]: Columns): void {
  const count = Math.min(from, to)
  for (let i = start, j = end; i < x.length && j < y.length; i += from, j += to)
    for (let k = 0; k < count; k++) y[j + k] = x[i + k]!
}

export const joinColumns = cpuSide<typeof Kernels.joinColumns>({
  cpu({ a, b, c, d, e, f, joined }, { size, p, q, zSize, zP, zQ, zStart, wSize, wP, wQ, wStart }) {
    const join = ([left, width]: Part, [right, other]: Part, from: number, length: number): void => {
      if (length === 0) return
      const result = joined.subarray(from, from + length)
      copyRows([left, width, 0], [result, width + other, 0])
      copyRows([right, other, 0], [result, width + other, width])
    }
    join([a, p], [b, q], 0, size)
    join([c, zP], [d, zQ], zStart, zSize)
    join([e, wP], [f, wQ], wStart, wSize)
  },
})

export const splitColumns = cpuSide<typeof Kernels.splitColumns>({
  cpu({ x, z, a, b, c, d }, { p, q, zP, zQ, keepA, keepB, keepC, keepD }) {
    if (keepA) copyRows([x, p + q, 0], [a, p, 0])
    if (keepB) copyRows([x, p + q, p], [b, q, 0])
    if (keepC) copyRows([z, zP + zQ, 0], [c, zP, 0])
    if (keepD) copyRows([z, zP + zQ, zP], [d, zQ, 0])
  },
})
