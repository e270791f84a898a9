/** Metrics over epochs of several batches against float64, weighted and not; states of one sum and of hundreds. */
import { expect, test } from 'vitest'
import {
  Activation,
  AUC,
  clearSession,
  Dense,
  Huber,
  type LayersModel,
  Precision,
  Recall,
  Sequential,
  type Tensor,
  tensor,
} from '../../src/index.ts'
import type { ShareOptions } from '../../src/training/metrics/positives.ts'
import { onEachBackend } from '../support/backends.ts'
import { quiet } from '../support/models.ts'
import { classes, uniform } from '../support/values.ts'

const ROWS = 23
const x = uniform([ROWS, 3], -1, 1, 1)
const y = classes([ROWS, 1], 2, 2)
const sampleWeight = uniform([ROWS], 0, 2, 3)

/** Pairs of predictions and targets, with weights. */
type Entry = readonly [p: number, t: number, weight: number]

function entriesOf(predictions: Tensor, weights: Tensor | null): Entry[] {
  return [...predictions.data].map((p, i) => [p, y.data[i]!, weights?.data[i] ?? 1])
}

const weightOf = (entries: readonly Entry[]): number => entries.reduce((sum, [, , weight]) => sum + weight, 0)
const share = (entries: readonly Entry[], of: (entry: Entry) => boolean): number =>
  weightOf(entries.filter(of)) / weightOf(entries)

const THRESHOLDS = 40
/** Between which thresholds a prediction lies. */
const rankOf = (p: number): number => Math.ceil(p * (THRESHOLDS - 1))

/** The area under the curve by all pairs of a positive and a negative: which is larger, half where no threshold parts them. */
function rankArea(entries: readonly Entry[]): number {
  const [positives, negatives] = [1, 0].map((label) => entries.filter(([, t]) => t === label))
  let area = 0
  for (const [p, , v] of positives!)
    for (const [q, , w] of negatives!) area += v * w * (0.5 + 0.5 * Math.sign(rankOf(p) - rankOf(q)))
  return area / (weightOf(positives!) * weightOf(negatives!))
}

const references: Readonly<Record<string, (entries: readonly Entry[]) => number>> = {
  accuracy: (entries) => share(entries, ([p, t]) => Number(p > 0.5) === t),
  mse: (entries) =>
    entries.reduce((sum, [p, t, weight]) => sum + weight * (p - t) ** 2, 0) / weightOf(entries),
  precision: (entries) =>
    share(
      entries.filter(([p]) => p > 0.45),
      ([, t]) => t === 1,
    ),
  recall: (entries) =>
    share(
      entries.filter(([, t]) => t === 1),
      ([p]) => p > 0.5,
    ),
  auc: rankArea,
  huber_loss: (entries) => {
    const values = entries.map(([p, t, weight]) => {
      const e = Math.abs(p - t)
      return weight * (e <= 0.3 ? e ** 2 / 2 : 0.3 * e - 0.045)
    })
    return values.reduce((sum, value) => sum + value, 0) / weightOf(entries)
  },
}

const metrics = () =>
  [
    'accuracy',
    'mse',
    Precision({ thresholds: 0.45 }),
    Recall(),
    AUC({ numThresholds: THRESHOLDS }),
    Huber({ delta: 0.3 }),
  ] as const

function compiled(): LayersModel {
  clearSession()
  const model = Sequential([Dense(1, { inputShape: [3], activation: 'sigmoid' })])
  model.compile({
    loss: 'binary_crossentropy',
    optimizer: 'sgd',
    metrics: metrics(),
    weightedMetrics: metrics(),
  })
  return model
}

