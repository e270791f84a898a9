// Losses and metrics of predictions with a mask are those of the valid time steps alone, metrics with states of hundreds of numbers too:
// a model of padded sequences beside one of their time steps, weighted and not, with one output and with two.
import { expect, test } from 'vitest'
import {
  AUC,
  BinaryAccuracy,
  CategoricalAccuracy,
  type CompileOptions,
  Dense,
  Huber,
  Input,
  Masking,
  Model,
  Precision,
  Recall,
  SparseCategoricalAccuracy,
  type Tensor,
  tensor,
} from '../../src/index.ts'
import { onEachBackend } from '../support/backends.ts'
import { expectClose } from '../support/compare.ts'
import { classes, uniform } from '../support/values.ts'

const [BATCH, TIME, FEATURES] = [4, 5, 2]
const ROWS = BATCH * TIME
const isValid = (row: number): boolean => row % 7 !== 3 && row % 4 !== 2
const valid = [...Array(ROWS).keys()].filter(isValid)

/** The valid rows of a tensor [batch, time, ...]. */
const rowsOf = ({ data, shape }: Tensor): Tensor => {
  const width = data.length / ROWS
  const kept = valid.flatMap((row) => [...data.subarray(row * width, (row + 1) * width)])
  return tensor(kept, [valid.length, ...shape.slice(2)])
}

const x = uniform([BATCH, TIME, FEATURES], 0.1, 1, 1)
const padded = tensor(
  x.data.map((value, i) => (isValid(Math.floor(i / FEATURES)) ? value : 0)),
  x.shape,
)
const sampleWeight = uniform([BATCH], 0.5, 2, 2)
const rowWeights = tensor(
  valid.map((row) => sampleWeight.data[Math.floor(row / TIME)] ?? 0),
  [valid.length],
)
const labels = classes([BATCH, TIME, 1], 3, 4)
const oneHot = tensor(
  [...labels.data].flatMap((label) => [0, 1, 2].map((k) => Number(k === label))),
  [BATCH, TIME, 3],
)

type Kind = readonly [
  name: string,
  units: number,
  activation: 'sigmoid' | 'softmax' | 'linear',
  y: Tensor,
  Omit<CompileOptions, 'optimizer'>,
]
const kinds: readonly Kind[] = [
  [
    'of two classes',
    1,
    'sigmoid',
    classes([BATCH, TIME, 1], 2, 3),
    {
      loss: 'binary_crossentropy',
      metrics: ['accuracy', BinaryAccuracy(), AUC({ numThresholds: 20 }), Precision(), Recall()],
    },
  ],
  [
    'of classes',
    3,
    'softmax',
    labels,
    { loss: 'sparse_categorical_crossentropy', metrics: ['accuracy', SparseCategoricalAccuracy()] },
  ],
  [
    'of classes by one-hot vectors',
    3,
    'softmax',
    oneHot,
    {
      loss: 'categorical_crossentropy',
      metrics: ['accuracy', CategoricalAccuracy(), AUC({ numThresholds: 20 })],
    },
  ],
  ['of numbers', 2, 'linear', uniform([BATCH, TIME, 2], -1, 1, 5), { loss: 'mae', metrics: ['mse', 'mae'] }],
  [
    'of numbers, by Huber',
    2,
    'linear',
    uniform([BATCH, TIME, 2], -2, 2, 5),
    { loss: Huber({ delta: 0.3 }), metrics: [] },
  ],
]

onEachBackend(() => {
  test.each(kinds)('%s', async (_name, units, activation, y, options) => {
    const make = (input: ReturnType<typeof Input>, masked: typeof input, count: number) => {
      const model = Model(
        input,
        Array.from({ length: count }, (_, i) => Dense(units, { activation, name: `output${i}` })(masked)),
      )
      const metrics = count === 1 ? options.metrics : [options.metrics, options.metrics]
      model.compile({ ...options, optimizer: 'sgd', metrics, weightedMetrics: metrics } as CompileOptions)
      return model
    }
    for (const count of [1, 2]) {
      const [sequences, steps] = [Input([TIME, FEATURES]), Input([FEATURES])]
      const model = make(sequences, Masking()(sequences), count)
      const alone = make(steps, steps, count)
      alone.setWeights(await model.getWeights())
      const targets = (all: Tensor) => (count === 1 ? all : [all, all])
      const weights = count === 1 ? [{}, {}] : [{}]
      if (count === 1) weights[1] = { sampleWeight }
      for (const weighted of weights) {
        const own = 'sampleWeight' in weighted ? { sampleWeight: rowWeights } : {}
        const got = await model.evaluate(padded, targets(y), { ...weighted, verbose: 0 })
        const expected = await alone.evaluate(rowsOf(x), targets(rowsOf(y)), { ...own, verbose: 0 })
        expect(model.metricsNames).toEqual(alone.metricsNames)
        expectClose('values', [got].flat(), [expected].flat(), 1e-5)
      }
    }
  })
})
