// The CPU side of elementwise.ts.

import { cpuSide } from './cpuSide.ts'
import type * as Kernels from './kernels.gen.ts'

export const affine = cpuSide<typeof Kernels.affine>({
  cpu({ x, y }, { size, scale, shift }) {
    for (let i = 0; i < size; i++) y[i] = scale * x[i]! + shift
  },
})

const functions: readonly ((u: number, v: number) => number)[] = [
  (u, v) => u + v,
  (u, v) => u - v,
  (u, v) => u * v,
  (u, v) => u / v,
  Math.max,
  Math.min,
]

export const binary = cpuSide<typeof Kernels.binary>({
  cpu({ a, b, y }, { code, shape: [n0 = 1, n1 = 1, n2 = 1, n3 = 1], aStrides, bStrides }) {
    const fn = functions[code]!
    const [a0 = 0, a1 = 0, a2 = 0, a3 = 0] = aStrides
    const [b0 = 0, b1 = 0, b2 = 0, b3 = 0] = bStrides
    let i = 0
    for (let p = 0; p < n0; p++) {
      for (let q = 0; q < n1; q++) {
        for (let r = 0; r < n2; r++) {
          const u = p * a0 + q * a1 + r * a2
          const v = p * b0 + q * b1 + r * b2
          for (let s = 0; s < n3; s++) y[i++] = fn(a[u + s * a3]!, b[v + s * b3]!)
        }
      }
    }
  },
})

export const maximumGradient = cpuSide<typeof Kernels.maximumGradient>({
  cpu(
    { a, b, dy, da, db },
    { isMinimum, kept, shape: [n0 = 1, n1 = 1, n2 = 1, n3 = 1], aStrides, bStrides },
  ) {
    const [a0 = 0, a1 = 0, a2 = 0, a3 = 0] = aStrides
    const [b0 = 0, b1 = 0, b2 = 0, b3 = 0] = bStrides
    let i = 0
    for (let p = 0; p < n0; p++) {
      for (let q = 0; q < n1; q++) {
        for (let r = 0; r < n2; r++) {
          for (let s = 0; s < n3; s++, i++) {
            const u = a[p * a0 + q * a1 + r * a2 + s * a3]!
            const v = b[p * b0 + q * b1 + r * b2 + s * b3]!
            const share = u === v ? 0.5 : Number(u > v === (isMinimum === 0))
            if (kept & 1) da[i] = share * dy[i]!
            if (kept & 2) db[i] = (1 - share) * dy[i]!
          }
        }
      }
    }
  },
})
