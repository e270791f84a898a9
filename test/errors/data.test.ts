/** What fit, evaluate and predict say to wrong data, and that the model is as it was before. */
import { beforeAll, describe, expect, test } from 'vitest'
import {
  type Data,
  Dense,
  Input,
  type LossName,
  LSTM,
  Model,
  Sequential,
  type SequentialModel,
  setBackend,
  tensor,
} from '../../src/index.ts'
import { type ErrorCase, expectError, untyped } from '../support/expectError.ts'
import { quiet, weightsOf } from '../support/models.ts'
import { uniform } from '../support/values.ts'

beforeAll(async () => {
  await setBackend('cpu')
})

function line(): SequentialModel {
  const model = Sequential([Dense(1, { inputShape: [3] })])
  model.compile({ loss: 'mse', optimizer: 'sgd' })
  return model
}
function classifier(loss: LossName): SequentialModel {
  const model = Sequential([Dense(3, { inputShape: [2], activation: 'softmax' })])
  model.compile({ loss, optimizer: 'sgd' })
  return model
}
function stateful(): SequentialModel {
  const model = Sequential([LSTM(2, { batchShape: [2, 2, 1], stateful: true })])
  model.compile({ loss: 'mse', optimizer: 'sgd' })
  return model
}
function twoByTwo() {
  const [a, b] = [Input([2], { name: 'a' }), Input([2], { name: 'b' })]
  const model = Model([a, b], [Dense(1, { name: 'one' })(a), Dense(1, { name: 'two' })(b)])
  model.compile({ loss: 'mse', optimizer: 'sgd' })
  return model
}
const x = [
  [1, 2, 3],
  [4, 5, 6],
]
const y = [[1], [2]]
const FIT = 'Model "sequential".fit'

const shapes: ErrorCase[] = [
  [
    'other features',
    () =>
      line().fit(
        [
          [1, 2],
          [3, 4],
        ],
        y,
      ),
    `${FIT}, x: expected input [batch, 3], got [2, 2].`,
  ],
  [
    'too many axes',
    () => line().fit([x], y),
    `${FIT}, x: expected input [batch, 3], got [1, 2, 3]. Give the array without one around it.`,
  ],
  [
    'a sample without its batch',
    () => line().predict([1, 2, 3]),
    'Model "sequential".predict, x: expected input [batch, 3], got [3]. Put the sample in an array: [sample].',
  ],
  [
    'targets of another size',
    () => line().fit(x, x),
    `${FIT}, y: expected targets [batch, 1] for predictions [batch, 1], got [2, 3].`,
  ],
  [
    'fewer targets',
    () => line().fit(x, [[1]]),
    `${FIT}: expected as many targets and weights as inputs, got 2 and 1.`,
  ],
  ['no samples', () => line().fit([], []), `${FIT}, x: expected at least one sample, got none.`],
  [
    'an empty tensor',
    () => line().predict(tensor([], [0, 3])),
    'Model "sequential".predict, x: expected at least one sample, got none.',
  ],
  [
    'one-hot targets for a sparse loss',
    () => classifier('sparse_categorical_crossentropy').fit([[1, 2]], [[0, 1, 0]]),
    `${FIT}, y: expected targets [batch] for predictions [batch, 3], got [1, 3]. ` +
      "Targets are one-hot: use 'categorical_crossentropy', or give class indices.",
  ],
  [
    'a class that is not there',
    () => classifier('sparse_categorical_crossentropy').fit([[1, 2]], [3]),
    `${FIT}, y[0]: expected a class index from 0 to 2, got 3.`,
  ],
  [
    'indices for a one-hot loss',
    () => classifier('categorical_crossentropy').fit([[1, 2]], [1]),
    `${FIT}, y: expected targets [batch, 3] for predictions [batch, 3], got [1]. ` +
      "Targets are class indices: use 'sparse_categorical_crossentropy', or make them one-hot by toCategorical.",
  ],
  [
    'one of two inputs',
    () => twoByTwo().predict([[[1, 2]]]),
    'Model "functional".predict, x: expected 2 arrays (a, b), got 1.',
  ],
  [
    'an input of another name',
    () => twoByTwo().predict({ a: [[1, 2]], c: [[1, 2]] }),
    'Model "functional".predict, x: expected the names a, b, got a, c.',
  ],
  [
    'a second input of another shape',
    () => twoByTwo().predict([[[1, 2]], [[1, 2, 3]]]),
    'Model "functional".predict, x "b": expected input [batch, 2], got [1, 3].',
  ],
  [
    'samples that do not fill batches of a stateful model',
    () => stateful().fit(uniform([3, 2, 1], 0, 1), uniform([3, 2], 0, 1)),
    `${FIT}: expected batches of 2 samples, to which the model is fixed, got 3 samples. Give 2 samples, or a multiple of that.`,
  ],
  [
    'a batch size that a stateful model does not have',
    () => stateful().fit(uniform([4, 2, 1], 0, 1), uniform([4, 2], 0, 1), { batchSize: 4 }),
    `${FIT}: expected batches of 2 samples, to which the model is fixed, got batchSize 4. Give 2 samples, or a multiple of that.`,
  ],
  [
    'a batch of another size for a stateful model',
    () => stateful().trainOnBatch(uniform([4, 2, 1], 0, 1), uniform([4, 2], 0, 1)),
    'Model "sequential".trainOnBatch: expected a batch of 2 samples, to which the model is fixed, got 4.',
  ],
]

