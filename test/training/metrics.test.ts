/** Metrics alone, on both backends: the numbers of Keras's documentation, weighted and not, and what float64 makes of others. */
import { expect, test } from 'vitest'
import { clearSession, type MadeMetric, metrics, ops } from '../../src/index.ts'
import { metricFamily } from '../../src/training/metricByName.ts'
import { onCpuFirst } from '../support/backends.ts'

type Case = readonly [
  make: () => MadeMetric,
  yTrue: unknown,
  yPred: unknown,
  expected: unknown,
  weighted?: readonly [weights: readonly number[], expected: unknown],
]

const oneHot = [
  [0, 0, 1],
  [1, 0, 0],
  [0, 1, 0],
  [1, 0, 0],
]
const scores = [
  [0.2, 0.3, 0.5],
  [0.1, 0.2, 0.7],
  [0.5, 0.3, 0.1],
  [0.1, 0.4, 0.5],
]
const ranks = [
  [0.1, 0.9, 0.8],
  [0.05, 0.95, 0],
]
const labels = [
  [1, 1, 1],
  [1, 0, 0],
  [1, 1, 0],
]
const chances = [
  [0.2, 0.6, 0.7],
  [0.2, 0.6, 0.6],
  [0.6, 0.8, 0],
]
const [few, guesses] = [
  [0, 0, 0, 1, 1],
  [0, 0.3, 0.8, 0.3, 0.8],
]
const [pair, halves] = [
  [0, 0, 1, 1],
  [0, 0.5, 0.3, 0.9],
]
const [curves, fits] = [
  [
    [0, 1, 0.5],
    [1, 1, 0.2],
  ],
  [
    [0.1, 0.9, 0.5],
    [1, 0.9, 0.2],
  ],
]
const [numbers, near] = [
  [[1], [4], [3]],
  [[2], [4], [4]],
]

