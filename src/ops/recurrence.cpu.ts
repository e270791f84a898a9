// The CPU side of recurrence.ts.

import type { StepScalars } from '../graph/operation.ts'
import { cpuSide } from './cpuSide.ts'
import { gateMasks } from './gateMasks.ts'
import type * as Kernels from './kernels.gen.ts'

/** What `inner` has, as in shaders/lib/recurrent_kernel_gradient.wgsl. */
const [RESETS, STATES] = [1, 2]

export const recurrentKernelGradient = cpuSide<typeof Kernels.recurrentKernelGradient>({
  compiled: 'recurrentKernelGradient',
  cpu(
    { h, h0, dz, dR, inner, biasSums },
    {
      batch,
      time,
      units,
      columns,
      reverse,
      recurrentRate,
      seed,
      otherSeed,
      HAS_STATE = 0,
      DIRECTIONS = 1,
      INNER = 0,
    },
    // Not every kernel of the operation reads the iteration; where it is absent, there is no dropout.
    { iteration = 0 }: StepScalars,
  ) {
    dR.fill(0)
    biasSums.fill(0)
    // The share of a column's gradient that goes through R.
    const through = (row: number, j: number): number =>
      INNER !== RESETS || j < 2 * units ? 1 : inner[row * units + j - 2 * units]!
    const masks = new Float32Array(4 * units)
    for (let lane = 0; lane < batch * DIRECTIONS; lane++) {
      const direction = lane % DIRECTIONS
      const b = (lane - direction) / DIRECTIONS
      const backwards = reverse !== direction
      const first = backwards ? time - 1 : 0
      gateMasks(masks, b, { rate: recurrentRate, seed: direction ? otherSeed : seed, iteration })
      const rowOf = (t: number) => (b * time + t) * DIRECTIONS + direction
      for (let t = 0; t < time; t++) {
        for (let j = 0; j < columns && biasSums.length > 0; j++) {
          const at = direction * columns + j
          const d = dz[rowOf(t) * columns + j]!
          biasSums[at]! += d
          biasSums[DIRECTIONS * columns + at]! += d * through(rowOf(t), j)
        }
        const d = rowOf(t) * columns
        const to = (u: number): number => (u * DIRECTIONS + direction) * columns
        // The last block of columns saw other states, through the mask already.
        const width = INNER === STATES ? 2 * units : columns
        for (let u = 0; u < units; u++)
          for (let j = width; j < columns; j++) dR[to(u) + j]! += inner[rowOf(t) * units + u]! * dz[d + j]!
        if (t === first && !HAS_STATE) continue
        const source = t === first ? h0 : h
        const from = (t === first ? lane : rowOf(backwards ? t + 1 : t - 1)) * units
        for (let u = 0; u < units; u++) {
          for (let first = 0; first < width; first += units) {
            const factor = source[from + u]! * masks[first + u]!
            for (let j = first; j < Math.min(first + units, width); j++)
              dR[to(u) + j]! += factor * through(rowOf(t), j) * dz[d + j]!
          }
        }
      }
    }
  },
})

export const addLastTimestep = cpuSide<typeof Kernels.addLastTimestep>({
  cpu({ x, z, y }, { size, time, width, at, units }) {
    for (let i = 0; i < size; i++) {
      const t = Math.floor(i / width) % time
      const last = i % width < units ? at : time - 1 - at
      y[i] = x[i]! + (t === last ? z[Math.floor(i / (width * time)) * width + (i % width)]! : 0)
    }
  },
})
