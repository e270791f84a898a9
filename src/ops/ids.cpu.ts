// The CPU side of ids.ts. Here ids are numbers, whichever type they have in memory.

import { cpuSide } from './cpuSide.ts'
import type * as Kernels from './kernels.gen.ts'

export const idMask = cpuSide<typeof Kernels.idMask>({
  cpu({ ids, y }, { size }) {
    for (let i = 0; i < size; i++) y[i] = Number(ids[i] !== 0)
  },
})

export const toFloat = cpuSide<typeof Kernels.toFloat>({
  cpu({ ids, y }, { size }) {
    for (let i = 0; i < size; i++) y[i] = ids[i]!
  },
})

export const checkIds = cpuSide<typeof Kernels.checkIds>({
  cpu({ ids, permutation, record }, { count, each, rows, isFloat, layer }, { start }) {
    for (let i = 0; i < count && record[1] === 0; i++) {
      const id = ids[i]!
      if (Number.isInteger(id) && id >= 0 && id < rows) continue
      const [word = 0] = isFloat ? new Uint32Array(Float32Array.of(id).buffer) : Uint32Array.of(id)
      record[1] = layer
      record[2] = permutation[start + Math.floor(i / each)]!
      record[3] = word
      record[4] = isFloat
    }
  },
})

export const sortIds = cpuSide<typeof Kernels.sortIds>({
  cpu({ ids, order }, { size, block }) {
    for (let i = 0; i < size; i++) order[i] = i
    for (let start = 0; start < size; start += block) {
      order.subarray(start, start + block).sort((i, j) => Math.trunc(ids[i]!) - Math.trunc(ids[j]!) || i - j)
    }
  },
})

export const mergeIds = cpuSide<typeof Kernels.mergeIds>({
  cpu({ ids, sorted, order }, { size, block }) {
    for (let start = 0; start < size; start += 2 * block) {
      let a = start
      let b = Math.min(start + block, size)
      const [aEnd, bEnd] = [b, Math.min(start + 2 * block, size)]
      for (let place = start; place < bEnd; place++) {
        const takesA = a < aEnd && (b >= bEnd || Math.trunc(ids[sorted[a]!]!) <= Math.trunc(ids[sorted[b]!]!))
        order[place] = sorted[takesA ? a++ : b++]!
      }
    }
  },
})