const cases: readonly Case[] = [
  [() => metrics.Accuracy(), [[1], [2], [3], [4]], [[0], [2], [3], [4]], 0.75, [[1, 1, 0, 0], 0.5]],
  [
    () => metrics.BinaryAccuracy(),
    [[1], [1], [0], [0]],
    [[0.98], [1], [0], [0.6]],
    0.75,
    [[1, 0, 0, 1], 0.5],
  ],
  [
    () => metrics.CategoricalAccuracy(),
    [
      [0, 0, 1],
      [0, 1, 0],
    ],
    ranks,
    0.5,
    [[0.7, 0.3], 0.3],
  ],
  [() => metrics.SparseCategoricalAccuracy(), [2, 1], ranks, 0.5, [[0.7, 0.3], 0.3]],
  [
    () => metrics.TopKCategoricalAccuracy({ k: 1 }),
    [
      [0, 0, 1],
      [0, 1, 0],
    ],
    ranks,
    0.5,
    [[0.7, 0.3], 0.3],
  ],
  [
    () => metrics.TopKCategoricalAccuracy(2),
    [
      [0, 0, 1],
      [0, 1, 0],
    ],
    ranks,
    1,
  ],
  [() => metrics.SparseTopKCategoricalAccuracy({ k: 1 }), [2, 1], ranks, 0.5, [[0.7, 0.3], 0.3]],
  [
    () => metrics.SparseTopKCategoricalAccuracy({ k: 1, fromSortedIds: true }),
    [2, 1],
    [
      [1, 0, 3],
      [1, 2, 3],
    ],
    0.5,
  ],
  [() => metrics.FalsePositives(), [0, 1, 0, 0], [0, 0, 1, 1], 2, [[0, 0, 1, 0], 1]],
  [() => metrics.FalseNegatives(), [0, 1, 1, 1], [0, 1, 0, 0], 2, [[0, 0, 1, 0], 1]],
  [() => metrics.TrueNegatives(), [0, 1, 0, 0], [1, 1, 0, 0], 2, [[0, 0, 1, 0], 1]],
  [() => metrics.TruePositives({ thresholds: [0.4, 0.85] }), pair, halves, [1, 1]],
  [() => metrics.Precision(), [0, 1, 1, 1], [1, 0, 1, 1], 2 / 3, [[0, 0, 1, 0], 1]],
  [() => metrics.Recall({ thresholds: [0.2, 0.85] }), pair, halves, [1, 0.5]],
  [() => metrics.SensitivityAtSpecificity(0.5), few, guesses, 0.5, [[1, 1, 2, 2, 1], 1 / 3]],
  [() => metrics.SpecificityAtSensitivity({ sensitivity: 0.5 }), few, guesses, 2 / 3, [[1, 1, 2, 2, 2], 0.5]],
  [() => metrics.PrecisionAtRecall(0.5), few, guesses, 0.5, [[2, 2, 2, 1, 1], 1 / 3]],
  [() => metrics.RecallAtPrecision(0.8), pair, halves, 0.5, [[1, 0, 0, 1], 1]],
  [() => metrics.AUC({ numThresholds: 3 }), pair, halves, 0.75, [[1, 0, 0, 1], 1]],
  // By hand: of the columns' areas 0.75 and 1 the mean by 1 and 3.
  [
    () => metrics.AUC({ numThresholds: 3, multiLabel: true, labelWeights: [1, 3] }),
    pair.map((t) => [t, t]),
    halves.map((p, i) => [p, pair[i]]),
    0.9375,
  ],
  [
    () => metrics.FBetaScore({ beta: 2, threshold: 0.5 }),
    labels,
    chances,
    [0.3846154, 0.90909094, 0.8333334],
  ],
  [() => metrics.F1Score({ threshold: 0.5 }), labels, chances, [0.5, 0.8, 2 / 3]],
  [() => metrics.F1Score({ threshold: 0.5, average: 'macro' }), labels, chances, (0.5 + 0.8 + 2 / 3) / 3],
  [() => metrics.F1Score({ threshold: 0.5, average: 'weighted' }), labels, chances, (1.5 + 1.6 + 2 / 3) / 6],
  [() => metrics.F1Score({ threshold: 0.5, average: 'micro' }), labels, chances, 8 / 12],
  [() => metrics.IoU(2, [0], { dtype: 'float32' }), pair, [0, 1, 0, 1], 1 / 3, [[0.3, 0.3, 0.3, 0.1], 1 / 3]],
  [
    () => metrics.MeanIoU({ numClasses: 2, dtype: 'float32' }),
    pair,
    [0, 1, 0, 1],
    1 / 3,
    [[0.3, 0.3, 0.3, 0.1], 0.23809525],
  ],
  [() => metrics.MeanIoU(3, { ignoreClass: 2 }), [0, 0, 1, 2], [0, 1, 1, 2], 0.5],
  [
    () => metrics.BinaryIoU({ threshold: 0.3, dtype: 'float32' }),
    [0, 1, 0, 1],
    [0.1, 0.2, 0.4, 0.7],
    1 / 3,
    [[0.2, 0.3, 0.4, 0.1], 0.17361112],
  ],
  [
    () => metrics.OneHotIoU(3, [0, 2], { dtype: 'float32' }),
    oneHot,
    scores,
    1 / 6,
    [[0.1, 0.2, 0.3, 0.4], 1 / 14],
  ],
  [
    () => metrics.OneHotMeanIoU(3, { dtype: 'float32' }),
    oneHot,
    scores,
    1 / 9,
    [[0.1, 0.2, 0.3, 0.4], 1 / 21],
  ],
  [
    () => metrics.ConfusionMatrix(3),
    [2, 0, 1, 0],
    scores,
    [
      [0, 0, 2],
      [1, 0, 0],
      [0, 0, 1],
    ],
  ],
  [
    () => metrics.ConfusionMatrix(2, { normalize: 'true' }),
    pair,
    [0, 0.6, 0.3, 0.9],
    [
      [0.5, 0.5],
      [0.5, 0.5],
    ],
  ],
  [
    () => metrics.RootMeanSquaredError(),
    [
      [0, 1],
      [0, 0],
    ],
    [
      [1, 1],
      [0, 0],
    ],
    0.5,
    [[1, 0], Math.SQRT1_2],
  ],
  [() => metrics.R2Score(), numbers, near, 4 / 7],
  [() => metrics.R2Score({ numRegressors: 1 }), numbers, near, 1 - (3 / 7) * 2],
  [() => metrics.PearsonCorrelation(), curves, fits, 0.9966996338993913],
  [() => metrics.ConcordanceCorrelation(), curves, fits, 0.9816320385426076],
  [
    () => metrics.MeanMetricWrapper((t, p) => ops.abs(ops.subtract(t, p))),
    numbers,
    near,
    2 / 3,
    [[1, 2, 0], 1 / 3],
  ],
]

