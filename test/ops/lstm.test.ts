// The LSTM recurrence and its gradient, by every strategy: batches, units and steps under, on and over the edges of their
// workgroups (4 or 16 rows; 16, 64, 128 or 256 units), tiles (4 and 32 units) and chunks of steps.
import { expect, test } from 'vitest'
import { DEFAULT_TRAITS, type DeviceTraits } from '../../src/graph/operation.ts'
import { activations } from '../../src/ops/activations.ts'
import { gateMasks } from '../../src/ops/gateMasks.ts'
import { lstm, lstmCell } from '../../src/ops/lstm.ts'
import { addLastTimestep } from '../../src/ops/recurrence.ts'
import type { RecurrenceAttributes } from '../../src/ops/recurrentCell.ts'
import { timestepFlops } from '../../src/ops/recurrentLaunches.ts'
import { chunksOf, type RecurrentStrategy, recurrentStrategies } from '../../src/ops/recurrentSchedule.ts'
import { tensor } from '../../src/util/tensor.ts'
import { checkOp } from '../support/checkOp.ts'
import { webgpu } from '../support/compareBackends.ts'
import { fromStates } from '../support/fromStates.ts'
import { checkFunctions } from '../support/lstmFunctions.ts'
import { uniform } from '../support/values.ts'

const lstmOp = fromStates(lstm)

/** Those that know recurrent dropout. */
const dropping: readonly RecurrentStrategy[] = ['streamed', 'timestep']
const strategies: readonly RecurrentStrategy[] = [
  ...dropping,
  ...(['registers', 'columns', 'tiled', 'fused'] as const),
  ...(webgpu.traits.subgroups ? (['subgroups'] as const) : []),
]

const attributes = (reverse = false): RecurrenceAttributes => ({
  activation: activations.tanh.code,
  recurrentActivation: activations.sigmoid.code,
  reverse,
})

/** Those that fit so many units, backward at least: forward, tiles are of four units. */
const fitting = (units: number): readonly RecurrentStrategy[] =>
  recurrentStrategies({ batch: 1, units, gates: 4, hasTiles: true, drops: false }, webgpu.traits)

function inputs(batch: number, time: number, units: number) {
  const reach = 1 / Math.sqrt(units)
  return { z: [batch, time, 4 * units], recurrentKernel: uniform([units, 4 * units], -reach, reach, 2) }
}

const states = (batch: number, units: number) => ({ h0: [batch, units], c0: [batch, units] })

/** A sum of `units` products and five functions, once a time step. */
const roundings = (time: number, units: number): number => time * (units + 16)

test.each(strategies)('%s: one unit by hand', async (strategy) => {
  const given = {
    z: tensor([0.1, -0.2, 0.3, 0.4, 0.5, 0.6, -0.7, 0.8], [1, 2, 4]),
    recurrentKernel: tensor([0.9, -0.8, 0.7, 0.6], [1, 4]),
  }
  const { outputs } = await checkOp(lstmOp, { inputs: given, attrs: attributes(), strategy })
  const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x))
  const c1 = sigmoid(0.1) * Math.tanh(0.3)
  const h1 = sigmoid(0.4) * Math.tanh(c1)
  const c2 = sigmoid(0.6 - 0.8 * h1) * c1 + sigmoid(0.5 + 0.9 * h1) * Math.tanh(-0.7 + 0.7 * h1)
  const h2 = sigmoid(0.8 + 0.6 * h1) * Math.tanh(c2)
  expect(outputs.h[0]).toBeCloseTo(h1, 6)
  expect(outputs.h[1]).toBeCloseTo(h2, 6)
  expect(outputs.c[1]).toBeCloseTo(c2, 6)
  expect(outputs.hLast[0]).toBe(outputs.h[1])
  expect(outputs.cLast[0]).toBe(outputs.c[1])
})

