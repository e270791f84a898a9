// Losses, and metrics that are the mean of one value a row, of predictions with a mask are those of the valid time steps alone; all other
// metrics do not see the mask, as in Keras 3.16: a model of padded sequences beside one of their valid time steps and one without a
// mask, weighted and not, with one output and with two. And what losses are divided by where weights are fewer than rows.
import { expect, test } from 'vitest'
import {
  AUC,
  BinaryAccuracy,
  BinaryIoU,
  CategoricalAccuracy,
  type CompileOptions,
  Dense,
  Huber,
  Input,
  type MadeMetric,
  Masking,
  MeanIoU,
  MeanSquaredError,
  Metric,
  Model,
  metrics,
  ops,
  Precision,
  Recall,
  RootMeanSquaredError,
  SGD,
  SparseCategoricalAccuracy,
  type SymbolicTensor,
  type Tensor,
  TruePositives,
  tensor,
  type UpdateInputs,
} from '../../src/index.ts'
import { onCpuFirst } from '../support/backends.ts'
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
  /** A loss, and metrics that take masks. */
  { readonly loss: CompileOptions['loss']; readonly metrics: readonly MetricIdentifier[] },
  /** Metrics that take none. */
  unmasked: readonly MetricIdentifier[],
]
type MetricIdentifier =
  | string
  | MadeMetric
  | Metric
  | ((yTrue: SymbolicTensor, yPred: SymbolicTensor) => SymbolicTensor)

const meanDistance = (yTrue: SymbolicTensor, yPred: SymbolicTensor): SymbolicTensor =>
  ops.sum(ops.abs(ops.subtract(yTrue, yPred)), -1)

/** The weighted sum of predictions above ½, as a class of one's own. */
class Positives extends Metric {
  total = this.addVariable({ name: 'total' })
  override updateState(_yTrue: SymbolicTensor, yPred: SymbolicTensor, { sampleWeight }: UpdateInputs): void {
    const found = ops.cast(ops.greater(ops.squeeze(yPred, -1), 0.5), 'float32')
    const weights = sampleWeight ? ops.expandDims(sampleWeight, -1) : 1
    this.total.assignAdd(ops.sum(ops.multiply(found, weights)))
  }
  override result(): SymbolicTensor {
    return ops.add(this.total, 0)
  }
}

const kinds: readonly Kind[] = [
  [
    'of two classes',
    1,
    'sigmoid',
    classes([BATCH, TIME, 1], 2, 3),
    { loss: 'binary_crossentropy', metrics: ['accuracy', BinaryAccuracy()] },
    [AUC({ numThresholds: 20 }), Precision(), Recall(), TruePositives(), BinaryIoU(), new Positives()],
  ],
  [
    'of classes',
    3,
    'softmax',
    labels,
    { loss: 'sparse_categorical_crossentropy', metrics: ['accuracy', SparseCategoricalAccuracy()] },
    [MeanIoU({ numClasses: 3, sparseYPred: false, dtype: 'float32' })],
  ],
  [
    'of classes by one-hot vectors',
    3,
    'softmax',
    oneHot,
    { loss: 'categorical_crossentropy', metrics: ['accuracy', CategoricalAccuracy()] },
    [AUC({ numThresholds: 20 })],
  ],
  [
    'of numbers',
    2,
    'linear',
    uniform([BATCH, TIME, 2], -1, 1, 5),
    { loss: 'mae', metrics: ['mse', 'mae', metrics.CosineSimilarity(), meanDistance] },
    [RootMeanSquaredError()],
  ],
  [
    'of numbers, by Huber',
    2,
    'linear',
    uniform([BATCH, TIME, 2], -2, 2, 5),
    { loss: Huber({ delta: 0.3, reduction: 'mean_with_sample_weight' }), metrics: [] },
    [],
  ],
]

