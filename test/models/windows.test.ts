/** Windows of a series, which lies on the device once: a model makes of them what it makes of their batches. */
import { afterAll, describe, expect, test } from 'vitest'
import { type TimeseriesOptions, timeseriesDatasetFromArray } from '../../src/data/index.ts'
import {
  Dense,
  Embedding,
  LSTM,
  Sequential,
  type SequentialModel,
  setBackend,
  setSeed,
  tensor,
} from '../../src/index.ts'
import { onEachBackend } from '../support/backends.ts'
import { expectError, untyped } from '../support/expectError.ts'
import { requestTestDevice } from '../support/gpu.ts'
import { quiet, weightsOf } from '../support/models.ts'
import { recordDevice } from '../support/recordDevice.ts'
import { uniform } from '../support/values.ts'

const device = await requestTestDevice()
const { buffers } = recordDevice(device)
afterAll(() => setBackend('cpu'))

const series = uniform([60, 3], -1, 1, 1)
const targets = uniform([60, 2], -1, 1, 2)
const LENGTH = 5

function lstm(): SequentialModel {
  setSeed(7)
  const model = Sequential([LSTM(3, { inputShape: [LENGTH, 3] }), Dense(2)])
  model.compile({ loss: 'mse', optimizer: 'adam' })
  return model
}

const dataset = (options: TimeseriesOptions) =>
  timeseriesDatasetFromArray(series, targets, LENGTH, { batchSize: 8, ...options })

onEachBackend(() => {
  test.each<[string, TimeseriesOptions]>([
    ['every window', {}],
    [
      'some time steps of some windows of a part',
      { samplingRate: 2, sequenceStride: 3, startIndex: 4, endIndex: 55 },
    ],
    ['windows apart from each other', { sequenceStride: 7 }],
    ['shuffled', { shuffle: true, seed: 4 }],
  ])('%s: fit, validation, evaluate and predict', async (_, options) => {
    const [resident, streamed] = [lstm(), lstm()]
    const batches = dataset(options)
    const stream = { [Symbol.iterator]: () => batches[Symbol.iterator]() }
    const held = dataset({ ...options, shuffle: false })
    const inOrder = { [Symbol.iterator]: () => held[Symbol.iterator]() }
    const { history } = await resident.fit(dataset(options), null, {
      ...quiet,
      epochs: 3,
      validationData: held,
    })
    const expected = await streamed.fit(stream, null, { ...quiet, epochs: 3, validationData: inOrder })
    expect(history).toEqual(expected.history)
    expect(await weightsOf(resident)).toEqual(await weightsOf(streamed))
    expect(await resident.evaluate(held, null, quiet)).toEqual(await streamed.evaluate(inOrder, null, quiet))
    expect(await resident.predict(held)).toEqual(await streamed.predict(inOrder))
    expect(await resident.predict(held, { steps: 1 })).toEqual(await streamed.predict(inOrder, { steps: 1 }))
    for (const model of [resident, streamed]) model.dispose()
  })

  test('class weights, ids as inputs, and targets in the memory of the series', async () => {
    const ids = Float32Array.from({ length: 40 }, (_, i) => (i * i) % 5)
    const words = timeseriesDatasetFromArray(ids.subarray(0, -4), ids.subarray(4), 4, { batchSize: 6 })
    const build = (): SequentialModel => {
      setSeed(1)
      const model = Sequential([
        Embedding(5, 2, { inputShape: [4] }),
        LSTM(2),
        Dense(5, { activation: 'softmax' }),
      ])
      model.compile({ loss: 'sparse_categorical_crossentropy', optimizer: 'sgd' })
      return model
    }
    const [resident, streamed] = [build(), build()]
    const options = { ...quiet, classWeight: { 0: 2, 1: 0.5 } }
    const { history } = await resident.fit(words, null, options)
    const expected = await streamed.fit({ [Symbol.iterator]: () => words[Symbol.iterator]() }, null, options)
    expect(history).toEqual(expected.history)
    for (const model of [resident, streamed]) model.dispose()
  })
})

describe('a series of a million time steps', () => {
  const STEPS = 1_000_000
  const long = Float32Array.from({ length: STEPS + 100 }, (_, i) => Math.sin(i / 50))
  const windows = (options: TimeseriesOptions = {}) =>
    timeseriesDatasetFromArray(long.subarray(0, STEPS), long.subarray(100), 100, {
      batchSize: 128,
      ...options,
    })
  const build = (): SequentialModel => {
    const model = Sequential([Dense(1, { inputShape: [100] })])
    model.compile({ loss: 'mse', optimizer: 'sgd' })
    return model
  }
  const onDevice = (): number =>
    [...buffers].reduce((sum, { label, size }) => sum + (label === 'recurra read-back' ? 0 : size), 0)

  test('takes a tenth more memory at most', async () => {
    await setBackend('webgpu', { device })
    const before = onDevice()
    const model = build()
    await model.fit(windows({ shuffle: true, seed: 1 }), null, { ...quiet, stepsPerEpoch: 300 })
    expect(onDevice() - before).toBeLessThan(1.1 * 4 * STEPS)
    model.dispose()
  })

  test('is evaluated part by part, to the same mean', async () => {
    await setBackend('cpu')
    const model = build()
    const loss = await model.evaluate(windows({ sequenceStride: 20 }), null, quiet)
    const x = windows({ sequenceStride: 20, batchSize: 49_996 })
    const [[all, y] = []] = [...x]
    expect(loss).toBe(await model.evaluate(all ?? [], y ?? [], { ...quiet, batchSize: 128 }))
    model.dispose()
  })
})

test.each([
  [
    'y',
    () => lstm().fit(dataset({}), targets as never, quiet),
    'Model "sequential".fit: expected no y beside a stream of batches, got Tensor [60, 2]. Let the stream give [x, y].',
  ],
  [
    'a batch size',
    () => lstm().evaluate(dataset({}), null, untyped({ ...quiet, batchSize: 2 })),
    'Model "sequential".evaluate: expected no batchSize beside a stream of batches, got 2. A batch is what the stream gives.',
  ],
  [
    'NaN',
    () =>
      lstm().fit(
        timeseriesDatasetFromArray(tensor(new Float32Array(60).fill(Number.NaN), [20, 3]), targets, LENGTH),
        null,
        quiet,
      ),
    'Model "sequential".fit, x[0][0]: expected a finite number, got NaN. Fill or drop missing values, and texts, such as the heading of a table.',
  ],
] as const)('%s is refused', (_, attempt, message) => expectError(attempt, message))