// A size costs each strategy a pipeline forward and one back. 64 units are the most that fit registers.
const sized = [
  { batch: 3, time: 4, units: 3, by: strategies },
  { batch: 4, time: 3, units: 8, by: strategies },
  { batch: 5, time: 3, units: 33, by: strategies },
  { batch: 5, time: 2, units: 64, by: ['registers'] },
  { batch: 2, time: 2, units: 65, by: ['streamed', 'columns'] },
  { batch: 2, time: 2, units: 68, by: strategies },
].flatMap(({ by, ...size }) =>
  fitting(size.units).flatMap((strategy) => (by.includes(strategy) ? [{ ...size, strategy }] : [])),
)

test.each(sized)('$strategy [$batch, $time, $units]', async ({ batch, time, units, strategy }) => {
  await checkOp(lstmOp, {
    inputs: { ...inputs(batch, time, units), ...states(batch, units) },
    attrs: attributes(),
    strategy,
    read: ['h', 'hLast', 'cLast'],
    by: ['z', 'recurrentKernel', 'h0', 'c0'],
    roundings: roundings(time, units),
  })
})

const large = [
  { batch: 17, time: 2, units: 130 },
  { batch: 2, time: 2, units: 256 },
  { batch: 17, time: 2, units: 257 },
  { batch: 1, time: 2, units: 513 },
].flatMap((size) => fitting(size.units).map((strategy) => ({ ...size, strategy })))

test.each(large)('$strategy [$batch, $time, $units] from zeros', async ({ batch, time, units, strategy }) => {
  await checkOp(lstmOp, {
    inputs: inputs(batch, time, units),
    attrs: attributes(),
    strategy,
    read: ['hLast'],
    by: ['z'],
    roundings: roundings(time, units),
  })
})

const chunked = strategies.flatMap((strategy) => [
  { strategy, units: 3, reverse: false },
  { strategy, units: 8, reverse: true },
])

test.each(chunked)(
  '$strategy in chunks of steps with a remainder, $units units, reverse $reverse',
  async (variant) => {
    const { units, reverse, strategy } = variant
    const [batch, time] = [5, 5]
    await checkOp(lstmOp, {
      inputs: { ...inputs(batch, time, units), ...states(batch, units) },
      attrs: {
        ...attributes(reverse),
        ...(dropping.includes(strategy) ? { recurrentDropout: { rate: 0.3, seed: 3 } } : {}),
      },
      strategy,
      launchFlops: 2 * timestepFlops(lstmCell.gates, { batch, units }),
      read: ['h', 'hLast', 'cLast'],
      by: ['z', 'recurrentKernel', 'h0', 'c0'],
      roundings: roundings(time, units),
    })
  },
)

test('recurrences are launched by what suits the device, the batch and the units', () => {
  const best = (batch: number, units: number, traits: Partial<DeviceTraits>, drops = false) =>
    recurrentStrategies(
      { batch, units, gates: 4, hasTiles: true, drops },
      { ...DEFAULT_TRAITS, ...traits },
    )[0]
  expect(best(32, 64, {})).toBe('registers')
  expect(best(32, 65, {})).toBe('columns')
  expect(best(32, 257, {})).toBe('fused')
  const lanes = (size: number) => ({ isSoftware: true, subgroups: { min: size, max: size } })
  expect(best(32, 64, lanes(4))).toBe('tiled')
  expect(best(32, 64, lanes(8))).toBe('subgroups')
  expect(best(1, 64, lanes(8))).toBe('tiled')
  expect(best(32, 64, lanes(8), true)).toBe('streamed')
  expect(best(32, 257, lanes(8))).toBe('timestep')
  expect(best(32, 257, {}, true)).toBe('timestep')
})

