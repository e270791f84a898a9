/** Training on batches as they come: iterables, async ones, streams that end and that go on. */
import { expect, test } from 'vitest'
import { Dense, LSTM, Sequential, type SequentialModel, setSeed, type Tensor } from '../../src/index.ts'
import { onEachBackend } from '../support/backends.ts'
import { quiet, rowsOf, weightsOf } from '../support/models.ts'
import { uniform } from '../support/values.ts'

const [x, y] = [uniform([10, 3], -1, 1, 1), uniform([10, 1], -1, 1, 2)]
const batches: [Tensor, Tensor][] = [0, 4, 8].map((from) => {
  const to = Math.min(10, from + 4)
  return [rowsOf(x, from, to), rowsOf(y, from, to)]
})

function line(): SequentialModel {
  setSeed(7)
  const model = Sequential([Dense(1, { inputShape: [3] })])
  model.compile({ loss: 'mse', optimizer: 'adam' })
  return model
}

onEachBackend(() => {
  test('an epoch of a stream is one iteration, and as a fit on arrays', async () => {
    const [streamed, plain] = [line(), line()]
    const fromStream = await streamed.fit(new Set(batches), undefined, { ...quiet, epochs: 2 })
    const { history } = await plain.fit(x, y, { ...quiet, batchSize: 4, epochs: 2, shuffle: false })
    expect(fromStream.history).toEqual(history)
    expect(await weightsOf(streamed)).toEqual(await weightsOf(plain))
  })

  test('a stream that goes on is cut by stepsPerEpoch', async () => {
    async function* forever() {
      for (;;) yield* batches
    }
    const model = line()
    const { history } = await model.fit(forever(), undefined, { ...quiet, epochs: 2, stepsPerEpoch: 4 })
    expect(history.loss).toHaveLength(2)
    expect(model.optimizer?.iterations).toBe(8)
  })
})

test.each([
  [
    'y beside a stream',
    (model: SequentialModel) => model.fit(new Set(batches), y as never),
    'no y beside a stream of batches',
  ],
  [
    'a batch without targets',
    (model: SequentialModel) => model.fit(new Set([[x]]), undefined),
    'batch 0: expected [x, y] or [x, y, sampleWeight]',
  ],
  [
    'a stream that cannot begin again',
    (model: SequentialModel) => model.fit(batches.values(), undefined, { ...quiet, epochs: 2 }),
    'expected batches for epoch 2, got a stream that has ended',
  ],
])('%s is an error', async (_what, train, message) => {
  await expect(train(line())).rejects.toThrow(message)
})

test('a stream of batches of another size than a stateful model’s is an error', async () => {
  const model = Sequential([LSTM(1, { batchShape: [2, 2, 1], stateful: true })])
  model.compile({ loss: 'mse', optimizer: 'sgd' })
  const batch = [uniform([3, 2, 1], -1, 1), uniform([3, 1], -1, 1)]
  await expect(model.fit(new Set([batch]), undefined)).rejects.toThrow(
    'expected 2 samples, to which the model is fixed, got 3',
  )
})