onEachBackend(() => {
  test('numbers of an epoch are those of all its samples, by their weights where they count', async () => {
    const model = compiled()
    const predictions = await model.predict<Tensor>(x)
    const names = Object.keys(references)
    // As in Keras metrics without a name of their own are counted.
    const counted = ['precision', 'recall', 'auc']
    const others = names.map((name) => (counted.includes(name) ? `${name}_1` : `weighted_${name}`))
    expect(model.metricsNames).toEqual(['loss', ...names, ...others])
    for (const weights of [sampleWeight, null]) {
      const options = { ...quiet, batchSize: 12, ...(weights && { sampleWeight: weights }) }
      // A state begins anew with an epoch: of the second evaluation nothing of the first is left.
      const [, ...got] = (await model.evaluate(x, y, options)) as number[]
      const expected = [null, weights].flatMap((by) =>
        names.map((name) => references[name]!(entriesOf(predictions, by))),
      )
      expect(got.map((value, i) => [model.metricsNames[i + 1], value])).toEqual(
        expected.map((value, i) => [model.metricsNames[i + 1], expect.closeTo(value, 5)]),
      )
    }
    const { history } = await model.fit(x, y, { ...quiet, sampleWeight, epochs: 2, validationSplit: 0.3 })
    expect(Object.keys(history)).toContain('val_auc_1')
    expect(history.auc).toHaveLength(2)
  })
})

test('a metric is no loss, and options are checked', () => {
  const model = Sequential([Dense(1, { inputShape: [3] })])
  const compile = (options: object) => () => model.compile({ optimizer: 'sgd', loss: 'mse', ...options })
  expect(compile({ loss: Recall() })).toThrow('expected a loss, got the metric recall')
  expect(compile({ weightedMetrics: ['recal'] })).toThrow('compile, weightedMetrics: expected a metric')
  expect(() => Precision({ thresholds: 1.5 })).toThrow('thresholds to be a finite number from 0 to 1')
  expect(() => AUC({ thresholds: [0.5, 2] })).toThrow('thresholds to be a finite number from 0 to 1')
  expect(() => AUC({ curve: 'roc' as 'ROC' })).toThrow("curve to be one of 'ROC', 'PR', 'PRGAIN'")
  expect(() => Precision({ topK: 0 })).toThrow('Precision: expected topK to be a positive integer, got 0')
  expect(compile({ metrics: [Recall({ classId: 1 })] })).toThrow(
    'Recall: expected classId to be less than the 1 classes, got 1',
  )
  expect(() => Huber({ delta: 0 })).toThrow('delta to be a positive number')
})

onEachBackend(() => {
  test('precision and recall of the largest predictions, and of one class', async () => {
    const targets = tensor(
      Array.from({ length: 7 }, (_, i) =>
        [0, 1, 2, 3].map((k) => Number(k === (3 * i) % 4 || k === i % 3)),
      ).flat(),
      [7, 4],
    )
    const inputs = uniform([7, 4], 0, 1, 5)
    // Equal predictions, of which the first is larger.
    inputs.data.set([0.7, 0.7, 0.1, 0.7], 8)
    const model = Sequential([Activation('linear', { inputShape: [4] })])
    const variants = [
      { topK: 2 },
      { topK: 1, classId: 3 },
      { topK: 3, thresholds: 0.6 },
      { classId: 2 },
    ] as const
    model.compile({
      loss: 'mse',
      optimizer: 'sgd',
      metrics: variants.flatMap((options) => [Precision(options), Recall(options)]),
    })
    const [, ...got] = (await model.evaluate(inputs, targets, { ...quiet, batchSize: 3 })) as number[]
    const expected = variants.flatMap((options) => {
      const { topK = 4, classId = null, thresholds = null } = { topK: undefined, ...options } as ShareOptions
      const threshold = (thresholds as number | null) ?? ('topK' in options ? -1 : 0.5)
      const entries = [...inputs.data].flatMap((p, i) => {
        const row = [...inputs.data.subarray(i - (i % 4), i - (i % 4) + 4)]
        const order = [0, 1, 2, 3].sort((a, b) => row[b]! - row[a]! || a - b)
        const isTop = order.indexOf(i % 4) < (topK ?? 4)
        return classId === null || i % 4 === classId ? [[isTop && p > threshold, targets.data[i] === 1]] : []
      })
      const both = entries.filter(([positive, isTrue]) => positive && isTrue).length
      return [
        both / entries.filter(([positive]) => positive).length,
        both / entries.filter(([, isTrue]) => isTrue).length,
      ]
    })
    expect(got).toEqual(expected.map((value) => expect.closeTo(value, 6)))
    model.dispose()
  })
})
