// Two directions of the LSTM recurrence in the same launches, by every strategy: sizes under, on and over the edges of
// workgroups and tiles; and that each is what it is by itself.
import { expect, test } from 'vitest'
import { activations } from '../../src/ops/activations.ts'
import { lstm, lstmCell } from '../../src/ops/lstm.ts'
import { addLastTimestep, recurrentKernelGradient } from '../../src/ops/recurrence.ts'
import { timestepFlops } from '../../src/ops/recurrentLaunches.ts'
import { recurrentStrategies } from '../../src/ops/recurrentSchedule.ts'
import { type Tensor, tensor } from '../../src/util/tensor.ts'
import { checkOp } from '../support/checkOp.ts'
import { webgpu } from '../support/compareBackends.ts'
import { fromStates } from '../support/fromStates.ts'
import { uniform } from '../support/values.ts'

const lstmOp = fromStates(lstm)

const BOTH = {
  activation: activations.tanh.code,
  recurrentActivation: activations.sigmoid.code,
  reverse: false,
  directions: 2,
} as const

const fitting = (units: number): readonly string[] =>
  recurrentStrategies({ batch: 1, units, gates: 4, hasTiles: true, drops: false }, webgpu.traits)
const strategies = fitting(1)
const dropping = ['streamed', 'timestep']

function inputs(batch: number, time: number, units: number) {
  const reach = 1 / Math.sqrt(units)
  return { z: [batch, time, 8 * units], recurrentKernel: uniform([units, 8 * units], -reach, reach, 2) }
}

const states = (batch: number, units: number) => ({ h0: [batch, 2 * units], c0: [batch, 2 * units] })

/** Software adapters take long to compile a pipeline. */
const SLOW = { timeout: 120_000 }

/** A sum of `units` products and five functions, once a time step. */
const roundings = (time: number, units: number): number => time * (units + 16)

const sized = [
  { batch: 5, time: 2, units: 3 },
  { batch: 1, time: 5, units: 8 },
].flatMap((size) => fitting(size.units).map((strategy) => ({ ...size, strategy })))

test.each(sized)('$strategy [$batch, $time, $units]', SLOW, async ({ batch, time, units, strategy }) => {
  await checkOp(lstmOp, {
    inputs: { ...inputs(batch, time, units), ...states(batch, units) },
    attrs: BOTH,
    strategy,
    read: ['h', 'hLast', 'cLast'],
    by: ['z', 'recurrentKernel', 'h0', 'c0'],
    roundings: roundings(time, units),
  })
})

const large = [
  { batch: 5, time: 2, units: 65 },
  { batch: 1, time: 2, units: 300 },
  { batch: 5, time: 2, units: 300 },
].flatMap((size) => fitting(size.units).map((strategy) => ({ ...size, strategy })))

test.each(large)(
  '$strategy [$batch, $time, $units] from zeros',
  SLOW,
  async ({ batch, time, units, strategy }) => {
    await checkOp(lstmOp, {
      inputs: inputs(batch, time, units),
      attrs: BOTH,
      strategy,
      read: ['hLast'],
      by: ['z'],
      roundings: roundings(time, units),
    })
  },
)

test.each(strategies)(
  '%s: in chunks that go on in y, dropped by draws of their own',
  SLOW,
  async (strategy) => {
    const [batch, time, units] = [9, 5, 8]
    await checkOp(lstmOp, {
      inputs: { ...inputs(batch, time, units), ...states(batch, units) },
      attrs: {
        ...BOTH,
        reverse: true,
        ...(dropping.includes(strategy) ? { recurrentDropout: { rate: 0.3, seed: 3, otherSeed: 4 } } : {}),
      },
      strategy,
      launchFlops: 2 * timestepFlops(lstmCell.gates, { batch, units, DIRECTIONS: 2 }),
      maxWorkgroups: 2,
      read: ['h', 'hLast', 'cLast'],
      by: ['z', 'recurrentKernel', 'h0', 'c0'],
      roundings: roundings(time, units),
    })
  },
)

test.each([0, 0.4])('each direction is what it is by itself, recurrent dropout %s', async (rate) => {
  const [batch, time, units] = [3, 4, 8]
  const given = {
    z: uniform([batch, time, 8 * units], -1, 1, 1),
    recurrentKernel: uniform([units, 8 * units], -0.4, 0.4, 2),
    h0: uniform([batch, 2 * units], -1, 1, 3),
    c0: uniform([batch, 2 * units], -1, 1, 4),
  }
  const together = await checkOp(lstmOp, {
    inputs: given,
    attrs: { ...BOTH, recurrentDropout: { rate, seed: 5, otherSeed: 6 } },
    roundings: roundings(time, units),
  })
  for (const direction of [0, 1]) {
    const own = (whole: Tensor): Tensor => half(whole, direction)
    const alone = await checkOp(lstmOp, {
      inputs: {
        z: own(given.z),
        recurrentKernel: own(given.recurrentKernel),
        h0: own(given.h0),
        c0: own(given.c0),
      },
      attrs: {
        ...BOTH,
        directions: 1,
        reverse: direction === 1,
        recurrentDropout: { rate, seed: 5 + direction },
      },
      roundings: roundings(time, units),
    })
    for (const name of ['gates', 'h', 'c', 'hLast', 'cLast'] as const) {
      const values = together.outputs[name]
      const width = name === 'gates' ? 8 * units : 2 * units
      expect(half(tensor(values, [values.length / width, width]), direction).data).toEqual(
        alone.outputs[name],
      )
    }
  }
})

/** The columns of one direction. */
function half({ data, shape }: Tensor, direction: number): Tensor {
  const width = shape.at(-1) ?? 1
  const kept = data.filter((_, i) => Math.floor((i % width) / (width / 2)) === direction)
  return tensor(kept, [...shape.slice(0, -1), width / 2])
}

test.each(
  [
    ...['registers', 'tile64', 'tile32', 'reduced', 'split'],
    ...(webgpu.traits.subgroups ? ['subgroups'] : []),
  ].flatMap((strategy) => [false, true].map((reverse) => ({ strategy, reverse }))),
)('dR: $strategy, reverse $reverse', async ({ strategy, reverse }) => {
  const attrs = { reverse, directions: 2 } as const
  // Subgroups read vectors of four.
  const sizes =
    strategy === 'subgroups'
      ? [[20, 36]]
      : [
          [9, 5],
          [9, 36],
        ]
  for (const [units = 1, columns = 1] of sizes) {
    const given = { h: [7, 90, 2 * units], dz: [7, 90, 2 * columns] }
    expect(recurrentKernelGradient.operation.strategies(given, attrs, webgpu.traits)).toContain(strategy)
    for (const inputs of [given, { ...given, h0: [7, 2 * units] }])
      await checkOp(recurrentKernelGradient, {
        strategy,
        inputs,
        attrs,
        read: ['dR'],
        products: true,
        roundings: 64,
      })
  }
})

test('addLastTimestep, from either end', async () => {
  const { outputs } = await checkOp(addLastTimestep, {
    inputs: { x: tensor([1, 2, 3, 4, 5, 6], [1, 3, 2]), z: tensor([10, 20], [1, 2]) },
    attrs: { at: 2, directions: 2 },
    roundings: 1,
  })
  expect([...outputs.y]).toEqual([1, 22, 3, 4, 15, 6])
  const given = { x: [2, 3, 10], z: [2, 10] }
  for (const at of [0, 2])
    await checkOp(addLastTimestep, { inputs: given, attrs: { at, directions: 2 }, roundings: 1 })
})
