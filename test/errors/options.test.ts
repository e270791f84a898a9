/** Options that were ignored once, each with what it does now. */
import { beforeAll, expect, test } from 'vitest'
import {
  BatchNormalization,
  BinaryAccuracy,
  Conv1D,
  Dense,
  Input,
  LSTM,
  Model,
  Sequential,
  type SequentialModel,
  setBackend,
  tensor,
} from '../../src/index.ts'
import { type ErrorCase, expectError, untyped } from '../support/expectError.ts'
import { quiet, weightsOf } from '../support/models.ts'

beforeAll(async () => {
  await setBackend('cpu')
})

function line(metrics: readonly ReturnType<typeof BinaryAccuracy>[] = []): SequentialModel {
  const model = Sequential([Dense(1, { inputShape: [1], kernelInitializer: 'ones' })])
  model.compile({ loss: 'mse', optimizer: 'sgd', metrics })
  return model
}
const numbers = [0.1, 0.2, 0.3, 0.4, 0.5]
const column = tensor(numbers, [5, 1])
async function* stream() {
  yield [column, column]
}
const refused: ErrorCase[] = [
  ['the word of Keras 1', () => LSTM(untyped({ output_dim: 3 })), "'output_dim'. It is called 'units' now."],
  [
    'batch_input_shape',
    () => LSTM(3, untyped({ batch_input_shape: [1, 2, 3] })),
    "'batch_input_shape'. It is called 'batchShape' now.",
  ],
  [
    'nb_epoch',
    () => line().fit(numbers, numbers, untyped({ nb_epoch: 3 })),
    "'nb_epoch'. It is called 'epochs' now.",
  ],
  [
    'training that is no word of the two',
    () => LSTM(3)(Input([2, 3]), untyped({ training: 1 })),
    'expected training to be true or false, got 1',
  ],
  [
    'sampleWeight beside a stream',
    () => line().fit(stream(), null, untyped({ sampleWeight: numbers, ...quiet })),
    'no sampleWeight beside a stream',
  ],
  [
    'validationSplit beside a stream',
    () => line().fit(stream(), null, untyped({ validationSplit: 0.5, ...quiet })),
    'no validationSplit beside a stream',
  ],
  [
    'states for none',
    () => line().resetStates([[1]]),
    'expected 0 states, got 1. Only layers with stateful: true',
  ],
  ['a number for states', () => line().resetStates(untyped(1)), 'expected a list of states'],
]
test.each(refused)('refused: %s', async (_what, attempt, part) => {
  await expect(Promise.resolve().then(attempt)).rejects.toThrow(part)
})

test('null is what is left out, as None is in Keras', async () => {
  const none = {
    batchSize: null,
    callbacks: null,
    validationData: null,
    sampleWeight: null,
    classWeight: null,
  }
  const [given, left] = [line(), line()]
  await given.fit(numbers, numbers, { ...none, stepsPerEpoch: null, shuffle: false, ...quiet })
  await left.fit(column, column, { shuffle: false, ...quiet })
  expect(await weightsOf(given)).toEqual(await weightsOf(left))
})

test('with fewer steps than batches an epoch goes on where the last one stopped', async () => {
  const batches: number[] = []
  const model = line()
  await model.fit(numbers, numbers, {
    batchSize: 1,
    epochs: 3,
    stepsPerEpoch: 2,
    shuffle: false,
    callbacks: { onTrainBatchEnd: (batch) => batches.push(batch) },
    ...quiet,
  })
  expect(batches).toEqual([0, 1, 0, 1, 0])
  const whole = line()
  await whole.fit(numbers, numbers, { batchSize: 1, shuffle: false, ...quiet })
  expect(await weightsOf(model)).toEqual(await weightsOf(whole))
})

test('classWeight weighs a stream as it does arrays, as an object or a Map', async () => {
  const targets = tensor([0, 1, 0, 1, 1], [5, 1])
  const trained = async (run: (model: SequentialModel) => Promise<unknown>): Promise<number[]> => {
    const model = line()
    await run(model)
    return weightsOf(model)
  }
  const expected = await trained((m) =>
    m.fit(column, targets, { classWeight: { 0: 1, 1: 7 }, shuffle: false, ...quiet }),
  )
  const map = new Map([[1, 7]])
  expect(
    await trained((m) => m.fit(column, targets, { classWeight: map, shuffle: false, ...quiet })),
  ).toEqual(expected)
  expect(
    await trained((m) => m.fit([[column, targets]].values(), null, { classWeight: map, ...quiet })),
  ).toEqual(expected)
})

test('names that objects inherit are names like others', async () => {
  const { history } = await line([
    BinaryAccuracy({ name: 'constructor' }),
    BinaryAccuracy({ name: '__proto__' }),
  ]).fit(numbers, numbers, { epochs: 2, ...quiet })
  expect(Object.keys(history).sort()).toEqual(['__proto__', 'constructor', 'loss'])
  expect(Object.values(history).map((values) => values?.length)).toEqual([2, 2, 2])
})

test('training: false on a call keeps a normalization as it is in predictions', async () => {
  const input = Input([1])
  const model = Model(input, BatchNormalization({ momentum: 0 })(input, { training: false }))
  model.compile({ loss: 'mse', optimizer: 'sgd' })
  await model.fit(numbers, numbers, quiet)
  const [, , mean, variance] = await model.getWeights()
  expect([mean?.toArray(), variance?.toArray()]).toEqual([[0], [1]])
})

test('layers are made by position or by keyword', () => {
  const shapeOf = (layer: ReturnType<typeof Conv1D>) => layer(Input([5, 2])).shape
  expect(shapeOf(Conv1D({ filters: 3, kernelSize: 2 }))).toEqual([null, 4, 3])
  expect(shapeOf(Conv1D(3, { kernelSize: 2 }))).toEqual(shapeOf(Conv1D(3, 2)))
  expect(LSTM({ units: 3 })(Input([5, 2])).shape).toEqual([null, 3])
  expect(Dense({ units: 1 })(Input([2])).shape).toEqual([null, 1])
})

test('tensor takes nested arrays and big integers', async () => {
  expect(
    tensor([
      [1, 2],
      [3, 4],
    ]).shape,
  ).toEqual([2, 2])
  expect(tensor(new BigInt64Array([1n, -2n])).toArray()).toEqual([1, -2])
  await expectError(
    () => tensor(untyped(['1', 'x'])),
    'tensor, data[0]: expected a number, got "1". Write Number("1").',
  )
  await expectError(
    () =>
      tensor(
        [
          [1, 2],
          [3, 4],
        ],
        [2],
      ),
    'tensor: expected a shape of 4 values, got [2].',
  )
})

test('a first layer is not told of a layer before it', () =>
  expectError(
    () => Sequential([LSTM(3, { inputShape: [10] })]),
    'LSTM "lstm": expected input [batch, timesteps, features], got [batch, 10]. ' +
      'Give the input time steps: [10, 1] if these are steps, [1, 10] if they are the features of one.',
  ))
