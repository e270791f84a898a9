// What the operations of convLstmGradient.ts do on the CPU.

import { cpuSide } from './cpuSide.ts'
import { gateMasks } from './gateMasks.ts'
import type * as Kernels from './kernels.gen.ts'
import { cellActivations, scratch, stepCellBack, timeOf } from './lstmCell.ts'
import { eachSeen, placeOf } from './recurrentConvolution.ts'

export const lstmStepGradient = cpuSide<typeof Kernels.lstmStepGradient>({
  compiled: 'convLstmGradient',
  cpu({ recurrentKernel, c, c0, dh, dcLast, gates, dh0, dc0 }, p, { iteration }) {
    const { batch: rows, time, units, SPACE: space = 1 } = p
    const activations = cellActivations(p)
    const wide = 4 * units
    const [d, dCell] = scratch(units)
    /** d = what the windows that see `row` give back of dz of time step t. */
    const recurrent = (row: number, t: number): void => {
      const masks = gateMasks(row, units, p.recurrentRate, p.seed, iteration)
      d.fill(0, 0, units)
      eachSeen(row, p, -1, (window, entry) => {
        const z = placeOf(window, time, t, space) * wide
        for (let u = 0; u < units; u++) {
          const weights = (entry * units + u) * wide
          for (let gate = 0; gate < wide; gate += units) {
            let part = 0
            for (let j = gate; j < gate + units; j++) part += recurrentKernel[weights + j]! * gates[z + j]!
            d[u]! += part * masks[gate + u]!
          }
        }
      })
    }
    for (let s = time - 1; s >= 0; s--) {
      const t = timeOf(s, time, p.reverse)
      const first = s === 0
      const states = first ? (p.hasState ? c0 : null) : c
      for (let row = 0; row < rows; row++) {
        const place = placeOf(row, time, t, space)
        if (s < time - 1) recurrent(row, timeOf(s + 1, time, p.reverse))
        else d.fill(0, 0, units)
        for (let u = 0; u < units; u++) {
          if (p.dhKind === 1) d[u]! += dh[place * units + u]!
          else if (p.dhKind === 2 && s === time - 1) d[u]! += dh[row * units + u]!
          const last = p.hasDcLast ? dcLast[row * units + u]! : 0
          dCell[u] = s < time - 1 ? dc0[row * units + u]! : last
        }
        const before = first ? row : placeOf(row, time, timeOf(s - 1, time, p.reverse), space)
        stepCellBack(
          gates,
          place * wide,
          units,
          c,
          place * units,
          states,
          before * units,
          d,
          dCell,
          activations,
        )
        for (let u = 0; u < units; u++) dc0[row * units + u] = dCell[u]!
      }
    }
    if (!p.keepDh0) return
    for (let row = 0; row < rows; row++) {
      recurrent(row, timeOf(0, time, p.reverse))
      for (let u = 0; u < units; u++) dh0[row * units + u] = d[u]!
    }
  },
})

export const convRecurrentKernelGradient = cpuSide<typeof Kernels.convRecurrentKernelGradient>({
  compiled: 'convRecurrentKernelGradient',
  cpu({ h, h0, dz, parts }, p, { iteration }) {
    const { batch: rows, time, units, chunks, SPACE: space = 1, KERNEL_HEIGHT = 1, KERNEL_WIDTH = 1 } = p
    const wide = 4 * units
    const perChunk = Math.ceil((rows * time) / chunks)
    const partSize = KERNEL_HEIGHT * KERNEL_WIDTH * units * wide
    const first = timeOf(0, time, p.reverse)
    parts.fill(0)
    for (let n = 0; n < rows * time; n++) {
      const row = n % rows
      const t = Math.floor(n / rows)
      if (t === first && !p.hasState) continue
      const earlier = p.reverse ? t + 1 : t - 1
      const q = placeOf(row, time, t, space) * wide
      const part = Math.floor(n / perChunk) * partSize
      eachSeen(row, p, 1, (seen, entry) => {
        const masks = gateMasks(seen, units, p.recurrentRate, p.seed, iteration)
        const source = t === first ? h0 : h
        const from = (t === first ? seen : placeOf(seen, time, earlier, space)) * units
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
