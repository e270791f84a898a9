/** What fit, evaluate and the calls on batches are told besides data, and models that take their shapes from the first batch. */
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest'
import { Dataset } from '../../src/data/index.ts'
import {
  Dense,
  Input,
  type LayersModel,
  Model,
  Sequential,
  type SequentialModel,
  type SymbolicTensor,
  setSeed,
} from '../../src/index.ts'
import { onEachBackend } from '../support/backends.ts'
import { quiet, rowsOf } from '../support/models.ts'
import { uniform } from '../support/values.ts'
import { WatchedStream } from '../support/watchedStream.ts'

const [x, y] = [uniform([12, 3], -1, 1, 1), uniform([12, 1], -1, 1, 2)]
const batches = [0, 4, 8].map((from) => [rowsOf(x, from, from + 4), rowsOf(y, from, from + 4)])
const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined)
afterEach(() => void warn.mockClear())
afterAll(() => warn.mockRestore())

function line(): SequentialModel {
  setSeed(7)
  const model = Sequential([Dense(1, { inputShape: [3] })])
  model.compile({ loss: 'mse', optimizer: 'adam', metrics: ['mae'] })
  return model
}

onEachBackend(() => {
  test('numbers by name', async () => {
    const model = line()
    const list = await model.evaluate(x, y, quiet)
    const byName = await model.evaluate(x, y, { ...quiet, returnDict: true })
    expect(model.metricsNames.map((name) => byName[name])).toEqual(list)
    expect(Object.keys(byName)).toEqual(['loss', 'mae'])
    expect(await model.testOnBatch(x, y, { returnDict: true })).toEqual(byName)
    expect(await model.trainOnBatch(x, y, { returnDict: true })).toEqual(byName)
  })
})

test('steps without a batch size go through all samples, as in Keras', async () => {
  const model = line()
  const { params } = await model.fit(x, y, { ...quiet, stepsPerEpoch: 5 })
  expect([params.steps, model.optimizer?.iterations]).toEqual([4, 4])
  expect(String(warn.mock.calls[0])).toMatch(/expected samples for 5 steps an epoch, got 4 batches/)
  warn.mockClear()
  const { params: given } = await line().fit(x, y, { ...quiet, batchSize: 4, stepsPerEpoch: 7, epochs: 2 })
  expect(given.steps).toBe(3)
  expect(String(warn.mock.calls[0])).toMatch(/expected samples for 7 steps an epoch, got 3 batches/)
  const inThrees = await model.evaluate(x, y, { ...quiet, batchSize: 3 })
  expect(await model.evaluate(x, y, { ...quiet, steps: 5 })).toEqual(inThrees)
  expect((await model.predict(x, { steps: 5 })).shape).toEqual([12, 1])
})

test('validation after the epochs of a list', async () => {
  const { history, epoch } = await line().fit(x, y, {
    ...quiet,
    epochs: 5,
    validationData: [x, y],
    validationFreq: [2, 5],
  })
  expect([epoch.length, history.val_loss?.length]).toEqual([5, 2])
})

class Net extends Model {
  readonly out = Dense(1)

  override call(inputs: SymbolicTensor): SymbolicTensor {
    return this.out(inputs)
  }
}

describe.each<[name: string, make: () => LayersModel]>([
  ['a Sequential without an input', () => Sequential([Dense(1)])],
  ['a class of models', () => new Net()],
])('%s', (_name, make) => {
  test('is built by the first batch of a stream, which is the first of the call', async () => {
    for (const first of ['fit', 'evaluate', 'predict'] as const) {
      const stream = new WatchedStream(batches)
      const model = make()
      model.compile({ loss: 'mse', optimizer: 'sgd' })
      if (first === 'predict') expect((await model.predict(stream as never)).shape).toEqual([12, 1])
      else if (first === 'fit') await model.fit(stream as never, quiet)
      else await model.evaluate(stream as never, quiet)
      expect(stream.events).toEqual(['read 0', 'read 1', 'read 2'])
      expect([stream.opened, stream.closed]).toEqual([1, 1])
      expect(model.countParams()).toBe(4)
    }
    await expect(make().predict(new Set<never>())).rejects.toThrow(/got a stream that has ended, or is empty/)
  })
})

test('one weight a sample for all outputs, and no weights of classes beside', async () => {
  setSeed(3)
  const input = Input([3])
  const model = Model(input, [Dense(1)(input), Dense(2)(input)])
  model.compile({ loss: 'mse', optimizer: 'sgd' })
  const [targets, weights] = [[y, uniform([12, 2], -1, 1, 4)], [...uniform([12], 0, 1, 5).data]]
  const both = await model.evaluate(x, targets, { ...quiet, sampleWeight: [weights, weights] })
  expect(await model.evaluate(x, targets, { ...quiet, sampleWeight: weights })).toEqual(both)
  expect(model.metricsNames).toHaveLength([both].flat().length)
  for (const [classWeight, sampleWeight, message] of [
    [{ 0: 2 }, weights, 'either sampleWeight or classWeight, got both'],
    [{ 0: 2 }, null, 'classWeight with a single output, got 2 outputs'],
  ] as const)
    await expect(model.fit(x, targets, { ...quiet, classWeight, sampleWeight })).rejects.toThrow(message)
})

describe('a Dataset', () => {
  const ordered = () => Dataset.fromTensorSlices([x, y]).batch(4)

  test('is as arrays in each call, and says how many batches it has', async () => {
    const [streamed, plain] = [line(), line()]
    const options = { ...quiet, epochs: 2, batchSize: 4, shuffle: false, validationData: [x, y] as const }
    const { history, params } = await streamed.fit(ordered(), null, {
      ...quiet,
      epochs: 2,
      validationData: ordered(),
    })
    expect(history).toEqual((await plain.fit(x, y, options)).history)
    expect(params.steps).toBe(3)
    expect(await streamed.evaluate(ordered(), null, quiet)).toEqual(
      await plain.evaluate(x, y, { ...quiet, batchSize: 4 }),
    )
    expect(await streamed.predict(ordered())).toEqual(await plain.predict(x, { batchSize: 4 }))
  })

  test('without end needs a number of batches', async () => {
    const model = line()
    const endless = () => ordered().repeat()
    for (const [call, option] of [
      [() => model.fit(endless(), null, quiet), 'stepsPerEpoch'],
      [() => model.fit(x, y, { ...quiet, validationData: endless() }), 'validationSteps'],
      [() => model.evaluate(endless(), null, quiet), 'steps'],
      [() => model.predict(endless()), 'steps'],
    ] as const)
      await expect(call()).rejects.toThrow(`expected ${option} beside a stream without end`)
    await model.fit(endless(), null, {
      ...quiet,
      stepsPerEpoch: 2,
      epochs: 2,
      validationData: endless(),
      validationSteps: 1,
    })
    expect(model.optimizer?.iterations).toBe(4)
    expect((await model.predict(endless(), { steps: 2 })).shape).toEqual([8, 1])
  })
})
