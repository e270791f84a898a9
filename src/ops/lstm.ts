// The LSTM recurrence over a whole sequence, as one operation; lstmGradient.ts is the way back.
//
//   z = x·W + b [B, T, 4U] is hoisted: one product for all steps, made before.   Gates i f c o, Keras's order.
//   z += h·R    c' = f·c + i·g    h' = o·act(c')
//
// The activated gates overwrite z and their gradients overwrite those, so a step keeps 6·B·U floats: gates, h and c.
// Everything lies at its input's time; `reverse` runs from the last step to the first.
// recurrentSchedule.ts says how that is launched.

import { knows } from '../graph/assembly.ts'
import { defineOp, type Gradients } from '../graph/operation.ts'
import {
  lstmFused as fusedKernel,
  lstmSequence as kernel,
  lstmRegisters as registersKernel,
  lstmStep as stepKernel,
  lstmTiled as tiledKernel,
} from './kernels.gen.ts'
import { stepCell } from './lstmCell.ts'
import { lstmGradient } from './lstmGradient.ts'
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
import { addLastStep, recurrentKernelGradient } from './recurrence.ts'
import { dropoutParams, gateMasks } from './recurrentDropout.ts'
import {
  chunksOf,
  isStepwise,
  launchSpans,
  recurrentStrategies,
  stepsOf,
  wholeWarps,
} from './recurrentSchedule.ts'

export const lstm = defineOp({
  kernel,
  factors: ['recurrentKernel'],
  optional: ['h0', 'c0'],
  discardable: ['h', 'c', 'hLast', 'cLast'],
  inPlace: { gates: 'z' },
  strategies: ({ recurrentKernel: [units = 1] }, _attrs: LstmAttributes, device) =>
    recurrentStrategies(units, units % TILE === 0, device),
  // Between launches the states travel through the sequences, or through the last states.
  keeps: (_attrs: LstmAttributes, strategy) => (isStepwise(strategy) ? ['h', 'c'] : ['hLast', 'cLast']),
  shape({ z, recurrentKernel: [units = 1] }) {
    const [batch = 1, time = 1] = z
    const state = [batch, units]
    return { gates: z, h: [batch, time, units], c: [batch, time, units], hLast: state, cLast: state }
  },
  params({ z, recurrentKernel, h0, h, c, hLast, cLast }, attrs) {
    return {
      batch: z[0] ?? 1,
      time: z[1] ?? 1,
      units: recurrentKernel[0] ?? 1,
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
  launches(params, device, strategy) {
    const { time, units } = params
    const chunks = chunksOf(time, stepFlops(params), device)
    const blocks = rowBlocks(params, device)
    switch (strategy) {
      case 'registers':
        return launchSpans(registersKernel, params, chunks, blocks, registerOverrides(units))
      case 'streamed':
        return launchSpans(kernel, params, chunks, blocks, { THREADS: wholeWarps(units) })
      case 'tiled':
        return launchSpans(tiledKernel, params, chunks, blocks, { THREADS: units / TILE })
      case 'fused':
        return fusedLaunches(fusedKernel, params, stepsOf(time), device)
      default:
        return stepLaunches(stepKernel, params, stepsOf(time), device)
    }
  },
  cpu({ recurrentKernel, h0, c0, gates, h, c, hLast, cLast }, p, { iteration }) {
    const { batch, time, units } = p
    const activations = cellActivations(p)
    const wide = 4 * units
    const [before, cell] = scratch(units)
    for (let b = 0; b < batch; b++) {
      const masks = gateMasks(b, units, p.recurrentRate, p.seed, iteration)
      for (let u = 0; u < units; u++) {
        before[u] = p.hasState ? h0[b * units + u]! : 0
        cell[u] = p.hasState ? c0[b * units + u]! : 0
      }
      for (let s = 0; s < time; s++) {
        const row = b * time + timeOf(s, time, p.reverse)
        const z = row * wide
        for (let k = 0; k < units; k++) {
          for (let first = 0; first < wide; first += units) {
            const factor = before[k]! * masks[first + k]!
            if (factor === 0) continue
            const from = k * wide
            for (let j = first; j < first + units; j++) gates[z + j]! += factor * recurrentKernel[from + j]!
          }
        }
        stepCell(gates, z, units, cell, before, activations)
        for (let u = 0; u < units; u++) {
          if (p.keepH) h[row * units + u] = before[u]!
          if (p.keepC) c[row * units + u] = cell[u]!
        }
      }
      for (let u = 0; u < units; u++) {
        if (p.keepHLast) hLast[b * units + u] = before[u]!
        if (p.keepCLast) cLast[b * units + u] = cell[u]!
      }
    }
  },
  compiled: {
    scratch: (assembly, { batch, units }) => assembly.lstmScratch(batch, units),
    bind(assembly, { recurrentKernel, h0, c0, gates, h, c, hLast, cLast }, p, scratch) {
      const { batch, time, units, reverse } = p
      const { activation, recurrentActivation: gate } = cellActivations(p)
      if (p.recurrentRate > 0 || !knows(assembly, activation, gate)) return null
      return () =>
        assembly.lstm(
          batch,
          time,
          units,
          reverse,
          activation,
          gate,
          recurrentKernel,
          h0,
          c0,
          gates,
          h,
          c,
          hLast,
          cLast,
          scratch,
        )
    },
  },
  gradient({ graph, inputs, outputs, attrs, wants }, d): Gradients<'z' | 'recurrentKernel' | 'h0' | 'c0'> {
    const { recurrentKernel, h0, c0 } = inputs
    // The sequence's gradient and the last state's are one tensor to the kernel.
    const time = outputs.h.shape[1] ?? 1
    const dh =
      d.h && d.hLast
        ? addLastStep(graph, { x: d.h, z: d.hLast }, { at: attrs.reverse ? 0 : time - 1 }).y
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
  flops: ({ batch, time, units }) => 8 * batch * time * units * units,
})
