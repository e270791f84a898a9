// The CPU side of resample.ts.

import { cpuSide } from './cpuSide.ts'
import type * as Kernels from './kernels.gen.ts'

export const resample = cpuSide<typeof Kernels.resample>({
  cpu({ x, bands, y }, { size, entries, outputs, inner, width }) {
    y.fill(0)
    const row = width + 2
    for (let line = 0; line < size / inner; line++) {
      const band = (line % outputs) * row
      const count = bands[band + 1]!
      const from = Math.floor(line / outputs) * entries + bands[band]!
      for (let k = 0; k < count; k++) {
        const weight = bands[band + 2 + k]!
        for (let i = 0; i < inner; i++) y[line * inner + i]! += weight * x[(from + k) * inner + i]!
      }
    }
  },
})
