// The ConvLSTM recurrence backwards: at each step dh is what the windows that see a position give back of dz, then
// through the cell as in lstmGradient.ts. dz overwrites the stored gates.

import { inTiles, launchesOf } from '../graph/launch.ts'
import { defineOp } from '../graph/operation.ts'
import { type Shape, sizeOf } from '../util/shape.ts'
import { chunksOf } from './convolutionGeometry.ts'
import { gateMasks } from './gateMasks.ts'
import {
  convRecurrentKernelGradientTiled,
  lstmStepGradient as kernel,
  convRecurrentKernelGradient as kernelGradientKernel,
} from './kernels.gen.ts'
import { GATES, type LstmAttributes } from './lstmAttributes.ts'
import { cellActivations, scratch, stepCellBack, timeOf } from './lstmCell.ts'
import { eachSeen, placeOf, spaceParams } from './recurrentConvolution.ts'
import { dropoutParams } from './recurrentDropout.ts'
import { stepLaunches } from './recurrentLaunches.ts'
import { backwards, stepsOf } from './recurrentSchedule.ts'

export const convLstmGradient = defineOp({
  kernel,
  factors: ['recurrentKernel'],
  optional: ['c0', 'dh', 'dcLast'],
  discardable: ['dh0'],
  inPlace: { gates: 'stored' },
  shape({ stored, recurrentKernel }, _attrs: LstmAttributes & { readonly lastOnly: boolean }) {
    const [batch = 1, , height = 1, width = 1] = stored
    const state = [batch, height, width, recurrentKernel[2] ?? 1]
    return { gates: stored, dh0: state, dc0: state }
  },
  params: ({ stored, recurrentKernel, c0, dh, dcLast, dh0 }, attrs) => ({
    ...spaceParams(stored, recurrentKernel),
    reverse: Number(attrs.reverse),
    hasState: Number(c0 !== undefined),
    ACTIVATION: attrs.activation,
    RECURRENT_ACTIVATION: attrs.recurrentActivation,
    dhKind: dh === undefined ? 0 : attrs.lastOnly ? 2 : 1,
    hasDcLast: Number(dcLast !== undefined),
    keepDh0: Number(dh0 !== undefined),
    // The gradient of the cell state travels through it from launch to launch.
    keepDc0: 1,
    step: 0,
    until: stored[1] ?? 1,
    ...dropoutParams(attrs.recurrentDropout),
  }),
  launches(params, device) {
    const steps = backwards(stepsOf(params.time), params.time, params.keepDh0 === 1)
    return stepLaunches(kernel, GATES, params, steps, device)
  },
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
  compiled: 'convLstmGradient',
  flops: ({ batch, time, units, KERNEL_HEIGHT = 1, KERNEL_WIDTH = 1 }) =>
    8 * batch * time * units * units * KERNEL_HEIGHT * KERNEL_WIDTH,
})

interface KernelGradientAttributes {
  readonly reverse: boolean
  readonly recurrentDropout?: LstmAttributes['recurrentDropout']
  /** The recurrent kernel's shape. */
  readonly window: Shape
}

const kernelChunks = ([batch = 1, time = 1, height = 1, width = 1]: Shape, window: Shape): number =>
  chunksOf(batch * time * height * width, sizeOf(window))

/** dR in parts [chunks, KH·KW·F, 4F] that are still to be summed: the state before a step that windows see, times dz. */
export const convRecurrentKernelGradient = defineOp({
  kernel: kernelGradientKernel,
  factors: ['h', 'dz'],
  optional: ['h0'],
  strategies(_inputs, { recurrentDropout }: KernelGradientAttributes, { isSoftware }) {
    // With dropout the state before is another one for each gate.
    if (recurrentDropout && recurrentDropout.rate > 0) return ['registers']
    return isSoftware ? ['registers', 'tile32'] : ['tile32', 'registers']
  },
  shape({ h }, { window }) {
    const [kernelHeight = 1, kernelWidth = 1, filters = 1, wide = 1] = window
    return { parts: [kernelChunks(h, window), kernelHeight * kernelWidth * filters, wide] }
  },
  params({ h, h0, dz }, { reverse, window, recurrentDropout }) {
    const space = spaceParams(dz, window)
    const chunks = kernelChunks(h, window)
    return {
      ...space,
      reverse: Number(reverse),
      hasState: Number(h0 !== undefined),
      chunks,
      start: 0,
      until: Math.ceil((space.batch * space.time) / chunks),
      ...dropoutParams(recurrentDropout),
    }
  },
  launches(params, device, strategy) {
    const { units, chunks, until, KERNEL_HEIGHT = 1, KERNEL_WIDTH = 1 } = params
    const work = inTiles(4 * units, KERNEL_HEIGHT * KERNEL_WIDTH * units, chunks, until, [32, 32])
    return strategy === 'tile32'
      ? launchesOf(convRecurrentKernelGradientTiled, params, work, device, { SIDE: 8 })
      : launchesOf(kernelGradientKernel, params, work, device)
  },
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
  compiled: 'convRecurrentKernelGradient',
  flops: ({ batch, time, units, KERNEL_HEIGHT = 1, KERNEL_WIDTH = 1 }) =>
    8 * batch * time * units * units * KERNEL_HEIGHT * KERNEL_WIDTH,
})
