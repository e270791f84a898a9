/** What is said of samples of different shapes and of streams that do not fit, before anything runs. */
import { beforeAll, expect, test } from 'vitest'
import { Dense, Input, type LayersModel, LSTM, Sequential, setBackend, type Tensor } from '../../src/index.ts'
import { quiet, weightsOf } from '../support/models.ts'
import { uniform } from '../support/values.ts'

beforeAll(async () => {
  await setBackend('cpu')
})

const LENGTHS = [3, 5, 3, 1, 5]
const samples = (lengths = LENGTHS): Tensor[] => lengths.map((time, i) => uniform([time, 2], -1, 1, i))
const sequences = samples()
const targets = LENGTHS.map((_, i) => [i / 5])

const compiled = (model: LayersModel): LayersModel => {
  model.compile({ loss: 'mse', optimizer: 'adam' })
  return model
}
const toOne = (): LayersModel => compiled(Sequential([Input([null, 2]), LSTM(3), Dense(1)]))
const toMany = (): LayersModel =>
  compiled(Sequential([Input([null, 2]), LSTM(3, { returnSequences: true }), Dense(2)]))

const FIT = 'Model "named".fit'
test.each([
  [
    'another rank',
    [[[1, 2]], [1, 2, 3]],
    `${FIT}, x[1]: expected a sample [null, 2], got [3]. Only extents that are null in the shape of the input may differ.`,
  ],
  [
    'other features',
    [[[1, 2]], [[1, 2, 3]]],
    `${FIT}, x[1]: expected a sample [null, 2], got [1, 3]. Only extents that are null in the shape of the input may differ.`,
  ],
  [
    'an empty sequence',
    [[[1, 2]], []],
    `${FIT}, x[1]: expected a sample [null, 2], got [0]. Each extent is at least 1.`,
  ],
  [
    'a missing value',
    [
      [[1, 2]],
      [
        [1, 2],
        [3, Number.NaN],
      ],
    ],
    `${FIT}, x[1][1][1]: expected a finite number, got NaN. Fill or drop missing values, and texts, such as the heading of a table.`,
  ],
  [
    'an uneven sample',
    [[[1, 2]], [[1, 2], [3]]],
    `${FIT}, x[1][1]: expected an array of length 2, as the first one, got one of length 1. padSequences makes them equally long.`,
  ],
  [
    'fewer targets',
    [
      [[1, 2]],
      [
        [1, 2],
        [3, 4],
      ],
      [[1, 2]],
    ],
    `${FIT}: expected as many targets and weights as inputs, got 3 and 2.`,
  ],
])('%s is refused before anything runs', async (_what, x, message) => {
  const model = compiled(Sequential([Input([null, 2]), LSTM(3), Dense(1)], { name: 'named' }))
  const before = await weightsOf(model)
  await expect(model.fit(x as number[][][], [[1], [2]], quiet)).rejects.toThrow(message)
  expect(await weightsOf(model)).toEqual(before)
})

test.each([
  [
    'targets of another length',
    () => toMany().fit(sequences, samples([3, 4, 3, 1, 5]), quiet),
    'sample 1, y: expected targets [batch, 5, 2] for predictions [batch, 5, 2], got [1, 4, 2]',
  ],
  [
    'states',
    () =>
      compiled(Sequential([LSTM(2, { stateful: true, batchShape: [1, null, 2] }), Dense(1)])).fit(
        sequences,
        targets,
        quiet,
      ),
    'expected samples of one shape, since states go on from batch to batch, got samples of different shapes',
  ],
  [
    'a length that is not open',
    () =>
      compiled(Sequential([Input([3, 2]), LSTM(2), Dense(1)])).predict([
        [[1, 2]],
        [
          [1, 2],
          [3, 4],
        ],
      ]),
    'x[1]: expected an array of length 1, as the first one, got one of length 2',
  ],
  [
    'steps beside samples of different shapes',
    () => toOne().predict(sequences, { steps: 1 }),
    'expected no steps beside samples of different shapes',
  ],
  [
    'an empty stream',
    () => toOne().evaluate(new Set<never>(), null),
    'expected batches, got a stream that has ended, or is empty',
  ],
  [
    'y beside a stream',
    () => toOne().evaluate(new Set<never>(), targets as never),
    'expected no y beside a stream of batches',
  ],
  [
    'a batch of a stream without inputs',
    () => toOne().predict(new Set([3 as never])),
    'batch 0: expected a tensor, [x], [x, y] or [x, y, sampleWeight], got 3',
  ],
  [
    'batches that a fixed model does not take',
    () =>
      compiled(Sequential([Input({ batchShape: [2, null, 2] }), LSTM(2), Dense(1)])).evaluate(
        sequences,
        targets,
      ),
    'samples of the shape of sample 3: expected batches of 2 samples, to which the model is fixed, got 1 samples',
  ],
])('%s is an error', async (_what, call, message) => {
  await expect(call()).rejects.toThrow(message)
})
