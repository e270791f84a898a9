// What the operations of lstmGradient.ts do on the CPU.

import { cpuSide } from './cpuSide.ts'
import { gateMasks } from './gateMasks.ts'
import type * as Kernels from './kernels.gen.ts'
import { cellActivations, scratch, stepCellBack, timeOf } from './lstmCell.ts'

export const lstmSequenceGradient = cpuSide<typeof Kernels.lstmSequenceGradient>({
  compiled: 'lstmGradient',
  cpu({ recurrentKernel, c, c0, dh, dcLast, gates, dh0, dc0 }, p, { iteration }) {
    const { batch, time, units, DIRECTIONS: directions = 1 } = p
    const activations = cellActivations(p)
    const wide = 4 * units
    const [below, cell] = scratch(units)
    for (let lane = 0; lane < batch * directions; lane++) {
      const direction = lane % directions
      const b = (lane - direction) / directions
      const masks = gateMasks(b, units, p.recurrentRate, direction ? p.otherSeed : p.seed, iteration)
      const rowOf = (s: number) =>
        (b * time + timeOf(s, time, p.reverse !== direction)) * directions + direction
      for (let u = 0; u < units; u++) {
        below[u] = 0
        cell[u] = p.hasDcLast ? dcLast[lane * units + u]! : 0
      }
      for (let s = time - 1; s >= 0; s--) {
        const row = rowOf(s)
        const z = row * wide
        for (let u = 0; u < units; u++) {
          if (p.dhKind === 1) below[u]! += dh[row * units + u]!
          else if (p.dhKind === 2 && s === time - 1) below[u]! += dh[lane * units + u]!
        }
        const first = s === 0
        const states = first ? (p.hasState ? c0 : null) : c
        stepCellBack(
          gates,
          z,
          units,
          c,
          row * units,
          states,
          (first ? lane : rowOf(s - 1)) * units,
          below,
          cell,
          activations,
        )
        if (s === 0 && !p.keepDh0) continue
        for (let u = 0; u < units; u++) {
          let sum = 0
          const from = (u * directions + direction) * wide
          for (let gate = 0; gate < wide; gate += units) {
            let part = 0
            for (let j = gate; j < gate + units; j++) part += recurrentKernel[from + j]! * gates[z + j]!
            sum += part * masks[gate + u]!
          }
          below[u] = sum
        }
      }
      for (let u = 0; u < units; u++) {
        if (p.keepDh0) dh0[lane * units + u] = below[u]!
        if (p.keepDc0) dc0[lane * units + u] = cell[u]!
      }
    }
  },
})
