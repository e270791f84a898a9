// The LSTM recurrence over a whole sequence, forward and backward, as one operation each.
//
//   z = x·W + b [B, T, 4U] is hoisted: one product for all steps, made before.   Gates i f c o, Keras's order.
//   z += h·R    c' = f·c + i·g    h' = o·act(c')
//
// The activated gates overwrite z and their gradients overwrite those, so a step keeps 6·B·U floats: gates, h and c.
// Everything lies at its input's time; `reverse` runs from the last step to the first.
// Up to 256 units a workgroup owns four batch rows for all time; above, there is one fused launch a step.

import {
  defineOp,
  type Gradients,
  type Launch,
  type LaunchLimits,
  overridesOf,
  type Params,
  spread,
} from '../graph/operation.ts'
import { sizeOf } from '../util/shape.ts'
import { activationOf, activations, FROM_INPUT } from './activations.ts'
import {
  addLastStep as addLastStepKernel,
  lstmSequenceGradient as gradientKernel,
  lstmSequence as kernel,
  recurrentKernelGradient as recurrentKernelGradientKernel,
  lstmStepGradient as stepGradientKernel,
  lstmStep as stepKernel,
} from './kernels.gen.ts'

export interface LstmAttributes {
  /** Codes of the activations. */
  readonly activation: number
  readonly recurrentActivation: number
  readonly reverse: boolean
  /** One launch for all time steps, or one for each. */
  readonly strategy: 'sequence' | 'step'
}

/** Units that a workgroup's memory and threads can hold under WebGPU's default limits. */
export const MAX_SEQUENCE_UNITS = 256

export const lstmStrategy = (units: number): LstmAttributes['strategy'] =>
  units <= MAX_SEQUENCE_UNITS ? 'sequence' : 'step'

interface LstmSizes {
  readonly batch: number
  readonly time: number
  readonly units: number
}

type StepOf = (s: number) => number

/** Launches for a strategy: one that holds the rows, or one for each of `steps`. */
function launches(
  params: Params & LstmSizes & { readonly step: number },
  limits: LaunchLimits,
  whole: Launch['kernel'],
  single: Launch['kernel'],
  steps: readonly number[],
): Launch[] {
  const { batch, units } = params
  const blocks = Math.ceil(batch / 4)
  if (params.step === WHOLE) {
    const threads = Math.max(32, Math.ceil(units / 32) * 32)
    return [
      {
        kernel: whole,
        params: { ...params, step: 0 },
        overrides: { ...overridesOf(whole, params), THREADS: threads },
        workgroups: spread(blocks, limits),
      },
    ]
  }
  const workgroups = spread(Math.ceil((blocks * units) / 64), limits)
  return steps.map((step) => ({
    kernel: single,
    params: { ...params, step },
    overrides: overridesOf(single, params),
    workgroups,
  }))
}

const { code: TANH } = activations.tanh
const { code: SIGMOID } = activations.sigmoid

// `step` of a launch that does all of them.
const WHOLE = -1

const timeOf = ({ time, reverse }: { time: number; reverse: number }): StepOf =>
  reverse ? (s) => time - 1 - s : (s) => s

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i)

