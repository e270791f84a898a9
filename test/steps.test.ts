/** What a training step asks of the device once it is under way: counted on the device itself, and told by the plan. */
import { describe, expect, test } from 'vitest'
import {
  Bidirectional,
  ConvLSTM2D,
  Dense,
  Embedding,
  Flatten,
  GRU,
  Input,
  type Layer,
  LSTM,
  Model,
  MultiHeadAttention,
  Sequential,
  type SequentialModel,
  SimpleRNN,
  setBackend,
  tensor,
} from '../src/index.ts'
import { requestCountedDevice } from './support/gpu.ts'
import { type CallCounts, countSteps, recordDevice } from './support/recordDevice.ts'
import { uniform } from './support/values.ts'

const device = await requestCountedDevice()
const { calls, buffers } = recordDevice(device)
const { adapter } = await setBackend('webgpu', { device })
/** Steps that are handed over in one submit at most: on a GPU these are too short for one each. */
const TOGETHER = adapter?.isSoftware ? 1 : 16

interface Size {
  readonly units: number
  readonly batch: number
  readonly time: number
}
const FEATURES = 16

function createModel({ units, time }: Size): SequentialModel {
  const model = Sequential([LSTM(units, { inputShape: [time, FEATURES] }), Dense(1)])
  model.compile({ loss: 'mse', optimizer: 'adam' })
  return model
}

/** The counts of each submit of an epoch. */
async function countEpoch(
  model: SequentialModel,
  { batch, time }: Size,
  steps: number,
): Promise<CallCounts[]> {
  const x = uniform([steps * batch, time, FEATURES], -1, 1)
  const y = uniform([steps * batch, 1], -1, 1, 2)
  calls.length = 0
  await model.fit(x, y, { batchSize: batch, verbose: 0 })
  return countSteps(calls)
}

/** Submits of whole steps, which make nothing and have one pass each. */
function expectNothingMade(submits: readonly CallCounts[], dispatches: number): void {
  for (const submit of submits) {
    expect(submit).toEqual({ ...STEADY, dispatch: submit.dispatch })
    expect(submit.dispatch % dispatches).toBe(0)
  }
}

/** So many steps: every submit but the first makes nothing and is one pass. Before the first, a step is encoded for the device to accept. */
function expectSteady(counted: readonly CallCounts[], dispatches: number, steps: number): void {
  const [, ...steady] = counted
  expect(steady.length).toBeGreaterThan(0)
  expectNothingMade(steady, dispatches)
  for (const submit of steady) expect(submit.dispatch).toBeLessThanOrEqual(TOGETHER * dispatches)
  expect(counted.reduce((sum, { dispatch }) => sum + dispatch, 0)).toBe((steps + 1) * dispatches)
}

const STEADY: CallCounts = {
  bindGroup: 0,
  buffer: 0,
  destroy: 0,
  pipeline: 0,
  pass: 1,
  dispatch: 12,
  submit: 1,
  copy: 0,
  write: 0,
  map: 0,
}

describe('a step of LSTM(64) and Dense(1)', () => {
  const size = { units: 64, batch: 32, time: 64 }

  test('is 12 dispatches in one pass and one submit, and makes nothing', async () => {
    const model = createModel(size)
    const steps = 1 + 2 * TOGETHER
    expectSteady(await countEpoch(model, size, steps), 12, steps)
    const { dispatches, passes, submits } = model.plan({ batchSize: 32, training: true })
    expect({ dispatches, passes, submits }).toEqual({ dispatches: 12, passes: 1, submits: 1 })
    model.dispose()
  })

  test('reads nothing back between epochs but their losses, and makes no buffer for it', async () => {
    const [time, batchSize] = [16, 32]
    const model = createModel({ ...size, time })
    const [x, y] = [uniform([2 * batchSize, time, FEATURES], -1, 1), uniform([2 * batchSize, 1], -1, 1, 2)]
    await model.fit(x, y, { batchSize, verbose: 0 })
    calls.length = 0
    await model.fit(x, y, { batchSize, epochs: 4, verbose: 0 })
    // Two steps an epoch: the first follows the read-back of the epoch before.
    const [, ...steps] = countSteps(calls)
    // Epochs begin with a read-back; where the steps of one are two submits, the second is as any other.
    const perEpoch = TOGETHER === 1 ? 2 : 1
    const seconds = steps.filter((_, i) => i % perEpoch !== perEpoch - 1)
    expect(seconds).toEqual(seconds.map(() => STEADY))
    expect(
      steps
        .filter((_, i) => i % perEpoch === perEpoch - 1)
        .map(({ copy, map, write, bindGroup, pipeline }) => [copy, map, write, bindGroup, pipeline]),
    ).toEqual([
      [1, 1, 0, 0, 0],
      [1, 1, 0, 0, 0],
      [1, 1, 0, 0, 0],
    ])
    model.dispose()
  })

  test('is as many at four times the length', async () => {
    const long = { units: 64, batch: 2, time: 256 }
    const model = createModel(long)
    expect(model.plan({ batchSize: 32, training: true }).dispatches).toBe(12)
    expectSteady(await countEpoch(model, long, 1 + TOGETHER), 12, 1 + TOGETHER)
    model.dispose()
  })
})

