// The CPU side of columnPairs.ts.

import { cpuSide } from './cpuSide.ts'
import type * as Kernels from './kernels.gen.ts'

/** Rows of `width` values one after another, of which the columns from `first` on are meant. */
type Columns = readonly [values: Float32Array, width: number, first: number]

/** Copies columns to columns, as many as the narrower rows have. */
function copyRows([x, from, start]: Columns, [y, to, end]: Columns): void {
  const count = Math.min(from, to)
  for (let i = start, j = end; i < x.length && j < y.length; i += from, j += to)
    for (let k = 0; k < count; k++) y[j + k] = x[i + k]!
}

export const joinColumns = cpuSide<typeof Kernels.joinColumns>({
  cpu({ a, b, c, d, y, z }, { p, q, zSize, zP, zQ }) {
    copyRows([a, p, 0], [y, p + q, 0])
    copyRows([b, q, 0], [y, p + q, p])
    if (zSize === 0) return
    copyRows([c, zP, 0], [z, zP + zQ, 0])
    copyRows([d, zQ, 0], [z, zP + zQ, zP])
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
