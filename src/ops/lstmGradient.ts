// The LSTM recurrence backwards, from the last processed step to the first:
//
//   dh = dh_above + R·dz'    do = dh·act(c)    dc = dc' + dh·o·act'(c)    di = dc·g  df = dc·c_before  dg = dc·i
//   dz = d(gates) · slopes    dc of the step before = dc·f            (' of the step processed after)
//
// dz [B, T, 4U] overwrites the stored gates; dR, dW, db and dx are products after the loop.

import { defineOp } from '../graph/operation.ts'
import { gateMasks } from './gateMasks.ts'
import {
  lstmSequenceGradient as kernel,
  lstmFusedGradient,
  lstmRegistersGradient,
  lstmStepGradient,
  lstmSubgroupsGradient,
  lstmTiledGradient,
} from './kernels.gen.ts'
import { drops, GATES, type LstmAttributes } from './lstmAttributes.ts'
import { cellActivations, scratch, stepCellBack, timeOf } from './lstmCell.ts'
import { dropoutParams } from './recurrentDropout.ts'
import { backwardLaunches, type RecurrentKernels, stepFlops } from './recurrentLaunches.ts'
import { recurrentStrategies } from './recurrentSchedule.ts'

const kernels: RecurrentKernels = {
  registers: lstmRegistersGradient,
  streamed: kernel,
  tiled: lstmTiledGradient,
  subgroups: lstmSubgroupsGradient,
  fused: lstmFusedGradient,
  step: lstmStepGradient,
}

interface LstmGradientAttributes extends LstmAttributes {
  /** Whether dh is that of the last step alone. */
  readonly lastOnly: boolean
}

export const lstmGradient = defineOp({
  kernel,
  factors: ['recurrentKernel'],
  optional: ['c0', 'dh', 'dcLast'],
  discardable: ['dh0', 'dc0'],
  inPlace: { gates: 'stored' },
  strategies: (
    { stored: [batch = 1], recurrentKernel: [units = 1] },
    attrs: LstmGradientAttributes,
    device,
  ) => recurrentStrategies({ batch, units, hasTiles: true, drops: drops(attrs) }, device),
  // dc travels through it from launch to launch.
  keeps: () => ['dc0'],
  shape({ stored, recurrentKernel: [units = 1] }, { directions = 1 }) {
    const state = [stored[0] ?? 1, directions * units]
    return { gates: stored, dh0: state, dc0: state }
  },
  params({ stored, recurrentKernel, c0, dh, dcLast, dh0, dc0 }, attrs) {
    return {
      batch: stored[0] ?? 1,
      time: stored[1] ?? 1,
      units: recurrentKernel[0] ?? 1,
      DIRECTIONS: attrs.directions ?? 1,
      reverse: Number(attrs.reverse),
      hasState: Number(c0 !== undefined),
      ACTIVATION: attrs.activation,
      RECURRENT_ACTIVATION: attrs.recurrentActivation,
      dhKind: dh === undefined ? 0 : attrs.lastOnly ? 2 : 1,
      hasDcLast: Number(dcLast !== undefined),
      keepDh0: Number(dh0 !== undefined),
      keepDc0: Number(dc0 !== undefined),
      step: 0,
      until: stored[1] ?? 1,
      ...dropoutParams(attrs.recurrentDropout),
    }
  },
  launches: (params, device, strategy) => backwardLaunches(kernels, GATES, params, device, strategy),
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
  compiled: 'lstmGradient',
  flops: (p) => p.time * stepFlops(GATES, p),
})
