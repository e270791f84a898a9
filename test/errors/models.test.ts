/** What models say to wrong compile settings, weights, and calls at the wrong time. */
import { beforeAll, expect, test } from 'vitest'
import {
  Adam,
  Dense,
  LSTM,
  Sequential,
  type SequentialModel,
  SGD,
  setBackend,
  setSeed,
  tensor,
} from '../../src/index.ts'
import { type ErrorCase, expectError, untyped } from '../support/expectError.ts'
import { weightsOf } from '../support/models.ts'

beforeAll(async () => {
  await setBackend('cpu')
})

function line(): SequentialModel {
  const model = Sequential([Dense(1, { inputShape: [3] })])
  model.compile({ loss: 'mse', optimizer: 'sgd' })
  return model
}
const [x, y] = [[[1, 2, 3]], [[1]]]

const compiling: ErrorCase[] = [
  [
    'no compile',
    () => Sequential([Dense(1, { inputShape: [3] })]).fit(x, y),
    'Model "sequential".fit: expected a compiled model, got one without a loss. ' +
      "Call model.compile({ loss: 'mean_squared_error', optimizer: 'adam' }) first.",
  ],
  [
    'no loss',
    () => line().compile(untyped({ optimizer: 'adam' })),
    'Model "sequential".compile: expected a loss, got none. Give loss: \'mean_squared_error\', say.',
  ],
  [
    'a misspelt option',
    () => line().compile(untyped({ loss: 'mse', metric: ['mae'] })),
    "Model \"sequential\".compile: expected only the options optimizer, loss, lossWeights, metrics, weightedMetrics, autoScaleLoss, got 'metric'. Did you mean 'metrics'?",
  ],
  [
    'a misspelt loss',
    () => line().compile({ optimizer: 'adam', loss: 'mean_square_error' as 'mse' }),
    'Model "sequential".compile, loss: expected a loss, got "mean_square_error". ' +
      "Did you mean 'mean_squared_error'?",
  ],
  [
    'a loss that Keras chooses by the targets',
    () => line().compile({ optimizer: 'adam', loss: 'crossentropy' as 'mse' }),
    `Model "sequential".compile, loss: expected a loss of one meaning, got "crossentropy". Write 'binary_crossentropy', 'categorical_crossentropy' for one-hot targets, or 'sparse_categorical_crossentropy' for class indices.`,
  ],
  [
    'a loss that is none',
    () => line().compile({ optimizer: 'adam', loss: untyped(3) }),
    'Model "sequential".compile, loss: expected a loss by Keras\'s name, got 3.',
  ],
  [
    'an unknown optimizer',
    () => line().compile({ loss: 'mse', optimizer: 'adm' as 'adam' }),
    'Model "sequential".compile, optimizer: expected an optimizer, got "adm". Did you mean \'adam\'?',
  ],
  [
    'a misspelt metric',
    () => line().compile({ optimizer: 'adam', loss: 'mse', metrics: ['acuracy' as 'accuracy'] }),
    'Model "sequential".compile, metrics: expected a metric, got "acuracy". Did you mean \'accuracy\'?',
  ],
  [
    'losses for more outputs than there are',
    () => line().compile({ optimizer: 'adam', loss: ['mse', 'mse'] }),
    'Model "sequential".compile: expected loss for one output, got 2.',
  ],
  [
    'a loss for another output',
    () => line().compile({ optimizer: 'adam', loss: { out: 'mse' } }),
    'Model "sequential".compile: expected loss by the output names dense, got out.',
  ],
  [
    'a rate that is no number',
    () => Adam(Number.NaN),
    'Adam: expected learningRate or its schedule to be a finite number of at least 0, got NaN.',
  ],
  [
    'a rate that is infinite, later',
    () => {
      const { optimizer } = line()
      if (optimizer) optimizer.learningRate = Number.POSITIVE_INFINITY
    },
    'SGD: expected learningRate or its schedule to be a finite number of at least 0, got Infinity.',
  ],
  [
    'a momentum above 1',
    () => SGD({ momentum: 2 }),
    'SGD: expected momentum to be a finite number from 0 to 1, got 2.',
  ],
]

