// The LSTM recurrence over a whole sequence, as one operation; lstmGradient.ts is the way back.
//
//   z = x·W + b [B, T, 4U] is hoisted: one product for all steps, made before.   Gates i f c o, Keras's order.
//   z += h·R    c' = f·c + i·g    h' = o·act(c')
//
// The activated gates overwrite z and their gradients overwrite those, so a step keeps 6·B·U floats: gates, h and c.
// Everything lies at its input's time; `reverse` runs from the last step to the first. Two directions run in the same
// launches, side by side in the columns: z [B, T, 2·4U], R [U, 2·4U], h and c [B, T, 2U], states [B, 2U].
// recurrentSchedule.ts says how that is launched.

import { defineOp, type Gradients } from '../graph/operation.ts'
import {
  lstmSequence as kernel,
  lstmFused,
  lstmRegisters,
  lstmStep,
  lstmSubgroups,
  lstmTiled,
} from './kernels.gen.ts'
import { drops, GATES, type LstmAttributes } from './lstmAttributes.ts'
import { lstmGradient } from './lstmGradient.ts'
import { addLastStep, recurrentKernelGradient } from './recurrence.ts'
import { dropoutParams } from './recurrentDropout.ts'
import { forwardLaunches, type RecurrentKernels, stepFlops, TILE } from './recurrentLaunches.ts'
import { isStepwise, recurrentStrategies } from './recurrentSchedule.ts'

const kernels: RecurrentKernels = {
  registers: lstmRegisters,
  streamed: kernel,
  tiled: lstmTiled,
  subgroups: lstmSubgroups,
  fused: lstmFused,
  step: lstmStep,
}

export const lstm = defineOp({
  kernel,
  factors: ['recurrentKernel'],
  optional: ['h0', 'c0'],
  discardable: ['h', 'c', 'hLast', 'cLast'],
  inPlace: { gates: 'z' },
  strategies: ({ z: [batch = 1], recurrentKernel: [units = 1] }, attrs: LstmAttributes, device) =>
    recurrentStrategies({ batch, units, hasTiles: units % TILE === 0, drops: drops(attrs) }, device),
  // Between launches the states travel through the sequences, or through the last states.
  keeps: (_attrs: LstmAttributes, strategy) => (isStepwise(strategy) ? ['h', 'c'] : ['hLast', 'cLast']),
  shape({ z, recurrentKernel: [units = 1] }, { directions = 1 }) {
    const [batch = 1, time = 1] = z
    const state = [batch, directions * units]
    const sequence = [batch, time, directions * units]
    return { gates: z, h: sequence, c: sequence, hLast: state, cLast: state }
  },
  params({ z, recurrentKernel, h0, h, c, hLast, cLast }, attrs) {
    return {
      batch: z[0] ?? 1,
      time: z[1] ?? 1,
      units: recurrentKernel[0] ?? 1,
      DIRECTIONS: attrs.directions ?? 1,
      reverse: Number(attrs.reverse),
      hasState: Number(h0 !== undefined),
      ACTIVATION: attrs.activation,
      RECURRENT_ACTIVATION: attrs.recurrentActivation,
      keepH: Number(h !== undefined),
      keepC: Number(c !== undefined),
      keepHLast: Number(hLast !== undefined),
      keepCLast: Number(cLast !== undefined),
      step: 0,
      until: z[1] ?? 1,
      ...dropoutParams(attrs.recurrentDropout),
    }
  },
  launches: (params, device, strategy) => forwardLaunches(kernels, GATES, params, device, strategy),
  gradient({ graph, inputs, outputs, attrs, wants }, d): Gradients<'z' | 'recurrentKernel' | 'h0' | 'c0'> {
    const { recurrentKernel, h0, c0 } = inputs
    // The sequence's gradient and the last state's are one tensor to the kernel.
    const time = outputs.h.shape[1] ?? 1
    const dh =
      d.h && d.hLast
        ? addLastStep(
            graph,
            { x: d.h, z: d.hLast },
            { at: attrs.reverse ? 0 : time - 1, directions: attrs.directions },
          ).y
        : (d.h ?? d.hLast)
    const back = lstmGradient(
      graph,
      { recurrentKernel, c: outputs.c, c0, dh, dcLast: d.cLast, stored: outputs.gates },
      { ...attrs, lastOnly: d.h === undefined },
    )
    const dR = () => recurrentKernelGradient(graph, { h: outputs.h, h0, dz: back.gates }, attrs).dR
    return {
      z: back.gates,
      recurrentKernel: wants('recurrentKernel') ? dR() : undefined,
      h0: wants('h0') ? back.dh0 : undefined,
      c0: wants('c0') ? back.dc0 : undefined,
    }
  },
  flops: (p) => p.time * stepFlops(GATES, p),
})
