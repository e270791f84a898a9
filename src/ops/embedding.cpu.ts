// The CPU side of embedding.ts. Here ids are numbers, whichever type they have in memory.

import { cpuSide } from './cpuSide.ts'
import type * as Kernels from './kernels.gen.ts'

/** The row of an id, or -1 if there is none. */
function rowOf(id: number, rows: number): number {
  const row = Math.trunc(id)
  return row >= 0 && row < rows ? row : -1
}

export const embedding = cpuSide<typeof Kernels.embedding>({
  cpu({ ids, table, y }, { size, columns, rows }) {
    for (let i = 0; i < size / columns; i++) {
      const row = rowOf(ids[i]!, rows)
      if (row < 0) y.fill(0, i * columns, (i + 1) * columns)
      else y.set(table.subarray(row * columns, (row + 1) * columns), i * columns)
    }
  },
})

export const embeddingGradient = cpuSide<typeof Kernels.embeddingGradient>({
  cpu({ ids, order, dy, dTable }, { count, columns, rows }) {
    dTable.fill(0)
    for (let place = 0; place < count; place++) {
      const position = order[place]!
      const row = rowOf(ids[position]!, rows)
      if (row < 0) continue
      for (let j = 0; j < columns; j++) {
        const at = row * columns + j
        dTable[at] = dTable[at]! + dy[position * columns + j]!
      }
    }
  },
})