const calls: ErrorCase[] = [
  [
    'too few weights',
    () => line().setWeights([[[1], [2], [3]]]),
    'Model "sequential".setWeights: expected 2 arrays, got 1.',
  ],
  [
    'weights of another shape',
    () => line().setWeights([[[1], [2]], [1]]),
    'Model "sequential".setWeights, "sequential/dense/kernel": expected [3, 1], got [2, 1].',
  ],
  [
    'weights that are not finite',
    () => line().setWeights([[[1], [2], [Number.NaN]], [1]]),
    'Model "sequential".setWeights, "sequential/dense/kernel"[2][0]: expected a finite number, got NaN. ' +
      'Fill or drop missing values, and texts, such as the heading of a table.',
  ],
  [
    'a summary without room',
    () => line().summary({ lineLength: 5 }),
    'summary: expected lineLength and positions to leave room for 3 columns, got 5 and [0.45, 0.8, 1].',
  ],
  [
    'a plan of a misspelt batch',
    () => line().plan(untyped({ batchsize: 4 })),
    "Model \"sequential\".plan: expected only the options batchSize, shapes, training, got 'batchsize'. Did you mean 'batchSize'?",
  ],
  [
    'a second fit before the first is done',
    async () => {
      const model = line()
      const [first, second] = await Promise.allSettled([model.fit(x, y, { verbose: 0 }), model.fit(x, y)])
      expect(first.status).toBe('fulfilled')
      if (second.status === 'rejected') throw second.reason
    },
    'Model "sequential".fit: expected no other fit, got one that runs. Await the first fit before the next.',
  ],
  [
    'compile in the middle of a fit',
    () => {
      const model = line()
      const onEpochEnd = () => model.compile({ optimizer: 'adam', loss: 'mae' })
      return model.fit(x, y, { verbose: 0, epochs: 2, callbacks: { onEpochEnd } })
    },
    'Model "sequential": expected to stay as it is while it runs, got compile or another backend in between. ' +
      'Await fit, evaluate or predict first.',
  ],
  ...(
    [
      ['predict', (model) => model.predict(x)],
      ['fit', (model) => model.fit(x, y)],
      ['getWeights', (model) => model.getWeights()],
      ['compile', (model) => model.compile({ optimizer: 'adam', loss: 'mse' })],
      ['summary', (model) => model.summary()],
    ] as readonly (readonly [string, (model: SequentialModel) => unknown])[]
  ).map(
    ([name, call]): ErrorCase => [
      `${name} after dispose`,
      () => {
        const model = line()
        model.dispose()
        return call(model)
      },
      'Model "sequential": expected a model in use, got one that was disposed. Make a new one: dispose() frees a model for good.',
    ],
  ),
  [
    'a tensor of another size',
    () => tensor([1, 2, 3], [2, 2]),
    'tensor: expected a shape of 3 values, got [2, 2].',
  ],
  ['a shape that is none', () => tensor([1], [-1]), 'tensor: expected a shape of 1 values, got [-1].'],
  ['a seed below 0', () => setSeed(-1), 'setSeed: expected seed to be an integer of at least 0, got -1.'],
  [
    'an unknown backend',
    () => setBackend(untyped('wegpu')),
    "setBackend: expected name to be one of 'webgpu', 'cpu', 'auto', got \"wegpu\". Did you mean 'webgpu'?",
  ],
]

test.each(compiling)('compile: %s', (_what, attempt, message) => expectError(attempt, message))
test.each(calls)('calls: %s', (_what, attempt, message) => expectError(attempt, message))

test('what is wrong changes nothing: not the weights, the layers, the settings', async () => {
  const model = line()
  const before = await weightsOf(model)
  const { optimizer } = model
  expect(() =>
    model.setWeights([
      [[1], [2], [3]],
      [1, 2],
    ]),
  ).toThrow('setWeights')
  expect(() => model.compile({ loss: 'mse', optimizer: 'adam', metrics: ['none' as 'mse'] })).toThrow(
    'metrics',
  )
  expect(() => model.add(LSTM(2))).toThrow('LSTM')
  expect(model.optimizer).toBe(optimizer)
  expect(model.metricsNames).toEqual(['loss'])
  expect(model.layers).toHaveLength(1)
  expect(await weightsOf(model)).toEqual(before)
  await model.fit(x, y, { verbose: 0 })
})