test.each<[name: string, create: (time: number) => Layer]>([
  ['GRU', (time) => GRU(64, { inputShape: [time, FEATURES] })],
  [
    'GRU that resets before the product',
    (time) => GRU(64, { resetAfter: false, inputShape: [time, FEATURES] }),
  ],
  ['SimpleRNN', (time) => SimpleRNN(64, { inputShape: [time, FEATURES] })],
])('a step of %s(64) and Dense(1) is 12 dispatches in one submit, at any length', async (_name, create) => {
  for (const time of [50, 256]) {
    const model = Sequential([create(time), Dense(1)])
    model.compile({ loss: 'mse', optimizer: 'adam' })
    const { dispatches, passes, submits } = model.plan({ batchSize: 32, training: true })
    expect({ time, dispatches, passes, submits }).toEqual({ time, dispatches: 12, passes: 1, submits: 1 })
    if (time === 50) {
      const size = { units: 64, batch: 32, time }
      expectSteady(await countEpoch(model, size, 1 + TOGETHER), 12, 1 + TOGETHER)
    }
    model.dispose()
  }
})

test('a step of Embedding, LSTM(64) and Dense(1) is as many dispatches for a large table as for a small one', async () => {
  const [batch, time] = [32, 20]
  const make = (rows: number) => {
    const model = Sequential([Embedding(rows, 100, { inputShape: [time] }), LSTM(64), Dense(1)])
    model.compile({ loss: 'mse', optimizer: 'adam' })
    return model
  }
  const dispatches = 21
  expect(make(20).plan({ batchSize: batch, training: true }).dispatches).toBe(dispatches)
  const model = make(700)
  expect(model.plan({ batchSize: batch, training: true }).dispatches).toBe(dispatches)
  const steps = 1 + TOGETHER
  const ids = Int32Array.from({ length: steps * batch * time }, (_, i) => (i * i) % 700)
  calls.length = 0
  const x = tensor(ids, [steps * batch, time])
  await model.fit(x, uniform([steps * batch, 1], -1, 1), { batchSize: batch, verbose: 0 })
  // Before weights are read back, which a fit begins when it ends, the rows of the table catch up: two dispatches of their own.
  const [, ...steady] = countSteps(calls).filter(({ dispatch }) => dispatch >= dispatches)
  expect(steady.length).toBeGreaterThan(0)
  expectNothingMade(steady, dispatches)
  model.dispose()
})

test('dispose frees every buffer of a model, and leaves those that bring numbers back to the next', async () => {
  const model = createModel({ units: 3, batch: 4, time: 2 })
  const [x, y] = [uniform([10, 2, FEATURES], -1, 1), uniform([10, 1], -1, 1, 2)]
  await model.fit(x, y, { batchSize: 4, validationSplit: 0.3, verbose: 0 })
  await model.predict(x)
  await model.evaluate(x, y, { verbose: 0 })
  await model.gradients(x, y)
  model.compile({ loss: 'mae', optimizer: 'sgd' })
  await model.trainOnBatch(x, y)
  model.dispose()
  await device.queue.onSubmittedWorkDone()
  expect([...buffers].map(({ label }) => label).filter((label) => label !== 'recurra read-back')).toEqual([])
})

test('tiny steps are handed over together, within an epoch', async () => {
  const tiny = { units: 5, batch: 2, time: 1 }
  const model = createModel(tiny)
  const { dispatches } = model.plan({ batchSize: 2, training: true })
  const steps = 20
  const [, ...counted] = await countEpoch(model, tiny, steps)
  const total = counted.reduce((sum, { dispatch }) => sum + dispatch, 0)
  expect(counted.length).toBeLessThan(steps / 2)
  expectNothingMade(counted, dispatches)
  // The first submit is left out, with the steps that it held.
  expect(total).toBeGreaterThanOrEqual((steps - 16) * dispatches)
  model.dispose()
})