export const lstm = defineOp({
  kernel,
  optional: ['h0', 'c0'],
  discardable: ['h', 'c', 'hLast', 'cLast'],
  inPlace: { gates: 'z' },
  // Between launches the states travel through h and c.
  keeps: ({ strategy }: LstmAttributes) => (strategy === 'step' ? ['h', 'c'] : []),
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
      step: attrs.strategy === 'sequence' ? WHOLE : 0,
    }
  },
  launches: (params, limits) => launches(params, limits, kernel, stepKernel, range(params.time)),
  cpu({ recurrentKernel, h0, c0, gates, h, c, hLast, cLast }, p) {
    const {
      batch,
      time,
      units,
      ACTIVATION: activation = TANH,
      RECURRENT_ACTIVATION: recurrentActivation = SIGMOID,
    } = p
    const { apply } = activationOf(activation)
    const { apply: gate } = activationOf(recurrentActivation)
    const storesInput = activation >= FROM_INPUT
    const gateStoresInput = recurrentActivation >= FROM_INPUT
    const at = timeOf(p)
    const wide = 4 * units
    const [before, cell] = scratch(units)
    for (let b = 0; b < batch; b++) {
      for (let u = 0; u < units; u++) {
        before[u] = p.hasState ? h0[b * units + u]! : 0
        cell[u] = p.hasState ? c0[b * units + u]! : 0
      }
      for (let s = 0; s < time; s++) {
        const row = b * time + at(s)
        const z = row * wide
        for (let k = 0; k < units; k++) {
          const factor = before[k]!
          if (factor === 0) continue
          for (let j = 0, from = k * wide; j < wide; j++, from++)
            gates[z + j]! += factor * recurrentKernel[from]!
        }
        for (let u = 0; u < units; u++) {
          const zi = gates[z + u]!
          const zf = gates[z + units + u]!
          const zg = gates[z + 2 * units + u]!
          const zo = gates[z + 3 * units + u]!
          const i = gate(zi)
          const f = gate(zf)
          const g = apply(zg)
          const o = gate(zo)
          if (!gateStoresInput) {
            gates[z + u] = i
            gates[z + units + u] = f
            gates[z + 3 * units + u] = o
          }
          if (!storesInput) gates[z + 2 * units + u] = g
          cell[u] = f * cell[u]! + i * g
          before[u] = o * apply(cell[u]!)
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
    const dR = () =>
      recurrentKernelGradient(graph, { h: outputs.h, h0, dz: back.gates }, { reverse: attrs.reverse }).dR
    return {
      z: back.gates,
      recurrentKernel: wants('recurrentKernel') ? dR() : undefined,
      h0: wants('h0') ? back.dh0 : undefined,
      c0: wants('c0') ? back.dc0 : undefined,
    }
  },
  flops: ({ batch, time, units }) => 8 * batch * time * units * units,
})

export const lstmGradient = defineOp({
  kernel: gradientKernel,
  optional: ['c0', 'dh', 'dcLast'],
  discardable: ['dh0', 'dc0'],
  inPlace: { gates: 'stored' },
  keeps: ({ strategy }: LstmAttributes & { readonly lastOnly: boolean }) =>
    strategy === 'step' ? ['dc0'] : [],
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
      step: attrs.strategy === 'sequence' ? WHOLE : 0,
    }
  },
  launches(params, limits) {
    const steps = range(params.time).reverse()
    // One more launch takes dz of the first step through R.
    return launches(
      params,
      limits,
      gradientKernel,
      stepGradientKernel,
      params.keepDh0 ? [...steps, params.time] : steps,
    )
  },
  cpu({ recurrentKernel, c, c0, dh, dcLast, gates, dh0, dc0 }, p) {
    const {
      batch,
      time,
      units,
      ACTIVATION: activation = TANH,
      RECURRENT_ACTIVATION: recurrentActivation = SIGMOID,
    } = p
    const cellFunction = activationOf(activation)
    const gateFunction = activationOf(recurrentActivation)
    const read = activation >= FROM_INPUT ? cellFunction.apply : identity
    const readGate = recurrentActivation >= FROM_INPUT ? gateFunction.apply : identity
    const at = timeOf(p)
    const wide = 4 * units
    const [below, cell] = scratch(units)
    for (let b = 0; b < batch; b++) {
      for (let u = 0; u < units; u++) {
        below[u] = 0
        cell[u] = p.hasDcLast ? dcLast[b * units + u]! : 0
      }
      for (let s = time - 1; s >= 0; s--) {
        const t = at(s)
        const row = b * time + t
        const z = row * wide
        const previous = (b * time + (s > 0 ? at(s - 1) : 0)) * units
        for (let u = 0; u < units; u++) {
          const si = gates[z + u]!
          const sf = gates[z + units + u]!
          const sg = gates[z + 2 * units + u]!
          const so = gates[z + 3 * units + u]!
          const after = c[row * units + u]!
          const before = s > 0 ? c[previous + u]! : p.hasState ? c0[b * units + u]! : 0
          let above = 0
          if (p.dhKind === 1) above = dh[row * units + u]!
          else if (p.dhKind === 2 && s === time - 1) above = dh[b * units + u]!
          const d = below[u]! + above
          const a = cellFunction.apply(after)
          const dc = cell[u]! + d * readGate(so) * cellFunction.slope(activation >= FROM_INPUT ? after : a)
          gates[z + u] = dc * read(sg) * gateFunction.slope(si)
          gates[z + units + u] = dc * before * gateFunction.slope(sf)
          gates[z + 2 * units + u] = dc * readGate(si) * cellFunction.slope(sg)
          gates[z + 3 * units + u] = d * a * gateFunction.slope(so)
          cell[u] = dc * readGate(sf)
        }
        if (s === 0 && !p.keepDh0) continue
        for (let u = 0; u < units; u++) {
          let sum = 0
          for (let j = 0, from = u * wide; j < wide; j++, from++)
            sum += recurrentKernel[from]! * gates[z + j]!
          below[u] = sum
        }
      }
      for (let u = 0; u < units; u++) {
        if (p.keepDh0) dh0[b * units + u] = below[u]!
        if (p.keepDc0) dc0[b * units + u] = cell[u]!
      }
    }
  },
  flops: ({ batch, time, units }) => 8 * batch * time * units * units,
})

