/** What fit, evaluate and predict say to wrong options. */
import { beforeAll, test } from 'vitest'
import { Dense, type FitOptions, Sequential, type SequentialModel, setBackend } from '../../src/index.ts'
import { type ErrorCase, expectError, untyped } from '../support/expectError.ts'

beforeAll(async () => {
  await setBackend('cpu')
})

function line(): SequentialModel {
  const model = Sequential([Dense(1, { inputShape: [3] })])
  model.compile({ loss: 'mse', optimizer: 'sgd' })
  return model
}
const x = [
  [1, 2, 3],
  [4, 5, 6],
]
const y = [[1], [2]]
const FIT = 'Model "sequential".fit'

const option = (what: string, options: unknown, message: string): ErrorCase => [
  what,
  () => line().fit(x, y, options as FitOptions),
  `${FIT}: expected ${message}`,
]
const options: ErrorCase[] = [
  option('no epochs', { epochs: 0 }, 'epochs to be a positive integer, got 0.'),
  option('half an epoch', { epochs: 1.5 }, 'epochs to be a positive integer, got 1.5.'),
  option('no batch', { batchSize: 0 }, 'batchSize to be a positive integer, got 0.'),
  option('a batch as a text', { batchSize: '32' }, 'batchSize to be a positive integer, got "32".'),
  option('an epoch below 0', { initialEpoch: -1 }, 'initialEpoch to be an integer of at least 0, got -1.'),
  option('another verbose', { verbose: 3 }, "verbose to be 0, 1, 2 or 'auto', got 3."),
  option('shuffle as a text', { shuffle: 'batch' }, 'shuffle to be true or false, got "batch".'),
  option(
    'a callback that is none',
    { callbacks: [3] },
    'callbacks as objects with hooks such as onEpochEnd, got 3.',
  ),
  option('a share of 1', { validationSplit: 1 }, 'validationSplit to be less than 1, got 1.'),
  option(
    'a share below 0',
    { validationSplit: -0.1 },
    'validationSplit to be a finite number from 0 to 1, got -0.1.',
  ),
  option(
    'validation data without targets',
    { validationData: [x] },
    'validationData as [x, y] or [x, y, sampleWeight], got an array of shape [1, 2, 3].',
  ),
  [
    'validation data of another shape',
    () => line().fit(x, y, { validationData: [[[1, 2]], y] }),
    `${FIT}, validationData, x: expected input [batch, 3], got [1, 2].`,
  ],
  option(
    'a misspelt option',
    { batchsize: 4 },
    "one of its options, got 'batchsize'. Did you mean 'batchSize'?",
  ),
  [
    'a misspelt option of evaluate',
    () => line().evaluate(x, y, untyped({ batchsize: 4 })),
    'Model "sequential".evaluate: expected only the options batchSize, verbose, callbacks, sampleWeight, steps, returnDict, signal, got \'batchsize\'. ' +
      "Did you mean 'batchSize'?",
  ],
  [
    'a batch of predict',
    () => line().predict(x, { batchSize: -1 }),
    'Model "sequential".predict: expected batchSize to be a positive integer, got -1.',
  ],
]

test.each(options)('%s', (_case, attempt, message) => expectError(attempt, message))
