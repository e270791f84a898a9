// The CPU side of convRecurrentKernelGradient.ts.

import { cpuSide } from './cpuSide.ts'
import { gateMasks } from './gateMasks.ts'
import type * as Kernels from './kernels.gen.ts'
import { eachSeen, offsetOf } from './recurrentConvolution.ts'

export const convRecurrentKernelGradient = cpuSide<typeof Kernels.convRecurrentKernelGradient>({
  compiled: 'convRecurrentKernelGradient',
  cpu({ h, h0, dz, parts }, p, { iteration }) {
    const {
      batch: rows,
      time,
      units,
      columns: wide,
      chunks,
      SPACE: space = 1,
      KERNEL_ROWS = 1,
      KERNEL_WIDTH = 1,
    } = p
    const perChunk = Math.ceil((rows * time) / chunks)
    const partSize = KERNEL_ROWS * KERNEL_WIDTH * units * wide
    const first = p.reverse ? time - 1 : 0
    parts.fill(0)
    const masks = new Float32Array(4 * units)
    for (let n = 0; n < rows * time; n++) {
      const row = n % rows
      const t = Math.floor(n / rows)
      if (t === first && !p.hasState) continue
      const earlier = p.reverse ? t + 1 : t - 1
      const q = offsetOf(row, time, t, space) * wide
      const part = Math.floor(n / perChunk) * partSize
      eachSeen(row, p, 1, (seen, entry) => {
        gateMasks(masks, seen, { rate: p.recurrentRate, seed: p.seed, iteration })
        const source = t === first ? h0 : h
        const from = (t === first ? seen : offsetOf(seen, time, earlier, space)) * units
        for (let k = 0; k < units; k++) {
          const to = part + (entry * units + k) * wide
          for (let gate = 0; gate < wide; gate += units) {
            const factor = source[from + k]! * masks[gate + k]!
            for (let j = gate; j < gate + units; j++) parts[to + j]! += factor * dz[q + j]!
          }
        }
      })
    }
  },
})
