// The CPU side of matmul.ts.

import type { KernelParams, KernelTensors } from '../graph/definition.ts'
import { activationOf } from './activationFunctions.ts'
import { cpuSide } from './cpuSide.ts'
import type * as Kernels from './kernels.gen.ts'

type Kernel = typeof Kernels.matmul

export const matmul = cpuSide<Kernel>({
  compiled: 'matmul',
  cpu({ a, b, bias, y, columnSums }, p) {
    for (let i = 0; i < p.batch; i++) {
      const outer = Math.floor(i / p.heads)
      const head = i % p.heads
      multiply(
        {
          a: a.subarray(outer * p.aOuter + head * p.aHead),
          b: b.subarray(outer * p.bOuter + Math.floor(head / p.groups) * p.bHead),
          bias,
          y: y.subarray(outer * p.yOuter + head * p.yHead),
          columnSums: columnSums.subarray(i * p.n, (i + 1) * p.n),
        },
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
  const { m, n, k, aRow, aColumn, yRow } = p
  for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) y[i * yRow + j] = p.hasBias ? bias[j]! : 0
  if (p.bColumn === 1) {
    // Rows of b are added to rows of y, so that inner loops run along memory. The order of the outer loops follows a's layout.
    const byRows = aColumn === 1
    for (let outer = 0; outer < (byRows ? m : k); outer++) {
      for (let inner = 0; inner < (byRows ? k : m); inner++) {
        const i = byRows ? outer : inner
        const l = byRows ? inner : outer
        const factor = a[i * aRow + l * aColumn]!
        for (let j = 0, to = i * yRow, from = l * p.bRow; j < n; j++, to++, from++)
          y[to]! += factor * b[from]!
      }
    }
  } else {
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        let sum = 0
        for (let l = 0; l < k; l++) sum += a[i * aRow + l * aColumn]! * b[j * p.bColumn + l * p.bRow]!
        y[i * yRow + j]! += sum
      }
    }
  }
  if (p.ACTIVATION) {
    const { apply } = activationOf(p.ACTIVATION)
    for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) y[i * yRow + j] = apply(y[i * yRow + j]!)
  }
  if (p.hasSums) {
    columnSums.fill(0)
    for (let l = 0; l < k; l++) for (let j = 0; j < n; j++) columnSums[j]! += b[l * p.bRow + j * p.bColumn]!
  }
}
