// The LSTM recurrence backwards, from the last processed step to the first:
//
//   dh = dh_above + R·dz'    do = dh·act(c)    dc = dc' + dh·o·act'(c)    di = dc·g  df = dc·c_before  dg = dc·i
//   dz = d(gates) · slopes    dc of the step before = dc·f            (' of the step processed after)
//
// dz [B, T, 4U] overwrites the stored gates; dR, dW, db and dx are products after the loop.

import { knows } from '../graph/assembly.ts'
import { defineOp } from '../graph/operation.ts'
import {
  lstmFusedGradient as fusedKernel,
  lstmSequenceGradient as kernel,
  lstmRegistersGradient as registersKernel,
  lstmStepGradient as stepKernel,
  lstmTiledGradient as tiledKernel,
} from './kernels.gen.ts'
import { stepCellBack } from './lstmCell.ts'
import {
  cellActivations,
  fusedLaunches,
  type LstmAttributes,
  registerOverrides,
  rowBlocks,
  scratch,
  stepFlops,
  stepLaunches,
  TILE,
  timeOf,
} from './lstmLaunches.ts'
import { dropoutParams, gateMasks } from './recurrentDropout.ts'
import { backwards, chunksOf, launchSpans, recurrentStrategies, stepsOf } from './recurrentSchedule.ts'

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
  strategies: ({ recurrentKernel: [units = 1] }, _attrs: LstmGradientAttributes, device) =>
    recurrentStrategies(units, true, device),
  // dc travels through it from launch to launch.
  keeps: () => ['dc0'],
  shape({ stored, recurrentKernel: [units = 1] }) {
    const state = [stored[0] ?? 1, units]
    return { gates: stored, dh0: state, dc0: state }
  },
  params({ stored, recurrentKernel, c0, dh, dcLast, dh0, dc0 }, attrs) {
    return {
      batch: stored[0] ?? 1,
      time: stored[1] ?? 1,
      units: recurrentKernel[0] ?? 1,
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
  launches(params, device, strategy) {
    const { time, units } = params
    const chunks = backwards(chunksOf(time, stepFlops(params), device), time, false)
    const steps = backwards(stepsOf(time), time, params.keepDh0 === 1)
    const blocks = rowBlocks(params, device)
    switch (strategy) {
      case 'registers':
        return launchSpans(registersKernel, params, chunks, blocks, registerOverrides(units))
      case 'streamed':
        return launchSpans(kernel, params, chunks, blocks, { TILE: Math.ceil(units / 32) })
      case 'tiled':
        return launchSpans(tiledKernel, params, chunks, blocks, { THREADS: Math.ceil(units / TILE) })
      case 'fused':
        return fusedLaunches(fusedKernel, params, steps, device)
      default:
        return stepLaunches(stepKernel, params, steps, device)
    }
  },
  cpu({ recurrentKernel, c, c0, dh, dcLast, gates, dh0, dc0 }, p, { iteration }) {
    const { batch, time, units } = p
    const activations = cellActivations(p)
    const wide = 4 * units
    const [below, cell] = scratch(units)
    for (let b = 0; b < batch; b++) {
      const masks = gateMasks(b, units, p.recurrentRate, p.seed, iteration)
      for (let u = 0; u < units; u++) {
        below[u] = 0
        cell[u] = p.hasDcLast ? dcLast[b * units + u]! : 0
      }
      for (let s = time - 1; s >= 0; s--) {
        const t = timeOf(s, time, p.reverse)
        const row = b * time + t
        const z = row * wide
        const previous = (b * time + (s > 0 ? timeOf(s - 1, time, p.reverse) : 0)) * units
        for (let u = 0; u < units; u++) {
          if (p.dhKind === 1) below[u]! += dh[row * units + u]!
          else if (p.dhKind === 2 && s === time - 1) below[u]! += dh[b * units + u]!
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
          first ? b * units : previous,
          below,
          cell,
          activations,
        )
        if (s === 0 && !p.keepDh0) continue
        for (let u = 0; u < units; u++) {
          let sum = 0
          const from = u * wide
          for (let gate = 0; gate < wide; gate += units) {
            let part = 0
            for (let j = gate; j < gate + units; j++) part += recurrentKernel[from + j]! * gates[z + j]!
            sum += part * masks[gate + u]!
          }
          below[u] = sum
        }
      }
      for (let u = 0; u < units; u++) {
        if (p.keepDh0) dh0[b * units + u] = below[u]!
        if (p.keepDc0) dc0[b * units + u] = cell[u]!
      }
    }
  },
  compiled: {
    scratch: (assembly, { batch, units }) => assembly.lstmScratch(batch, units),
    bind(assembly, { recurrentKernel, c, c0, dh, dcLast, gates, dh0, dc0 }, p, scratch) {
      const { batch, time, units, reverse, dhKind } = p
      const { activation, recurrentActivation: gate } = cellActivations(p)
      if (p.recurrentRate > 0 || !knows(assembly, activation, gate)) return null
      return () =>
        assembly.lstmGradient(
          batch,
          time,
          units,
          reverse,
          activation,
          gate,
          recurrentKernel,
          c,
          c0,
          dh,
          dhKind === 2,
          dcLast,
          gates,
          dh0,
          dc0,
          scratch,
        )
    },
  },
  flops: ({ batch, time, units }) => 8 * batch * time * units * units,
})
