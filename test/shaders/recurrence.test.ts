// shaders/lib/recurrence knows no cell: every way to run a recurrence, forward and back, runs one of a single gate whose rows
// of R are no whole vectors, at the edges of workgroups and tiles, in chunks, and with both directions.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { linkKernel, readShaders } from '../../shaders/build.ts'
import type { Kernel } from '../../src/graph/kernel.ts'
import { defineOp } from '../../src/graph/operation.ts'
import { cpuSide } from '../../src/ops/cpuSide.ts'
import { recurrentKernelGradient } from '../../src/ops/recurrence.ts'
import { dropoutParams } from '../../src/ops/recurrentDropout.ts'
import {
  backwardLaunches,
  forwardLaunches,
  type RecurrentKernels,
  stepFlops,
} from '../../src/ops/recurrentLaunches.ts'
import { type Directions, isStepwise, recurrentStrategies } from '../../src/ops/recurrentSchedule.ts'
import { checkOp } from '../support/checkOp.ts'
import { ownSides, webgpu } from '../support/compareBackends.ts'
import { uniform } from '../support/values.ts'

const GATES = 1

/** The LSTM's entry points with the other cell's names. */
const sources = readShaders()
const bindings = {
  '': ['recurrentKernel', 'h0', 'gates', 'h', 'hLast'],
  _gradient: ['recurrentKernel', 'dh', 'gates', 'dh0'],
}
const entryOf = (strategy: string, suffix: keyof typeof bindings): string =>
  (sources[`./lstm_${strategy}${suffix}.wgsl`] ?? '')
    .replaceAll('lstm', 'rnn')
    .replace(/(import package::memory::).*/, (_, start: string) => {
      const own = /::\{recurrentKernel, THREADS/.test(sources[`./lstm_${strategy}${suffix}.wgsl`] ?? '')
      return `${start}{${bindings[suffix].slice(own ? 1 : 0).join(', ')}};`
    })

const cell = Object.fromEntries(
  ['rnn', 'rnn_forward', 'rnn_backward'].map((name) => [
    `./lib/${name}.wgsl`,
    readFileSync(new URL(`rnn/${name}.wgsl`, import.meta.url), 'utf8'),
  ]),
)

async function kernelsOf(suffix: keyof typeof bindings): Promise<RecurrentKernels> {
  const link = (name: string) => {
    const file = `./rnn_${name}${suffix}.wgsl`
    return linkKernel(file, { ...sources, ...cell, [file]: entryOf(name, suffix) })
  }
  return {
    registers: await link('registers'),
    streamed: await link('sequence'),
    tiled: await link('tiled'),
    subgroups: await link('subgroups'),
    fused: await link('fused'),
    step: await link('step'),
  }
}

/** A kernel of which the compiler is told what the shaders above say. */
type Known<Input extends string, Output extends string, Scalar extends string> = Kernel & {
  readonly bindings: readonly (
    | { readonly name: Input; readonly access: 'read'; readonly element: 'f32' }
    | { readonly name: Output; readonly access: 'read_write'; readonly element: 'f32' }
  )[]
  readonly params: { readonly fields: readonly { readonly name: Scalar; readonly count: 1 }[] }
  readonly overrides: readonly { readonly name: 'DIRECTIONS' | 'DROPS'; readonly type: 'u32' }[]
}
type Scalars =
  | 'batch'
  | 'time'
  | 'units'
  | 'reverse'
  | 'step'
  | 'until'
  | 'recurrentRate'
  | 'seed'
  | 'otherSeed'

const forward = await kernelsOf('')
const backward = await kernelsOf('_gradient')
const forwardKernel = forward.streamed as Known<
  'recurrentKernel' | 'h0',
  'gates' | 'h' | 'hLast',
  Scalars | 'hasState' | 'keepH' | 'keepHLast'
>
const backwardKernel = backward.streamed as Known<
  'recurrentKernel' | 'dh',
  'gates' | 'dh0',
  Scalars | 'keepDh0'
>

interface Attributes {
  readonly reverse: boolean
  readonly directions: Directions
}

const strategiesOf = (batch: number, units: number) =>
  recurrentStrategies({ batch, units, hasTiles: units % 4 === 0, drops: false }, webgpu.traits)

interface Steps {
  readonly batch: number
  readonly time: number
  readonly units: number
  readonly reverse: number
  readonly DIRECTIONS?: number
}

/** Calls with the place of every row's state at a step and at the one before it, in order of processing or against it. */
function eachStep(
  { batch, time, units, reverse, DIRECTIONS = 1 }: Steps,
  isBackwards: boolean,
  call: (lane: number, direction: number, at: number, before: number | null) => void,
): void {
  for (let lane = 0; lane < batch * DIRECTIONS; lane++) {
    const direction = lane % DIRECTIONS
    const row = (lane - direction) / DIRECTIONS
    const placeOf = (s: number) => {
      const t = reverse !== direction ? time - 1 - s : s
      return ((row * time + t) * DIRECTIONS + direction) * units
    }
    for (let i = 0; i < time; i++) {
      const s = isBackwards ? time - 1 - i : i
      call(lane, direction, placeOf(s), s > 0 ? placeOf(s - 1) : null)
    }
  }
}

const rnnGradient = defineOp({
  kernel: backwardKernel,
  discardable: ['dh0'],
  inPlace: { gates: 'stored' },
  strategies: ({ stored }, { directions }: Attributes) =>
    strategiesOf(stored[0] ?? 1, (stored[2] ?? 1) / directions),
  keeps: () => ['dh0'],
  shape: ({ stored }) => ({ gates: stored, dh0: [stored[0] ?? 1, stored[2] ?? 1] }),
  params: ({ stored, dh0 }, { reverse, directions }) => ({
    batch: stored[0] ?? 1,
    time: stored[1] ?? 1,
    units: (stored[2] ?? 1) / directions,
    reverse: Number(reverse),
    DIRECTIONS: directions,
    keepDh0: Number(dh0 !== undefined),
    step: 0,
    until: stored[1] ?? 1,
    ...dropoutParams(),
  }),
  launches: (params, device, strategy) => backwardLaunches(backward, GATES, params, device, strategy),
})
ownSides[backwardKernel.name] = cpuSide<typeof backwardKernel>({
  cpu({ recurrentKernel: R, dh, gates, dh0 }, p) {
    const { units, DIRECTIONS = 1 } = p
    const below = new Float64Array(units)
    eachStep(p, true, (lane, direction, at, before) => {
      for (let u = 0; u < units; u++)
        gates[at + u] = (below[u]! + dh[at + u]!) * (1 - gates[at + u]! * gates[at + u]!)
      for (let k = 0; k < units; k++) {
        below[k] = 0
        for (let u = 0; u < units; u++)
          below[k]! += R[(k * DIRECTIONS + direction) * units + u]! * gates[at + u]!
        if (before === null && dh0.length > 0) dh0[lane * units + k] = below[k]!
      }
      if (before === null) below.fill(0)
    })
  },
})

const rnn = defineOp({
  kernel: forwardKernel,
  optional: ['h0'],
  discardable: ['h', 'hLast'],
  inPlace: { gates: 'z' },
  strategies: ({ z }, { directions }: Attributes) => strategiesOf(z[0] ?? 1, (z[2] ?? 1) / directions),
  keeps: (_attrs: Attributes, strategy) => (isStepwise(strategy) ? ['h'] : ['hLast']),
  shape: ({ z }) => ({ gates: z, h: z, hLast: [z[0] ?? 1, z[2] ?? 1] }),
  params: ({ z, h0, h, hLast }, { reverse, directions }) => ({
    batch: z[0] ?? 1,
    time: z[1] ?? 1,
    units: (z[2] ?? 1) / directions,
    reverse: Number(reverse),
    DIRECTIONS: directions,
    hasState: Number(h0 !== undefined),
    keepH: Number(h !== undefined),
    keepHLast: Number(hLast !== undefined),
    step: 0,
    until: z[1] ?? 1,
    ...dropoutParams(),
  }),
  launches: (params, device, strategy) => forwardLaunches(forward, GATES, params, device, strategy),
  /** Of h alone. */
  gradient({ graph, inputs, outputs, attrs }, d) {
    const { recurrentKernel, h0 } = inputs
    if (!d.h) return {}
    const back = rnnGradient(graph, { recurrentKernel, dh: d.h, stored: outputs.gates }, attrs)
    const { dR } = recurrentKernelGradient(graph, { h: outputs.h, h0, dz: back.gates }, attrs)
    return { z: back.gates, recurrentKernel: dR, h0: back.dh0 }
  },
})
ownSides[forwardKernel.name] = cpuSide<typeof forwardKernel>({
  cpu({ recurrentKernel: R, h0, gates, h, hLast }, p) {
    const { units, DIRECTIONS = 1 } = p
    eachStep(p, false, (lane, direction, at, before) => {
      for (let u = 0; u < units; u++) {
        let sum = gates[at + u]!
        for (let k = 0; k < units; k++) {
          const state = before === null ? (h0[lane * units + k] ?? 0) : gates[before + k]!
          sum += state * R[(k * DIRECTIONS + direction) * units + u]!
        }
        gates[at + u] = Math.tanh(sum)
      }
      for (let u = 0; u < units; u++) {
        if (h.length > 0) h[at + u] = gates[at + u]!
        if (hLast.length > 0) hLast[lane * units + u] = gates[at + u]!
      }
    })
  },
})

const sized = [
  { batch: 1, time: 1, units: 1 },
  { batch: 5, time: 3, units: 7 },
  { batch: 5, time: 2, units: 33 },
  { batch: 17, time: 2, units: 8 },
  { batch: 3, time: 2, units: 66 },
  { batch: 9, time: 2, units: 257 },
].flatMap((size) => strategiesOf(8, size.units).map((strategy) => ({ ...size, strategy })))

const inputs = (batch: number, time: number, units: number, directions: Directions) => {
  const reach = 1 / Math.sqrt(units)
  return {
    z: [batch, time, directions * units],
    recurrentKernel: uniform([units, directions * units], -reach, reach, 2),
    h0: [batch, directions * units],
  }
}

test.each(sized)('$strategy [$batch, $time, $units]', async ({ batch, time, units, strategy }) => {
  await checkOp(rnn, {
    inputs: inputs(batch, time, units, 1),
    attrs: { reverse: false, directions: 1 },
    strategy,
    read: ['h'],
    by: time * units < 200 ? ['z', 'recurrentKernel', 'h0'] : ['h0'],
    roundings: time * (units + 16),
  })
})

test.each(strategiesOf(8, 8))('%s both ways, in chunks of steps', async (strategy) => {
  const [batch, time, units] = [5, 5, 8]
  const given = {
    inputs: inputs(batch, time, units, 2),
    attrs: { reverse: false, directions: 2 },
    strategy,
    launchFlops: 2 * stepFlops(GATES, { batch, units, DIRECTIONS: 2 }),
    roundings: time * (units + 16),
  } as const
  await checkOp(rnn, { ...given, read: ['h'], by: ['z', 'recurrentKernel', 'h0'] })
  const { outputs } = await checkOp(rnn, { ...given, read: ['hLast'] })
  expect(outputs.hLast).toHaveLength(batch * 2 * units)
})
