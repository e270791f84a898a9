// The CPU side of matmul.ts.

import type { KernelParams, KernelTensors } from '../graph/definition.ts'
import { activationOf } from './activationFunctions.ts'
import { cpuSide } from './cpuSide.ts'
import type * as Kernels from './kernels.gen.ts'

type Kernel = typeof Kernels.matmul

export const matmul = cpuSide<Kernel>({
  compiled: 'matmul',
  cpu({ a, b, bias, y, columnSums }, p) {
    const { m, n, k, batch } = p
    for (let i = 0; i < batch; i++) {
      const part = (x: Float32Array, size: number) => x.subarray(i * size, (i + 1) * size)
      multiply(
        { a: part(a, m * k), b: part(b, k * n), bias, y: part(y, m * n), columnSums: part(columnSums, n) },
        p,
      )
    }
  },
})

/** The readable reference for one product of the batch. */
function multiply(
  { a, b, bias, y, columnSums }: Omit<KernelTensors<Kernel>, 'parts'>,
  p: KernelParams<Kernel>,
): void {
  const { m, n, k, aRow, aColumn } = p
  for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) y[i * n + j] = p.hasBias ? bias[j]! : 0
  if (p.bColumn === 1) {
    // Rows of b are added to rows of y, so that inner loops run along memory. The order of the outer loops follows a's layout.
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
