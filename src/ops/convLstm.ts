// The ConvLSTM recurrence (Shi et al. 2015, Keras's form) over a whole sequence, as one operation; convLstmGradient.ts is
// the way back.
//
//   z = x ∗ W + b [B, T, H, W, 4F] is hoisted: one convolution for all steps, made before.   Gates i f c o.
//   z += h ∗ R    c' = f·c + i·g    h' = o·act(c')        R [KH, KW, F, 4F], stride 1, 'same' padding
//
// As in lstm.ts gates overwrite z, and everything lies at its input's time. A step is one launch, its recurrent
// convolution fused with the cell; states travel through h and c.

import { defineOp, type Gradients } from '../graph/operation.ts'
import { type Shape, sizeOf } from '../util/shape.ts'
import { convLstmGradient, convRecurrentKernelGradient } from './convLstmGradient.ts'
import { lstmStep as kernel } from './kernels.gen.ts'
import { GATES, type LstmAttributes } from './lstmAttributes.ts'
import { addLastStep } from './recurrence.ts'
import { spaceParams } from './recurrentConvolution.ts'
import { dropoutParams } from './recurrentDropout.ts'
import { stepLaunches } from './recurrentLaunches.ts'
import { stepsOf } from './recurrentSchedule.ts'
import { sum } from './reduce.ts'
import { reshape } from './view.ts'

export const convLstm = defineOp({
  kernel,
  factors: ['recurrentKernel'],
  optional: ['h0', 'c0'],
  discardable: ['hLast', 'cLast'],
  inPlace: { gates: 'z' },
  shape({ z, recurrentKernel }, _attrs: LstmAttributes) {
    const [batch = 1, time = 1, height = 1, width = 1] = z
    const filters = recurrentKernel[2] ?? 1
    const state = [batch, height, width, filters]
    const sequence = [batch, time, height, width, filters]
    return { gates: z, h: sequence, c: sequence, hLast: state, cLast: state }
  },
  params: ({ z, recurrentKernel, h0, hLast, cLast }, attrs) => ({
    ...spaceParams(z, recurrentKernel),
    reverse: Number(attrs.reverse),
    hasState: Number(h0 !== undefined),
    ACTIVATION: attrs.activation,
    RECURRENT_ACTIVATION: attrs.recurrentActivation,
    keepH: 1,
    keepC: 1,
    keepHLast: Number(hLast !== undefined),
    keepCLast: Number(cLast !== undefined),
    step: 0,
    until: z[1] ?? 1,
    ...dropoutParams(attrs.recurrentDropout),
  }),
  launches: (params, device) => stepLaunches(kernel, GATES, params, stepsOf(params.time), device),
  gradient({ graph, inputs, outputs, attrs, wants }, d): Gradients<'z' | 'recurrentKernel' | 'h0' | 'c0'> {
    const { recurrentKernel, h0, c0 } = inputs
    const { shape } = outputs.h
    const flat = ([batch = 1, time = 1, ...state]: Shape): Shape => [batch, time, sizeOf(state)]
    const joined = () => {
      if (!d.h || !d.hLast) return d.h ?? d.hLast
      const x = reshape(graph, d.h, { shape: flat(shape) })
      const { y } = addLastStep(graph, { x, z: d.hLast }, { at: attrs.reverse ? 0 : (shape[1] ?? 1) - 1 })
      return reshape(graph, y, { shape })
    }
    const back = convLstmGradient(
      graph,
      { recurrentKernel, c: outputs.c, c0, dh: joined(), dcLast: d.cLast, stored: outputs.gates },
      { ...attrs, lastOnly: d.h === undefined },
    )
    const dR = () => {
      const window = recurrentKernel.shape
      const { parts } = convRecurrentKernelGradient(
        graph,
        { h: outputs.h, h0, dz: back.gates },
        { ...attrs, window },
      )
      return reshape(graph, sum(graph, { x: parts }, { axis: 0 }).y, { shape: window })
    }
    return {
      z: back.gates,
      recurrentKernel: wants('recurrentKernel') ? dR() : undefined,
      h0: wants('h0') ? back.dh0 : undefined,
      c0: wants('c0') ? back.dc0 : undefined,
    }
  },
  flops: ({ batch, time, units, KERNEL_HEIGHT = 1, KERNEL_WIDTH = 1 }) =>
    8 * batch * time * units * units * KERNEL_HEIGHT * KERNEL_WIDTH,
})