test('above 256 units, a step is two dispatches a time step and twelve', async () => {
  const wide = { units: 257, batch: 2, time: 5 }
  const model = createModel(wide)
  const planned = model.plan({ batchSize: 2, training: true }).dispatches
  expect(planned).toBeLessThanOrEqual(2 * 5 + 12)
  expectSteady(await countEpoch(model, wide, 1 + TOGETHER), planned, 1 + TOGETHER)
  expect(createModel({ ...wide, time: 64 }).plan({ batchSize: 32 }).dispatches).toBeLessThanOrEqual(
    2 * 64 + 12,
  )
  model.dispose()
})

test.each([
  { units: 64, batch: 32, time: 1024 },
  { units: 256, batch: 8, time: 256 },
  { units: 257, batch: 8, time: 256 },
])('a step with $units units keeps six floats a unit and time step', (size) => {
  const { units, batch, time } = size
  const { bytes, peakBytes } = createModel(size).plan({ batchSize: batch, training: true })
  const input = batch * time * FEATURES
  // First and last states, the prediction, its target and loss.
  const edges = 6 * batch * units + 1024
  expect(bytes.activations).toBeLessThanOrEqual(4 * (6 * batch * time * units + input + edges))
  expect(peakBytes).toBe(Object.values(bytes).reduce((sum, part) => sum + part))
})

const bidirectional = ({ units, time }: Size): SequentialModel => {
  const model = Sequential([Bidirectional(LSTM(units), { inputShape: [time, FEATURES] }), Dense(1)])
  model.compile({ loss: 'mse', optimizer: 'adam' })
  return model
}

test('a step of Bidirectional is 15 dispatches, both directions of the recurrence in one, at any length', async () => {
  const size = { units: 64, batch: 8, time: 16 }
  const model = bidirectional(size)
  const { dispatches, kernels } = model.plan({ batchSize: 8, training: true })
  expect(dispatches).toBe(15)
  const kernel = adapter?.isSoftware ? 'lstmTiled' : 'lstmRegisters'
  expect(kernels.filter((name) => /^lstm/.test(name))).toEqual([kernel, `${kernel}Gradient`])
  expectSteady(await countEpoch(model, size, 1 + TOGETHER), 15, 1 + TOGETHER)
  expect(bidirectional({ ...size, time: 256 }).plan({ batchSize: 32, training: true }).dispatches).toBe(15)
  model.dispose()
})

test('above 256 units, a step of Bidirectional is two dispatches a time step and fifteen', () => {
  const plan = bidirectional({ units: 257, batch: 2, time: 64 }).plan({ batchSize: 2, training: true })
  expect(plan.dispatches).toBeLessThanOrEqual(2 * 64 + 15)
})

test('a step of ConvLSTM2D is two dispatches a time step and at most twenty', async () => {
  const [time, batch] = [8, 2]
  const model = Sequential([ConvLSTM2D(8, 3, { inputShape: [time, 13, 12, 2] }), Flatten(), Dense(1)])
  model.compile({ loss: 'mse', optimizer: 'adam' })
  const steps = 1 + TOGETHER
  const x = uniform([steps * batch, time, 13, 12, 2], -1, 1)
  const y = uniform([steps * batch, 1], -1, 1, 2)
  calls.length = 0
  await model.fit(x, y, { batchSize: batch, verbose: 0 })
  const { dispatches } = model.plan({ batchSize: batch, training: true })
  expect(dispatches).toBeLessThanOrEqual(2 * time + 20)
  expectSteady(countSteps(calls), dispatches, steps)
  model.dispose()
})

test('a step of self-attention is as many dispatches at any number of heads and any length', async () => {
  const make = (heads: number, time: number) => {
    const input = Input([time, FEATURES])
    const model = Model(input, MultiHeadAttention(heads, 3)(input, input, { useCausalMask: true }))
    model.compile({ loss: 'mse', optimizer: 'adam' })
    return model
  }
  const counts = (heads: number, time: number) =>
    [false, true].map((training) => make(heads, time).plan({ batchSize: 2, training }).dispatches)
  expect(counts(4, 6)).toEqual([9, 21])
  expect(counts(1, 40)).toEqual([9, 21])
  const [steps, batch, time] = [1 + TOGETHER, 8, 64]
  const model = make(4, time)
  const x = uniform([steps * batch, time, FEATURES], -1, 1)
  calls.length = 0
  await model.fit(x, x, { batchSize: batch, verbose: 0 })
  expectSteady(countSteps(calls), 21, steps)
  model.dispose()
})
