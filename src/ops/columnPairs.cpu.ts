// What the operations of columnPairs.ts do on the CPU.

import { cpuSide } from './cpuSide.ts'
import type * as Kernels from './kernels.gen.ts'

/** Copies columns of rows of `from` values to rows of `to`, from given places on. */
function copyRows(x: Float32Array, from: number, y: Float32Array, to: number, start: number, end: number) {
  const count = Math.min(from, to)
  for (let i = start, j = end; i < x.length && j < y.length; i += from, j += to)
    for (let k = 0; k < count; k++) y[j + k] = x[i + k]!
}

export const joinColumns = cpuSide<typeof Kernels.joinColumns>({
  cpu({ a, b, c, d, y, z }, { p, q, zSize, zP, zQ }) {
    copyRows(a, p, y, p + q, 0, 0)
    copyRows(b, q, y, p + q, 0, p)
    if (zSize === 0) return
    copyRows(c, zP, z, zP + zQ, 0, 0)
    copyRows(d, zQ, z, zP + zQ, 0, zP)
  },
})

export const splitColumns = cpuSide<typeof Kernels.splitColumns>({
  cpu({ x, z, a, b, c, d }, { p, q, zP, zQ, keepA, keepB, keepC, keepD }) {
    if (keepA) copyRows(x, p + q, a, p, 0, 0)
    if (keepB) copyRows(x, p + q, b, q, p, 0)
    if (keepC) copyRows(z, zP + zQ, c, zP, 0, 0)
    if (keepD) copyRows(z, zP + zQ, d, zQ, zP, 0)
  },
})
