// The CPU side of gather.ts.

import { cpuSide } from './cpuSide.ts'
import type * as Kernels from './kernels.gen.ts'

export const gather = cpuSide<typeof Kernels.gather>({
  cpu({ data, sources, permutation, batch }, { rows, first, fields }, { start }) {
    for (let f = 0; f < fields.length; f += 4) {
      const length = fields[f]!
      const at = 4 * first + f
      // What is below zero was written modulo 2³².
      const stride = length + (sources[at + 1]! | 0)
      const run = sources[at + 2]! || length
      const skip = sources[at + 3]!
      let to = fields[f + 1]!
      for (let row = 0; row < rows; row++) {
        let from = sources[at]! + permutation[start + row]! * stride
        for (let j = 0; j < length; j += run, from += skip) {
          for (let k = 0; k < run; k++) batch[to++] = data[from++]!
        }
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
