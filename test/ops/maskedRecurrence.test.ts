// Recurrences whose time steps are not all valid, by every strategy, forward and back, in both directions at once, with initial
// states, in chunks and with recurrent dropout: masks with gaps, at either end, and over a whole row.
import { expect, test } from 'vitest'
import type { Graph, Value } from '../../src/graph/graph.ts'
import { activations } from '../../src/ops/activations.ts'
import { convLstm } from '../../src/ops/convLstm.ts'
import { affine } from '../../src/ops/elementwise.ts'
import { gru } from '../../src/ops/gru.ts'
import { gruResetBefore } from '../../src/ops/gruResetBefore.ts'
import { lstm } from '../../src/ops/lstm.ts'
import { timestepFlops } from '../../src/ops/recurrentLaunches.ts'
import { recurrentStrategies } from '../../src/ops/recurrentSchedule.ts'
import { simpleRnn } from '../../src/ops/simpleRnn.ts'
import { tensor } from '../../src/util/tensor.ts'
import { checkOp } from '../support/checkOp.ts'
import { webgpu } from '../support/compareBackends.ts'
import { fromStates } from '../support/fromStates.ts'
import { uniform } from '../support/values.ts'

type Inputs = {
  readonly z: Value
  readonly recurrentKernel: Value
  readonly mask?: Value | undefined
  readonly bias?: Value | undefined
  readonly h0?: Value | undefined
  readonly c0?: Value | undefined
}

const MASK = tensor(
  [
    [1, 1, 1, 1, 0],
    [0, 1, 0, 0, 1],
    [0, 0, 0, 0, 0],
    [1, 0, 1, 1, 1],
    [1, 1, 1, 1, 1],
  ].flat(),
  [5, 5],
)
const [batch, time, units] = [5, 5, 8]
const reach = 1 / Math.sqrt(units)
/** What a cell of so many gates reads, both directions side by side. */
const inputsOf = (gates: number) => ({
  z: [batch, time, 2 * gates * units],
  recurrentKernel: uniform([units, 2 * gates * units], -reach, reach, 2),
  mask: MASK,
  h0: [batch, 2 * units],
})
const inputs = { ...inputsOf(4), c0: [batch, 2 * units] }
const attrs = {
  activation: activations.tanh.code,
  recurrentActivation: activations.sigmoid.code,
  reverse: false,
  directions: 2,
} as const

/** On a copy of z, because the gates of a time step that is not valid mean nothing: backends leave others there. */
const onCopy =
  <A, O>(op: (graph: Graph, inputs: Inputs, attrs: A) => O) =>
  (graph: Graph, given: Inputs, own: A): O =>
    op(graph, { ...given, z: affine(graph, { x: given.z }, { scale: 1.5 }).y }, own)

const masked = onCopy(fromStates(lstm))
const roundings = time * (units + 16)
/** Software adapters take long to compile a pipeline. */
const SLOW = { timeout: 120_000 }

const strategiesOf = (gates: number) =>
  recurrentStrategies({ batch, units, gates, hasTiles: true, drops: false }, webgpu.traits)

/** In chunks of two time steps, so that a gap reaches from one launch into the next; dropped where that strategy can. */
const inChunks = (gates: number, strategy: string) => ({
  attrs: {
    ...attrs,
    reverse: true,
    ...(['streamed', 'timestep'].includes(strategy)
      ? { recurrentDropout: { rate: 0.3, seed: 3, otherSeed: 4 } }
      : {}),
  },
  strategy,
  launchFlops: 2 * timestepFlops(gates, { batch, units, DIRECTIONS: 2 }),
  roundings,
})

test.each(strategiesOf(4))('LSTM %s', SLOW, async (strategy) => {
  const { outputs } = await checkOp(masked, {
    inputs,
    ...inChunks(4, strategy),
    read: ['h', 'hLast', 'cLast'],
    by: ['z', 'recurrentKernel', 'h0', 'c0'],
  })
  const width = 2 * units
  const rowAt = (b: number, t: number) => [...outputs.h.subarray((b * time + t) * width).subarray(0, width)]
  expect(rowAt(0, 4).slice(units)).toEqual(rowAt(0, 3).slice(units))
  expect(rowAt(1, 2).slice(0, units)).toEqual(rowAt(1, 4).slice(0, units))
})

test.each(strategiesOf(3))('GRU %s', SLOW, async (strategy) => {
  await checkOp(onCopy(fromStates(gru)), {
    inputs: { ...inputsOf(3), bias: [2, 2 * 3 * units] },
    ...inChunks(3, strategy),
    read: ['h', 'hLast'],
    by: ['z', 'recurrentKernel', 'h0', 'bias'],
  })
})

test.each(['streamed', 'timestep'])(
  'GRU with the reset gate before the product, %s',
  SLOW,
  async (strategy) => {
    await checkOp(onCopy(fromStates(gruResetBefore)), {
      inputs: inputsOf(3),
      ...inChunks(3, strategy),
      read: ['h', 'hLast'],
      by: ['z', 'recurrentKernel', 'h0'],
    })
  },
)

// Strategies read masks, not cells; of a cell that hands nothing on beside R·dz one strategy of each kind is enough.
test.each(['streamed', 'timestep'])('SimpleRNN %s', SLOW, async (strategy) => {
  await checkOp(onCopy(fromStates(simpleRnn)), {
    inputs: inputsOf(1),
    ...inChunks(1, strategy),
    read: ['h', 'hLast'],
    by: ['z', 'recurrentKernel', 'h0'],
  })
})

test('from zeros, the last state alone', async () => {
  const { h0: _, c0: __, ...given } = inputs
  await checkOp(masked, { inputs: given, attrs, read: ['hLast'], by: ['z', 'recurrentKernel'], roundings })
})

test('states of space', async () => {
  await checkOp(onCopy(fromStates(convLstm)), {
    inputs: {
      z: [batch, time, 2, 3, 8],
      recurrentKernel: [2, 3, 2, 8],
      mask: MASK,
      h0: [batch, 2, 3, 2],
      c0: [batch, 2, 3, 2],
    },
    attrs: { ...attrs, directions: 1 },
    read: ['h', 'hLast', 'cLast'],
    by: ['z', 'recurrentKernel', 'h0', 'c0'],
    roundings,
  })
})
