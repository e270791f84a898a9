// The CPU side of gather.ts.

import { cpuSide } from './cpuSide.ts'
import type * as Kernels from './kernels.gen.ts'

export const gather = cpuSide<typeof Kernels.gather>({
  cpu({ data, sources, permutation, batch }, { rows, fields }, { start }) {
    for (let f = 0; f < fields.length; f += 4) {
      const length = fields[f]!
      const offset = fields[f + 1]!
      for (let row = 0; row < rows; row++) {
        const from = sources[f / 4]! + permutation[start + row]! * length
        for (let j = 0; j < length; j++) batch[offset + row * length + j] = data[from + j]!
      }
    }
  },
})

export const emit = cpuSide<typeof Kernels.emit>({
  cpu({ x, results }, { size, length }, { start }) {
    for (let i = 0; i < size; i++) results[start * length + i] = x[i]!
  },
})

export const assign = cpuSide<typeof Kernels.assign>({
  cpu({ x, destination }, { size }) {
    for (let i = 0; i < size; i++) destination[i] = x[i]!
  },
})