onCpuFirst(() => {
  test.each(kinds)('%s', async (_name, units, activation, y, { loss, metrics: masked }, others) => {
    const make = (
      metrics: readonly MetricIdentifier[],
      shape: readonly number[],
      isMasked: boolean,
      count: number,
    ) => {
      const input = Input([...shape, FEATURES])
      const rows = isMasked ? Masking()(input) : input
      const outputs = Array.from({ length: count }, (_, i) =>
        Dense(units, { activation, name: `output${i}` })(rows),
      )
      const model = Model(input, outputs)
      const each = count === 1 ? metrics : [metrics, metrics]
      model.compile({ loss, optimizer: 'sgd', metrics: each, weightedMetrics: each } as CompileOptions)
      return model
    }
    for (const count of [1, 2]) {
      const model = make([...masked, ...others], [TIME], true, count)
      const steps = make(masked, [], false, count)
      const plain = make(others, [TIME], false, count)
      for (const other of [steps, plain]) other.setWeights(await model.getWeights())
      const targets = (all: Tensor) => (count === 1 ? all : [all, all])
      for (const isWeighted of count === 1 ? [false, true] : [false]) {
        const given = { verbose: 0, ...(isWeighted && { sampleWeight }) } as const
        const ofRows = { verbose: 0, ...(isWeighted && { sampleWeight: rowWeights }) } as const
        const named = { returnDict: true } as const
        const got = await model.evaluate(padded, targets(y), { ...given, ...named })
        const valid = await steps.evaluate(rowsOf(x), targets(rowsOf(y)), { ...ofRows, ...named })
        const all = await plain.evaluate(padded, targets(y), { ...given, ...named })
        expect(Object.keys(got).sort()).toEqual(
          [...new Set([...Object.keys(valid), ...Object.keys(all)])].sort(),
        )
        for (const [name, value] of Object.entries(got))
          expectClose(name, [value].flat(), [valid[name] ?? all[name] ?? Number.NaN].flat() as number[], 1e-5)
      }
    }
  })

  // Keras divides by the sum of the weights that it is given: one weight a sequence counts once, however many time steps it has.
  test.each([
    { masks: false, divisor: (sequences: number, _valid: number): number => sequences },
    { masks: true, divisor: (_sequences: number, valid: number): number => valid },
  ])('a loss over the sum of one weight a sequence, masked $masks', async ({ masks, divisor }) => {
    const input = Input([TIME, FEATURES])
    const model = Model(input, Dense(1)(masks ? Masking()(input) : input))
    const loss = MeanSquaredError({ reduction: 'mean_with_sample_weight' })
    const optimizer = SGD({ learningRate: 0.1 })
    model.compile({ loss, optimizer })
    const y = uniform([BATCH, TIME, 1], -1, 1, 5)
    const p = await model.predict(padded, { verbose: 0 })
    const [kernel, bias] = (await model.getWeights()) as [Tensor, Tensor]
    let [losses, sum, slope] = [0, 0, 0]
    p.data.forEach((value, row) => {
      const weight = !masks || isValid(row) ? (sampleWeight.data[Math.floor(row / TIME)] ?? 0) : 0
      const error = value - (y.data[row] ?? 0)
      losses += weight * error ** 2
      slope += 2 * weight * error
      sum += weight
    })
    const weights = sampleWeight.data.reduce((total, weight) => total + weight, 0)
    const expected = losses / divisor(weights, sum)
    const got = await model.evaluate(padded, y, { sampleWeight, verbose: 0 })
    expect(got).toBeCloseTo(expected, 4)
    expect(await model.trainOnBatch(padded, y, { sampleWeight })).toBeCloseTo(expected, 4)
    const trained = (await model.getWeights())[1] as Tensor
    expect(trained.data[0]).toBeCloseTo((bias.data[0] ?? 0) - 0.1 * (slope / divisor(weights, sum)), 4)
    expect(kernel.shape).toEqual([FEATURES, 1])
  })
})

test('intersections over unions count weights as integers unless their dtype is one of floats', async () => {
  const [yTrue, yPred] = [
    [0, 0, 1, 1],
    [0, 1, 0, 1],
  ]
  const weighed = { sampleWeight: [1.9, 0.6, 1.2, 2.5] }
  // Counts of Keras 3.16: [[1, 0], [1, 2]], and [[1.9, 0.6], [1.2, 2.5]].
  for (const [dtype, expected] of [
    [null, (1 / 2 + 2 / 3) / 2],
    ['int32', (1 / 2 + 2 / 3) / 2],
    ['float32', (1.9 / 3.7 + 2.5 / 4.3) / 2],
  ] as const) {
    for (const metric of [MeanIoU({ numClasses: 2, dtype }), BinaryIoU({ dtype })]) {
      await metric.updateState(yTrue, yPred, weighed)
      expect(await metric.result()).toBeCloseTo(expected, 5)
    }
  }
})