test('a chunk is as long as a slow device allows, and every step is in one', () => {
  expect(chunksOf(256, timestepFlops(lstmCell.gates, { batch: 32, units: 64 }), DEFAULT_TRAITS)).toEqual([
    { start: 0, until: 256 },
  ])
  expect(chunksOf(5, 10, { ...DEFAULT_TRAITS, launchFlops: 25 })).toEqual([
    { start: 0, until: 2 },
    { start: 2, until: 4 },
    { start: 4, until: 5 },
  ])
  expect(chunksOf(2, 10, { ...DEFAULT_TRAITS, launchFlops: 1 })).toHaveLength(2)
})

const reads = [['h'], ['hLast'], ['cLast'], ['h', 'hLast'], ['hLast', 'cLast'], ['h', 'cLast']] as const
const variants = reads.flatMap((read, i) =>
  strategies.map((strategy) => ({ read, strategy, reverse: i % 2 === 1, given: i % 3 > 0 })),
)

test.each(variants)('$strategy reads $read, reverse $reverse, initial states $given', async (variant) => {
  const { read, strategy, reverse, given } = variant
  await checkOp(lstmOp, {
    inputs: { ...inputs(5, 3, 8), ...(given ? states(5, 8) : {}) },
    attrs: attributes(reverse),
    strategy,
    read,
    by: given ? ['z', 'recurrentKernel', 'h0', 'c0'] : ['z', 'recurrentKernel'],
    roundings: roundings(3, 8),
  })
})

test.each(strategies)('%s: weights that do not learn, states that do', async (strategy) => {
  await checkOp(lstmOp, {
    inputs: { ...inputs(3, 2, 8), ...states(3, 8) },
    attrs: attributes(),
    strategy,
    read: ['h'],
    by: ['c0'],
    roundings: roundings(2, 8),
  })
})

// Functions whose slope is read off the result, off the argument, and one of each: the cell's formulas are the same text in
// all strategies. Every pair by every strategy: lstmFunctions.long.test.ts.
test.each([
  ['tiled', 'relu', 'hard_sigmoid'],
  ['streamed', 'silu', 'mish'],
  ['timestep', 'silu', 'sigmoid'],
  ['registers', 'softplus', 'gelu'],
] as const)('%s with %s and %s', checkFunctions)

test.each(strategies)('%s: launches go on in y', async (strategy) => {
  await checkOp(lstmOp, {
    inputs: { ...inputs(21, 2, 3), ...states(21, 3) },
    attrs: attributes(),
    strategy,
    by: ['z', 'h0'],
    read: ['h', 'hLast', 'cLast'],
    roundings: roundings(2, 3),
    maxWorkgroups: 1,
  })
})

test.each(dropping)('%s: recurrent dropout, the same masks on both backends', async (strategy) => {
  const recurrentDropout = { rate: 0.4, seed: 77 }
  const { outputs } = await checkOp(lstmOp, {
    inputs: { ...inputs(5, 3, 7), ...states(5, 7) },
    attrs: { ...attributes(), recurrentDropout },
    strategy,
    read: ['h', 'hLast', 'cLast'],
    by: ['z', 'recurrentKernel', 'h0', 'c0'],
    roundings: roundings(3, 7),
  })
  expect(outputs.hLast).toBeDefined()
})

test('recurrent dropout keeps its share in every gate, scaled', () => {
  const [units, rate] = [4096, 0.3]
  const masks = gateMasks(new Float32Array(4 * units), 2, { rate, seed: 5, iteration: 9 })
  for (let gate = 0; gate < 4; gate++) {
    const kept = masks.subarray(gate * units, (gate + 1) * units).filter((mask) => mask !== 0)
    expect(Math.abs(kept.length / units - (1 - rate))).toBeLessThan(0.03)
    expect(kept.every((mask) => mask === Math.fround(1 / Math.fround(1 - rate)))).toBe(true)
  }
})

test('addLastTimestep', async () => {
  const given = { x: [2, 3, 5], z: [2, 5] }
  for (const at of [0, 2]) await checkOp(addLastTimestep, { inputs: given, attrs: { at }, roundings: 1 })
})
