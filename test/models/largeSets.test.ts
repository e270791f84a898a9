/** Data sets that no buffer of the device holds: the same bits as if one did. */
import { describe, expect, test } from 'vitest'
import { backendFor } from '../../src/backends/select.ts'
import { type TimeseriesOptions, timeseriesDatasetFromArray } from '../../src/data/index.ts'
import {
  Dense,
  GlobalAveragePooling1D,
  Input,
  Model,
  Sequential,
  type SequentialModel,
  setSeed,
} from '../../src/index.ts'
import { onEachBackend } from '../support/backends.ts'
import { quiet, weightsOf } from '../support/models.ts'
import { uniform } from '../support/values.ts'

/** Bytes of a buffer at most: as many as the scalars of steps take. */
const LIMIT = 2 ** 16
const ROWS = 500
const [x, y] = [uniform([ROWS, 101], -1, 1, 1), uniform([ROWS, 1], -1, 1, 2)]

/** What a call gives where a buffer is at most so large. */
async function withBuffersOf<T>(bytes: number, call: () => Promise<T>): Promise<T> {
  const backend = await backendFor(() => 1)
  const { traits } = backend
  const limit = (maxBufferBytes: number): void => {
    Object.defineProperty(backend, 'traits', {
      value: { ...traits, maxBufferBytes },
      configurable: true,
      writable: true,
    })
  }
  limit(bytes)
  try {
    return await call()
  } finally {
    limit(traits.maxBufferBytes)
  }
}

function line(): SequentialModel {
  setSeed(7)
  const model = Sequential([Dense(1, { inputShape: [101] })])
  model.compile({ loss: 'mse', optimizer: 'adam', metrics: ['mae'] })
  return model
}

/** Windows of a series that a buffer of LIMIT bytes does not hold. */
const windows = (options: TimeseriesOptions = {}) =>
  timeseriesDatasetFromArray(uniform([20_000], -1, 1, 4), uniform([20_000], -1, 1, 5), 101, {
    sequenceStride: 50,
    batchSize: 32,
    ...options,
  })

/** Each call on more data than a buffer of LIMIT bytes holds. */
const calls: Readonly<Record<string, () => Promise<unknown>>> = {
  'fit, shuffled': async () => {
    const model = line()
    const { history } = await model.fit(x, y, { ...quiet, batchSize: 32, epochs: 3 })
    return [history, await weightsOf(model)]
  },
  'fit, evaluate and predict on windows': async () => {
    const model = line()
    const held = windows({ samplingRate: 2 })
    const options = { ...quiet, epochs: 2, validationData: held }
    const { history } = await model.fit(windows({ shuffle: true, seed: 3 }), null, options)
    return [history, await model.evaluate(held, null, quiet), await model.predict(held)]
  },
  'fit in order, weighted, by parts of a pass': async () => {
    const model = line()
    const sampleWeight = [...uniform([ROWS], 0, 1, 3).data]
    const options = { ...quiet, batchSize: 8, epochs: 5, stepsPerEpoch: 20, shuffle: false, sampleWeight }
    const { history } = await model.fit(x, y, options)
    return [history, await weightsOf(model)]
  },
  'fit, validated, with a hook of batches': async () => {
    const losses: unknown[] = []
    const onTrainBatchEnd = (_batch: number, logs: unknown): void => void losses.push(logs)
    const options = { ...quiet, batchSize: 50, validationSplit: 0.5, callbacks: { onTrainBatchEnd } }
    return [(await line().fit(x, y, options)).history, losses]
  },
  evaluate: () => line().evaluate(x, y, { ...quiet, batchSize: 7, steps: 70 }),
  predict: async () => (await line().predict(x)).data,
  'sequences of two lengths': async () => {
    const input = Input([null, 20])
    setSeed(7)
    const model = Model(input, Dense(1)(GlobalAveragePooling1D()(input)))
    model.compile({ loss: 'mse', optimizer: 'sgd' })
    const sequences = Array.from({ length: 200 }, (_, i) => uniform([4 + (i % 2), 20], -1, 1, i))
    const targets = Array.from({ length: 200 }, (_, i) => [i / 200])
    const { history } = await model.fit(sequences, targets, { ...quiet, batchSize: 16, epochs: 2 })
    return [history, await model.evaluate(sequences, targets, quiet), (await model.predict(sequences)).data]
  },
}

onEachBackend(() => {
  describe('as with buffers of any size', () => {
    test.each(Object.entries(calls))('%s', async (_name, call) => {
      const expected = await call()
      expect(await withBuffersOf(LIMIT, call)).toEqual(expected)
    })
  })
})