/** A number, or numbers in lists, near to those of float32. */
const near32 = (value: unknown): unknown =>
  Array.isArray(value) ? value.map(near32) : expect.closeTo(Number(value), 6)

onCpuFirst(() => {
  test('numbers', async () => {
    for (const [make, yTrue, yPred, expected, weighted] of cases) {
      const metric = make()
      await metric.updateState(yTrue, yPred)
      expect([metric.className, await metric.result()]).toEqual([metric.className, near32(expected)])
      if (!weighted) continue
      metric.resetState()
      await metric.updateState(yTrue, yPred, { sampleWeight: weighted[0] })
      expect([metric.className, await metric.result()]).toEqual([metric.className, near32(weighted[1])])
    }
  })

  test('updates add up, and what is refused adds nothing', async () => {
    const [mean, sum] = [metrics.Mean(), metrics.Sum()]
    for (const metric of [mean, sum]) {
      await metric.updateState([1, 3, 5, 7])
      await metric.updateState([2, 4], { sampleWeight: [1, 0] })
      await expect(metric.updateState('many')).rejects.toThrow('expected nested arrays')
    }
    expect([await mean.result(), await sum.result()]).toEqual([18 / 5, 18])
    const recall = metrics.Recall()
    const both = [recall.updateState([1, 0], [1, 1]), recall.updateState([1, 1], [0, 1])]
    await Promise.all(both)
    expect(await recall.result()).toBeCloseTo(2 / 3, 12)
    await expect(recall.updateState([1, 0, 1], [1, 1])).rejects.toThrow('expected targets [2, 1], got [3]')
    await expect(recall.updateState([[1, 0]], [[1, 1]])).rejects.toThrow(
      'expected predictions [batch, 1], as before',
    )
    recall.resetState()
    expect(await recall.result()).toBe(0)
  })
})

test('names are counted as in Keras, and options are checked', () => {
  clearSession()
  expect([metrics.AUC().name, metrics.AUC().name, metrics.MeanIoU(2).name, metrics.F1Score().name]).toEqual([
    'auc',
    'auc_1',
    'mean_io_u',
    'f1_score',
  ])
  expect(() => metrics.IoU(2, [2])).toThrow('targetClassIds below the 2 classes, got 2')
  expect(() => metrics.PrecisionAtRecall(2)).toThrow('recall to be a finite number from 0 to 1')
  expect(() => metrics.MeanIoU(2, 3 as never)).toThrow('MeanIoU: expected (numClasses, options), got (2, 3)')
  expect(() => metrics.AUC({ numLabels: 2 })).toThrow('expected numLabels with multiLabel: true alone')
})

test('a class that is another metric than it is a loss is that metric by name', async () => {
  const identifier = { className: 'SparseCategoricalCrossentropy', config: { ignoreClass: 0 } }
  await metricFamily.loadingOf(identifier, 'metrics')?.()
  expect(metricFamily.get(identifier, 'metrics').config).not.toHaveProperty('reduction')
  expect(() => metricFamily.get({ ...identifier, config: { reduction: 'sum' } }, 'metrics')).toThrow(
    'reduction',
  )
})