const identity = (x: number): number => x

// Two rows of working memory, kept between calls so that a step allocates nothing.
let rows: readonly [Float64Array, Float64Array] = [new Float64Array(0), new Float64Array(0)]
function scratch(units: number): readonly [Float64Array, Float64Array] {
  if (rows[0].length < units) rows = [new Float64Array(units), new Float64Array(units)]
  return rows
}

/** dR [U, J] = Σ over rows and steps of h one step earlier · dz [B, T, J]. */
export const recurrentKernelGradient = defineOp({
  kernel: recurrentKernelGradientKernel,
  optional: ['h0'],
  shape: ({ h, dz }) => ({ dR: [h[2] ?? 1, dz[2] ?? 1] }),
  params: ({ h, h0, dz }, { reverse }: { readonly reverse: boolean }) => ({
    batch: h[0] ?? 1,
    time: h[1] ?? 1,
    units: h[2] ?? 1,
    columns: dz[2] ?? 1,
    reverse: Number(reverse),
    hasState: Number(h0 !== undefined),
  }),
  workgroups: ({ units, columns }) => [Math.ceil(columns / 32), Math.ceil(units / 32), 1],
  cpu({ h, h0, dz, dR }, { batch, time, units, columns, reverse, hasState }) {
    dR.fill(0)
    const first = reverse ? time - 1 : 0
    for (let b = 0; b < batch; b++) {
      for (let t = 0; t < time; t++) {
        if (t === first && !hasState) continue
        const source = t === first ? h0 : h
        const from = t === first ? b * units : (b * time + (reverse ? t + 1 : t - 1)) * units
        const d = (b * time + t) * columns
        for (let u = 0; u < units; u++) {
          const factor = source[from + u]!
          for (let j = 0, to = u * columns; j < columns; j++, to++) dR[to]! += factor * dz[d + j]!
        }
      }
    }
  },
  flops: ({ batch, time, units, columns }) => 2 * batch * time * units * columns,
})

/** y [B, T, U] = x, with z [B, U] added at one time step. */
export const addLastStep = defineOp({
  kernel: addLastStepKernel,
  shape: ({ x }) => ({ y: x }),
  params: ({ x }, { at }: { readonly at: number }) => ({
    size: sizeOf(x),
    time: x[1] ?? 1,
    units: x[2] ?? 1,
    at,
  }),
  threads: ({ size }) => size,
  cpu({ x, z, y }, { size, time, units, at }) {
    for (let i = 0; i < size; i++) {
      const t = Math.floor(i / units) % time
      y[i] = x[i]! + (t === at ? z[Math.floor(i / (units * time)) * units + (i % units)]! : 0)
    }
  },
})
