// The CPU side of embedding.ts. Here ids are numbers, whichever type they have in memory.

import { cpuSide } from './cpuSide.ts'
import { rowOf, runsOf, sumOfRun } from './idRuns.cpu.ts'
import { CHUNK } from './idRuns.ts'
import type * as Kernels from './kernels.gen.ts'

export const embedding = cpuSide<typeof Kernels.embedding>({
  compiled: 'embedding',
  cpu({ ids, table, y }, { size, columns, rows }) {
    for (let i = 0; i < size / columns; i++) {
      const row = rowOf(ids[i]!, rows)
      if (row < 0) y.fill(0, i * columns, (i + 1) * columns)
      else y.set(table.subarray(row * columns, (row + 1) * columns), i * columns)
    }
  },
})

export const embeddingSums = cpuSide<typeof Kernels.embeddingSums>({
  compiled: 'embeddingSums',
  cpu({ ids, order, dy, sums }, { columns, rows }) {
    sums.fill(0)
    for (const { first, end } of runsOf(ids, order, rows)) {
      for (let place = first; place < end; place++) {
        const part = Math.max(first, place - (place % CHUNK))
        const position = order[place]!
        for (let j = 0; j < columns; j++) sums[part * columns + j]! += dy[position * columns + j]!
      }
    }
  },
})

export const embeddingGradient = cpuSide<typeof Kernels.embeddingGradient>({
  cpu({ ids, order, sums, dTable }, { columns, rows }) {
    dTable.fill(0)
    for (const run of runsOf(ids, order, rows)) {
      for (let j = 0; j < columns; j++) dTable[run.row * columns + j] = sumOfRun(sums, columns, run, j)
    }
  },
})
