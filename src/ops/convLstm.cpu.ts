// What the operations of convLstm.ts do on the CPU.

import { cpuSide } from './cpuSide.ts'
import { gateMasks } from './gateMasks.ts'
import type * as Kernels from './kernels.gen.ts'
import { cellActivations, scratch, stepCell, timeOf } from './lstmCell.ts'
import { eachSeen, placeOf } from './recurrentConvolution.ts'

export const lstmStep = cpuSide<typeof Kernels.lstmStep>({
  compiled: 'convLstm',
  cpu({ recurrentKernel, h0, c0, gates, h, c, hLast, cLast }, p, { iteration }) {
    const { batch: rows, time, units, SPACE: space = 1 } = p
    const activations = cellActivations(p)
    const wide = 4 * units
    const [hidden, cell] = scratch(units)
    for (let s = 0; s < time; s++) {
      const t = timeOf(s, time, p.reverse)
      const earlier = s > 0 ? timeOf(s - 1, time, p.reverse) : -1
      const states = s > 0 ? h : p.hasState ? h0 : null
      for (let row = 0; row < rows; row++) {
        const z = placeOf(row, time, t, space) * wide
        if (states !== null) {
          eachSeen(row, p, 1, (seen, entry) => {
            const masks = gateMasks(seen, units, p.recurrentRate, p.seed, iteration)
            const from = (s > 0 ? placeOf(seen, time, earlier, space) : seen) * units
            for (let k = 0; k < units; k++) {
              for (let gate = 0; gate < wide; gate += units) {
                const factor = states[from + k]! * masks[gate + k]!
                const weights = (entry * units + k) * wide
                for (let j = gate; j < gate + units; j++)
                  gates[z + j]! += factor * recurrentKernel[weights + j]!
              }
            }
          })
        }
        const before = s > 0 ? placeOf(row, time, earlier, space) : row
        const cells = s > 0 ? c : p.hasState ? c0 : null
        for (let u = 0; u < units; u++) cell[u] = cells === null ? 0 : cells[before * units + u]!
        stepCell(gates, z, units, cell, hidden, activations)
        const at = placeOf(row, time, t, space) * units
        for (let u = 0; u < units; u++) {
          h[at + u] = hidden[u]!
          c[at + u] = cell[u]!
          if (s < time - 1) continue
          if (p.keepHLast) hLast[row * units + u] = hidden[u]!
          if (p.keepCLast) cLast[row * units + u] = cell[u]!
        }
      }
    }
  },
})
