// What the operations of matmul.ts do on the CPU.

import type { KernelParams } from '../graph/operation.ts'
import { activationOf } from './activationFunctions.ts'
import { cpuSide } from './cpuSide.ts'
import type * as Kernels from './kernels.gen.ts'
import type { matmul as kernel } from './kernels.gen.ts'

export const matmul = cpuSide<typeof Kernels.matmul>({
  compiled: 'matmul',
  cpu({ a, b, bias, y, columnSums }, p) {
    const { m, n, k, batch } = p
    for (let i = 0; i < batch; i++) {
      const part = (x: Float32Array, size: number) => x.subarray(i * size, (i + 1) * size)
      multiply(part(a, m * k), part(b, k * n), bias, part(y, m * n), part(columnSums, n), p)
    }
  },
})

/** The readable reference, of one product. */
function multiply(
  a: Float32Array,
  b: Float32Array,
  bias: Float32Array,
  y: Float32Array,
  columnSums: Float32Array,
  p: KernelParams<typeof kernel>,
): void {
  const { m, n, k, aRow, aColumn } = p
  for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) y[i * n + j] = p.hasBias ? bias[j]! : 0
  if (p.bColumn === 1) {
    // Rows of b are added to rows of y, the inner loops along memory: a's rows outside where they lie so.
    const byRows = aColumn === 1
    for (let outer = 0; outer < (byRows ? m : k); outer++) {
      for (let inner = 0; inner < (byRows ? k : m); inner++) {
        const i = byRows ? outer : inner
        const l = byRows ? inner : outer
        const factor = a[i * aRow + l * aColumn]!
        for (let j = 0, to = i * n, from = l * p.bRow; j < n; j++, to++, from++) y[to]! += factor * b[from]!
      }
    }
  } else {
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        let sum = 0
        for (let l = 0; l < k; l++) sum += a[i * aRow + l * aColumn]! * b[j * p.bColumn + l * p.bRow]!
        y[i * n + j]! += sum
      }
    }
  }
  if (p.ACTIVATION) {
    const { apply } = activationOf(p.ACTIVATION)
    for (let i = 0; i < m * n; i++) y[i] = apply(y[i]!)
  }
  if (p.hasSums) {
    columnSums.fill(0)
    for (let l = 0; l < k; l++) for (let j = 0; j < n; j++) columnSums[j]! += b[l * p.bRow + j * p.bColumn]!
  }
}
