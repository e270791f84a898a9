// The CPU side of sgdRows.ts.

import { cpuSide } from './cpuSide.ts'
import { runsOf, sumOfRun } from './idRuns.cpu.ts'
import type * as Kernels from './kernels.gen.ts'
import { rateOf, unscaling } from './scaledUpdate.cpu.ts'

export const sgdRows = cpuSide<typeof Kernels.sgdRows>({
  compiled: 'sgdRows',
  cpu({ ids, order, sums, scaling, table }, p, { rate: given }) {
    const { columns, rows } = p
    const unscale = unscaling(p, scaling)
    if (unscale === 0) return
    const rate = rateOf(p, scaling, given)
    for (const run of runsOf(ids, order, rows)) {
      for (let j = 0; j < columns; j++)
        table[run.row * columns + j]! -= rate * unscale * sumOfRun(sums, columns, run, j)
    }
  },
})