const REMEDY = 'Fill or drop missing values, and texts, such as the heading of a table.'
const values: ErrorCase[] = [
  [
    'NaN in x',
    () =>
      line().fit(
        [
          [1, 2, 3],
          [4, Number.NaN, 6],
        ],
        y,
      ),
    `${FIT}, x[1][1]: expected a finite number, got NaN. ${REMEDY}`,
  ],
  [
    'Infinity in y',
    () => line().fit(x, [[1], [Number.POSITIVE_INFINITY]]),
    `${FIT}, y[1][0]: expected a finite number, got Infinity. ${REMEDY}`,
  ],
  [
    'NaN in the second input',
    () => twoByTwo().predict([[[1, 2]], [[1, Number.NaN]]]),
    `Model "functional".predict, x "b"[0][1]: expected a finite number, got NaN. ${REMEDY}`,
  ],
  [
    'NaN in weights',
    () => line().fit(x, y, { sampleWeight: [1, Number.NaN] }),
    `${FIT}, sampleWeight[1]: expected a finite number, got NaN. ${REMEDY}`,
  ],
  [
    'rows of different lengths',
    () =>
      line().fit(
        [
          [1, 2, 3],
          [4, 5],
        ],
        y,
      ),
    `${FIT}, x[1]: expected an array of length 3, as the first one, got one of length 2. padSequences makes them equally long.`,
  ],
  [
    'texts',
    () => line().fit(untyped([['a', 'b', 'c']]), y),
    `${FIT}, x[0][0]: expected a number, got "a". Encode texts as numbers first.`,
  ],
  [
    'a typed array without its shape',
    () => line().fit(untyped(new Float32Array(6)), y),
    `${FIT}, x: expected input [batch, 3], got [6]. Give flat data their shape: tensor(data, [samples, 3]).`,
  ],
  ['no x', () => line().fit(untyped(undefined), y), `${FIT}, x: expected data, got undefined.`],
  ['no y', () => line().fit(x, untyped(undefined)), `${FIT}, y: expected data, got undefined.`],
  [
    'a text',
    () => line().fit(untyped('data'), y),
    `${FIT}, x: expected nested arrays or tensor(data, shape), got "data".`,
  ],
]

const weights: ErrorCase[] = [
  [
    'fewer weights',
    () => line().fit(x, y, { sampleWeight: [1] }),
    `${FIT}: expected as many targets and weights as inputs, got 2 and 2 and 1.`,
  ],
  [
    'weights of another shape',
    () => line().fit(x, y, { sampleWeight: x }),
    `${FIT}, sampleWeight: expected [samples], got [2, 3].`,
  ],
  [
    'both weights',
    () => line().fit(x, y, { sampleWeight: [1, 1], classWeight: { 0: 1 } }),
    `${FIT}: expected either sampleWeight or classWeight, got both.`,
  ],
  [
    'a class that is no index',
    () => line().fit(x, y, { classWeight: untyped({ cat: 1 }) }),
    `${FIT}, classWeight: expected finite numbers by class index, got cat: 1.`,
  ],
]

describe.each([
  ['shapes', shapes],
  ['values', values],
  ['weights', weights],
])('%s', (_what, cases) => {
  test.each(cases)('%s', (_case, attempt, message) => expectError(attempt, message))
})

test('bad data leave weights, the optimizer and the counting of seeds as they were', async () => {
  const model = line()
  await model.fit(x, y, quiet)
  const before = await weightsOf(model)
  const wrong: readonly (readonly [Data, Data])[] = [
    [[[1, Number.NaN, 3]], [[1]]],
    [x, [[1]]],
    [[[1, 2]], [[1]]],
  ]
  for (const [data, targets] of wrong) {
    await expect(model.fit(data, targets, quiet)).rejects.toThrow('expected')
    await expect(model.trainOnBatch(data, targets)).rejects.toThrow('expected')
  }
  expect(await weightsOf(model)).toEqual(before)
  expect(model.optimizer?.iterations).toBe(1)
})

test('bad calls leave a running fit alone', async () => {
  const plain = line()
  const disturbed = line()
  disturbed.setWeights(await plain.getWeights())
  const training = { ...quiet, epochs: 5, shuffle: false }
  const { history } = await plain.fit(x, y, training)
  const running = disturbed.fit(x, y, training)
  await expect(disturbed.fit(x, y, training)).rejects.toThrow('no other fit')
  await expect(disturbed.predict([[1, 2]])).rejects.toThrow('expected input')
  await expect(disturbed.evaluate(x, [[Number.NaN], [1]])).rejects.toThrow('finite')
  expect(() => disturbed.setWeights([])).toThrow('expected 2 arrays')
  expect((await running).history).toEqual(history)
  expect(await weightsOf(disturbed)).toEqual(await weightsOf(plain))
})
