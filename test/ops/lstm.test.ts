// The LSTM recurrence and its gradient, by both strategies. Workgroups own 4 batch rows and up to 256 units, step
// launches 64 units of 4 rows: batches and units lie under, on and over those edges.
import { expect, test } from 'vitest'
import { activations } from '../../src/ops/activations.ts'
import { lstm } from '../../src/ops/lstm.ts'
import type { LstmAttributes } from '../../src/ops/lstmLaunches.ts'
import { addLastStep, recurrentKernelGradient } from '../../src/ops/recurrence.ts'
import { gateMasks } from '../../src/ops/recurrentDropout.ts'
import { tensor } from '../../src/util/tensor.ts'
import { checkOp } from '../support/checkOp.ts'
import { apartFromZero, uniform } from '../support/values.ts'

type Strategy = LstmAttributes['strategy']
const strategies: readonly Strategy[] = ['sequence', 'step']

function attributes(
  strategy: Strategy,
  reverse = false,
  activation: keyof typeof activations = 'tanh',
  recurrentActivation: keyof typeof activations = 'sigmoid',
): LstmAttributes {
  return {
    activation: activations[activation].code,
    recurrentActivation: activations[recurrentActivation].code,
    reverse,
    strategy,
  }
}

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
  const { outputs } = await checkOp(lstm, { inputs: given, attrs: attributes(strategy) })
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

const sizes = [
  { batch: 1, time: 1, units: 1 },
  { batch: 3, time: 4, units: 3 },
  { batch: 4, time: 3, units: 5 },
  { batch: 5, time: 3, units: 33 },
  { batch: 2, time: 2, units: 67 },
]
const sized = sizes.flatMap((size) => strategies.map((strategy) => ({ ...size, strategy })))

test.each(sized)('$strategy [$batch, $time, $units]', async ({ batch, time, units, strategy }) => {
  await checkOp(lstm, {
    inputs: { ...inputs(batch, time, units), ...states(batch, units) },
    attrs: attributes(strategy),
    read: ['h', 'hLast', 'cLast'],
    by: ['z', 'recurrentKernel', 'h0', 'c0'],
    roundings: roundings(time, units),
  })
})

const reads = [['h'], ['hLast'], ['cLast'], ['h', 'hLast'], ['hLast', 'cLast'], ['h', 'cLast']] as const
const variants = reads.flatMap((read) =>
  strategies.flatMap((strategy) =>
    [false, true].flatMap((reverse) => [false, true].map((given) => ({ read, strategy, reverse, given }))),
  ),
)

test.each(variants)('$strategy reads $read, reverse $reverse, initial states $given', async (variant) => {
  const { read, strategy, reverse, given } = variant
  await checkOp(lstm, {
    inputs: { ...inputs(5, 3, 7), ...(given ? states(5, 7) : {}) },
    attrs: attributes(strategy, reverse),
    read,
    by: given ? ['z', 'recurrentKernel', 'h0', 'c0'] : ['z', 'recurrentKernel'],
    roundings: roundings(3, 7),
  })
})

test.each(strategies)('%s: weights that do not learn, states that do', async (strategy) => {
  await checkOp(lstm, {
    inputs: { ...inputs(3, 2, 5), ...states(3, 5) },
    attrs: attributes(strategy),
    read: ['h'],
    by: ['c0'],
    roundings: roundings(2, 5),
  })
})

// Functions whose slope is read off the result, off the argument, and one of each.
const functions = [
  ['sequence', 'relu', 'hard_sigmoid'],
  ['sequence', 'silu', 'mish'],
  ['step', 'relu', 'hard_sigmoid'],
  ['step', 'silu', 'mish'],
  ['step', 'silu', 'sigmoid'],
  ['step', 'softplus', 'gelu'],
] as const

test.each(functions)('%s with %s and %s', async (strategy, activation, recurrentActivation) => {
  // Recurrent products stay under 0.3, so that no relu is near its kink; then cells are 0 or over it too.
  const given = {
    z: apartFromZero([2, 3, 20], 0.5, 1),
    recurrentKernel: uniform([5, 20], -0.06, 0.06),
    h0: uniform([2, 5], -1, 1),
    c0: uniform([2, 5], 0.3, 1),
  }
  await checkOp(lstm, {
    inputs: given,
    attrs: attributes(strategy, false, activation, recurrentActivation),
    read: ['h', 'hLast', 'cLast'],
    by: ['z', 'recurrentKernel', 'h0', 'c0'],
    roundings: roundings(3, 5),
  })
})

test('step: 257 units, one more than a workgroup holds', async () => {
  await checkOp(lstm, {
    inputs: inputs(1, 2, 257),
    attrs: attributes('step'),
    read: ['hLast'],
    by: ['z', 'recurrentKernel'],
    roundings: roundings(2, 257),
  })
})

test('sequence: 256 units fill a workgroup', async () => {
  await checkOp(lstm, {
    inputs: inputs(2, 2, 256),
    attrs: attributes('sequence'),
    read: ['hLast'],
    roundings: roundings(2, 256),
  })
})

test.each(strategies)('%s: launches go on in y', async (strategy) => {
  await checkOp(lstm, {
    inputs: { ...inputs(21, 2, 9), ...states(21, 9) },
    attrs: attributes(strategy),
    by: ['z', 'h0'],
    read: ['h', 'hLast', 'cLast'],
    roundings: roundings(2, 9),
    maxWorkgroups: 1,
  })
})

test.each(strategies)('%s: recurrent dropout, the same masks on both backends', async (strategy) => {
  const recurrentDropout = { rate: 0.4, seed: 77 }
  const { outputs } = await checkOp(lstm, {
    inputs: { ...inputs(5, 3, 7), ...states(5, 7) },
    attrs: { ...attributes(strategy), recurrentDropout },
    read: ['h', 'hLast', 'cLast'],
    by: ['z', 'recurrentKernel', 'h0', 'c0'],
    roundings: roundings(3, 7),
  })
  expect(outputs.hLast).toBeDefined()
})

test('recurrent dropout keeps its share in every gate, scaled', () => {
  const [units, rate] = [4096, 0.3]
  const masks = gateMasks(2, units, rate, 5, 9)
  for (let gate = 0; gate < 4; gate++) {
    const kept = masks.subarray(gate * units, (gate + 1) * units).filter((mask) => mask !== 0)
    expect(Math.abs(kept.length / units - (1 - rate))).toBeLessThan(0.03)
    expect(kept.every((mask) => mask === Math.fround(1 / Math.fround(1 - rate)))).toBe(true)
  }
})

test.each([false, true])('recurrentKernelGradient, reverse %s', async (reverse) => {
  const given = { h: [3, 4, 33], dz: [3, 4, 37] }
  const attrs = { reverse }
  await checkOp(recurrentKernelGradient, { inputs: given, attrs, products: true, roundings: 12 })
  await checkOp(recurrentKernelGradient, {
    inputs: { ...given, h0: [3, 33] },
    attrs,
    products: true,
    roundings: 12,
  })
})

test('addLastStep', async () => {
  const given = { x: [2, 3, 5], z: [2, 5] }
  for (const at of [0, 2]) await checkOp(addLastStep, { inputs: given, attrs: { at }, roundings: 1 })
})
