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
import { gateMasks } from './gateMasks.ts'
import { lstmStep as kernel } from './kernels.gen.ts'
import { GATES, type LstmAttributes } from './lstmAttributes.ts'
import { cellActivations, scratch, stepCell, timeOf } from './lstmCell.ts'
import { addLastStep } from './recurrence.ts'
import { eachSeen, placeOf, spaceParams } from './recurrentConvolution.ts'
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
  compiled: 'convLstm',
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
