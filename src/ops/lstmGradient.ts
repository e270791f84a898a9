// The LSTM recurrence backwards, from the last processed step to the first:
//
//   dh = dh_above + R·dz'    do = dh·act(c)    dc = dc' + dh·o·act'(c)    di = dc·g  df = dc·c_before  dg = dc·i
//   dz = d(gates) · slopes    dc of the step before = dc·f            (' of the step processed after)
//
// dz [B, T, 4U] overwrites the stored gates; dR, dW, db and dx are products after the loop.

import { defineOp } from '../graph/operation.ts'
import {
  lstmSequenceGradient as kernel,
  lstmFusedGradient,
  lstmRegistersGradient,
  lstmStepGradient,
  lstmSubgroupsGradient,
  lstmTiledGradient,
} from './kernels.gen.ts'
import { drops, GATES, type LstmAttributes } from './lstmAttributes.ts'
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
  flops: (p) => p.time * stepFlops(GATES, p),
})
