// The LSTM recurrence and its gradient, by every strategy; at all sizes: lstm.long.test.ts.
import { expect, test } from 'vitest'
import { DEFAULT_TRAITS, type DeviceTraits } from '../../src/graph/operation.ts'
import { gateMasks } from '../../src/ops/gateMasks.ts'
import { lstmCell } from '../../src/ops/lstm.ts'
import { addLastTimestep } from '../../src/ops/recurrence.ts'
import { timestepFlops } from '../../src/ops/recurrentLaunches.ts'
import { chunksOf, recurrentStrategies } from '../../src/ops/recurrentSchedule.ts'
import { tensor } from '../../src/util/tensor.ts'
import { checkOp } from '../support/checkOp.ts'
import { webgpu } from '../support/compareBackends.ts'
import {
  checkLstmFunctions,
  checkLstmRemainder,
  checkLstmSize,
  dropping,
  lstmAttributes,
  lstmInputs,
  lstmOp,
  lstmRoundings,
  lstmStates,
} from '../support/lstmCases.ts'
import { baseSize, oneSizeEach, strategiesFitting } from '../support/recurrenceSizes.ts'
import { sampled } from '../support/sampled.ts'

const strategies = strategiesFitting(1, lstmCell.gates, webgpu.traits)

// A strategy of each kind of test, here and below; all: a long run.
test.each(sampled(strategies, 8))('%s: one unit by hand', async (strategy) => {
  const given = {
    z: tensor([0.1, -0.2, 0.3, 0.4, 0.5, 0.6, -0.7, 0.8], [1, 2, 4]),
    recurrentKernel: tensor([0.9, -0.8, 0.7, 0.6], [1, 4]),
  }
  const { outputs } = await checkOp(lstmOp, { inputs: given, attrs: lstmAttributes(), strategy })
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

test.each(oneSizeEach(webgpu.traits))('$strategy [$batch, $time, $units]', (size) => checkLstmSize(size))

// One way; both: lstm.long.test.ts.
test.each(
  sampled(
    strategies.map((strategy, i) => ({ strategy, reverse: i % 4 === 2 })),
    5,
  ),
)('$strategy in chunks of steps with a remainder, reverse $reverse', checkLstmRemainder)

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

// A sample that has most strategies and readings; all: a long run.
test.each(sampled(variants, 15))(
  '$strategy reads $read, reverse $reverse, initial states $given',
  async (variant) => {
    const { read, strategy, reverse, given } = variant
    const size = { batch: 5, time: 3, units: baseSize(strategy).units }
    await checkOp(lstmOp, {
      inputs: { ...lstmInputs(size), ...(given ? lstmStates(size) : {}) },
      attrs: lstmAttributes(reverse),
      strategy,
      read,
      by: given ? ['z', 'recurrentKernel', 'h0', 'c0'] : ['z', 'recurrentKernel'],
      roundings: lstmRoundings(size),
    })
  },
)

test.each(sampled(strategies, 8))('%s: weights that do not learn, states that do', async (strategy) => {
  const size = { batch: 3, time: 2, units: baseSize(strategy).units }
  await checkOp(lstmOp, {
    inputs: { ...lstmInputs(size), ...lstmStates(size) },
    attrs: lstmAttributes(),
    strategy,
    read: ['h'],
    by: ['c0'],
    roundings: lstmRoundings(size),
  })
})

// Functions whose slope is read off the result, off the argument, and one of each: the cell's formulas are the same text in
// all strategies, of which this one compiles in the shortest time. By every strategy: lstm.long.test.ts.
const functions = [
  ['timestep', 'relu', 'hard_sigmoid'],
  ['timestep', 'silu', 'sigmoid'],
  ['timestep', 'silu', 'mish'],
  ['timestep', 'softplus', 'gelu'],
] as const
test.each(sampled(functions, 4))('%s with %s and %s', checkLstmFunctions)

test.each(sampled(strategies, 8))('%s: launches go on in y', async (strategy) => {
  const size = { batch: 21, time: 2, units: baseSize(strategy).units }
  await checkOp(lstmOp, {
    inputs: { ...lstmInputs(size), ...lstmStates(size) },
    attrs: lstmAttributes(),
    strategy,
    by: ['z', 'h0'],
    read: ['h', 'hLast', 'cLast'],
    roundings: lstmRoundings(size),
    maxWorkgroups: 1,
  })
})

test.each(dropping)('%s: recurrent dropout, the same masks on both backends', async (strategy) => {
  const size = { batch: 5, time: 3, units: 7 }
  const { outputs } = await checkOp(lstmOp, {
    inputs: { ...lstmInputs(size), ...lstmStates(size) },
    attrs: { ...lstmAttributes(), recurrentDropout: { rate: 0.4, seed: 77 } },
    strategy,
    read: ['h', 'hLast', 'cLast'],
    by: ['z', 'recurrentKernel', 'h0', 'c0'],
    roundings: lstmRoundings(size),
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
