// The CPU side of sort.ts.

import { cpuSide } from './cpuSide.ts'
import type * as Kernels from './kernels.gen.ts'

/** The order of numbers, with NaN last. */
const compare = (a: number, b: number): number =>
  Number.isNaN(a) ? Number(!Number.isNaN(b)) : Number.isNaN(b) ? -1 : a - b || 0

export const argsort = cpuSide<typeof Kernels.argsort>({
  cpu({ x, order }, { size, n, inner }) {
    const places = new Uint32Array(n)
    for (let outer = 0; outer < size; outer += n * inner)
      for (let row = outer; row < outer + inner; row++) {
        // Sorting is stable.
        for (let j = 0; j < n; j++) places[j] = j
        const sorted = places.sort((a, b) => compare(x[row + a * inner]!, x[row + b * inner]!) || a - b)
        for (let j = 0; j < n; j++) order[row + j * inner] = sorted[j]!
      }
  },
})
