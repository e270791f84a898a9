// What the operations of lstm.ts do on the CPU.

import { cpuSide } from './cpuSide.ts'
import { gateMasks } from './gateMasks.ts'
import type * as Kernels from './kernels.gen.ts'
import { cellActivations, scratch, stepCell, timeOf } from './lstmCell.ts'

export const lstmSequence = cpuSide<typeof Kernels.lstmSequence>({
  compiled: 'lstm',
  cpu({ recurrentKernel, h0, c0, gates, h, c, hLast, cLast }, p, { iteration }) {
    const { batch, time, units, DIRECTIONS: directions = 1 } = p
    const activations = cellActivations(p)
    const wide = 4 * units
    const [before, cell] = scratch(units)
    for (let lane = 0; lane < batch * directions; lane++) {
      const direction = lane % directions
      const b = (lane - direction) / directions
      const masks = gateMasks(b, units, p.recurrentRate, direction ? p.otherSeed : p.seed, iteration)
      for (let u = 0; u < units; u++) {
        before[u] = p.hasState ? h0[lane * units + u]! : 0
        cell[u] = p.hasState ? c0[lane * units + u]! : 0
      }
      for (let s = 0; s < time; s++) {
        const row = (b * time + timeOf(s, time, p.reverse !== direction)) * directions + direction
        const z = row * wide
        for (let k = 0; k < units; k++) {
          for (let first = 0; first < wide; first += units) {
            const factor = before[k]! * masks[first + k]!
            if (factor === 0) continue
            const from = (k * directions + direction) * wide
            for (let j = first; j < first + units; j++) gates[z + j]! += factor * recurrentKernel[from + j]!
          }
        }
        stepCell(gates, z, units, cell, before, activations)
        for (let u = 0; u < units; u++) {
          if (p.keepH) h[row * units + u] = before[u]!
          if (p.keepC) c[row * units + u] = cell[u]!
        }
      }
      for (let u = 0; u < units; u++) {
        if (p.keepHLast) hLast[lane * units + u] = before[u]!
        if (p.keepCLast) cLast[lane * units + u] = cell[u]!
      }
    }
  },
})
