/** Scalers against scikit-learn's documented examples, and against what a few lines compute. */
import { expect, test } from 'vitest'
import { MinMaxScaler, StandardScaler, trainTestSplit } from '../../src/data/index.ts'
import type { NestedArray } from '../../src/index.ts'
import { expectError, untyped } from '../support/expectError.ts'

const x = [
  [-1, 2],
  [-0.5, 6],
  [0, 10],
  [1, 18],
]

test('MinMaxScaler', () => {
  const scaler = MinMaxScaler()
  expect(scaler.fitTransform(x).toArray()).toEqual([
    [0, 0],
    [0.25, 0.25],
    [0.5, 0.5],
    [1, 1],
  ])
  expect(scaler.dataMax).toEqual([1, 18])
  expect(scaler.dataMin).toEqual([-1, 2])
  expect(scaler.dataRange).toEqual([2, 16])
  expect(scaler.scale).toEqual([0.5, 1 / 16])
  expect(scaler.min).toEqual([0.5, -0.125])
  expect([scaler.nFeaturesIn, scaler.nSamplesSeen]).toEqual([2, 4])
  expect(scaler.transform([[2, 2]]).toArray()).toEqual([[1.5, 0]])
  expect(scaler.inverseTransform([[1.5, 0]]).toArray()).toEqual([[2, 2]])
})

test('MinMaxScaler: ranges, clipping, constants, what is missing, parts, and other ranks', () => {
  const scaler = new MinMaxScaler({ featureRange: [-1, 1], clip: true })
  expect(scaler.fit([0, Number.NaN, 10]).transform([5, 20, Number.NaN]).toArray()).toEqual([0, 1, Number.NaN])
  const constant = MinMaxScaler().fit([[7], [7]])
  expect(constant.transform([[7], [9]]).toArray()).toEqual([[0], [2]])
  const parts = MinMaxScaler()
    .partialFit([[1, 5]])
    .partialFit([[3, Number.NaN]])
  expect([parts.dataMin, parts.dataMax, parts.nSamplesSeen]).toEqual([[1, 5], [3, 5], 2])
  expect(
    MinMaxScaler()
      .fitTransform([
        [
          [0, 0],
          [1, 2],
        ],
        [
          [2, 4],
          [4, 8],
        ],
      ])
      .toArray(),
  ).toEqual([
    [
      [0, 0],
      [0.25, 0.25],
    ],
    [
      [0.5, 0.5],
      [1, 1],
    ],
  ])
})

test('StandardScaler', () => {
  const scaler = StandardScaler()
  const data = [
    [0, 0],
    [0, 0],
    [1, 1],
    [1, 1],
  ]
  expect(scaler.fit(data).mean).toEqual([0.5, 0.5])
  expect(scaler.var).toEqual([0.25, 0.25])
  expect(scaler.scale).toEqual([0.5, 0.5])
  expect(scaler.transform(data).toArray()).toEqual([
    [-1, -1],
    [-1, -1],
    [1, 1],
    [1, 1],
  ])
  expect(scaler.transform([[2, 2]]).toArray()).toEqual([[3, 3]])
  expect(scaler.inverseTransform([[3, 3]]).toArray()).toEqual([[2, 2]])
  expect([scaler.nFeaturesIn, scaler.nSamplesSeen]).toEqual([2, 4])
})

test('StandardScaler: weights, parts, what is missing, constants, large means', () => {
  const weighed = StandardScaler().fit([[1], [4]], [1, 2])
  expect([weighed.mean, weighed.var, weighed.nSamplesSeen]).toEqual([[3], [2], 3])
  const parts = StandardScaler()
    .partialFit([[1, 1]])
    .partialFit([
      [2, Number.NaN],
      [6, 3],
    ])
  const whole = StandardScaler().fit([
    [1, 1],
    [2, Number.NaN],
    [6, 3],
  ])
  expect(parts.mean).toEqual(whole.mean)
  parts.var?.forEach((value, i) => {
    expect(value).toBeCloseTo(whole.var?.[i] as number, 12)
  })
  expect(whole.nSamplesSeen).toEqual([3, 2])
  expect(whole.var?.[1]).toBe(1)
  expect(StandardScaler().fit([[5], [5]]).scale).toEqual([1])
  const large = StandardScaler().fit(new Float64Array([1e9, 1e9 + 2]))
  expect([large.mean, large.var]).toEqual([[1e9 + 1], [1]])
  const plain = StandardScaler({ withMean: false, withStd: false }).fit([[1], [3]])
  expect([plain.mean, plain.var, plain.scale]).toEqual([null, null, null])
  expect(plain.transform([[2]]).toArray()).toEqual([[2]])
  expect(StandardScaler({ withStd: false }).fitTransform([1, 3]).toArray()).toEqual([-1, 1])
})

const rows = Array.from({ length: 10 }, (_, i) => [i, 10 * i])
const firsts = (values: NestedArray): unknown[] => (values as number[][]).map(([first]) => first)

test('trainTestSplit cuts by time', () => {
  const [xTrain, xTest, yTrain, yTest] = trainTestSplit(
    rows,
    rows.map(([i]) => i as number),
    { testSize: 0.25 },
  )
  expect(firsts(xTrain.toArray())).toEqual([0, 1, 2, 3, 4, 5, 6])
  expect(firsts(xTest.toArray())).toEqual([7, 8, 9])
  expect([...yTrain.data, ...yTest.data]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  const sizes = (options: Parameters<typeof trainTestSplit>[1]) =>
    (trainTestSplit(rows, untyped(options)) as readonly { shape: readonly number[] }[]).map(
      ({ shape }) => shape[0],
    )
  expect(sizes(untyped({}))).toEqual([7, 3])
  expect(sizes(untyped({ trainSize: 2 }))).toEqual([2, 8])
  expect(sizes(untyped({ trainSize: 0.5, testSize: 2 }))).toEqual([5, 2])
})

test('trainTestSplit draws by its seed, and keeps the shares of classes', () => {
  const options = { shuffle: true, seed: 5, testSize: 3 }
  const [train, test_] = trainTestSplit(rows, options)
  const all = [...firsts(train.toArray()), ...firsts(test_.toArray())]
  expect(all).not.toEqual([...rows.keys()])
  expect([...all].sort()).toEqual([...rows.keys()])
  expect(trainTestSplit(rows, options)[1]).toEqual(test_)
  const classes = rows.map((_, i) => (i < 6 ? 'a' : 'b'))
  const [, held] = trainTestSplit(rows, { ...options, testSize: 5, stratify: classes })
  expect(firsts(held.toArray()).filter((i) => Number(i) < 6)).toHaveLength(3)
})

test.each([
  [
    'an unfitted scaler',
    () => MinMaxScaler().transform([1]),
    'MinMaxScaler.transform: expected a scaler that was fitted, got one that was not. Call scaler.fit(x) first.',
  ],
  [
    'other features',
    () =>
      StandardScaler()
        .fit(x)
        .transform([[1]]),
    'StandardScaler.transform: expected 2 features, to which the scaler was fitted, got 1.',
  ],
  [
    'infinity',
    () => StandardScaler().fit([Infinity]),
    'StandardScaler.fit: expected numbers, or NaN for those that are missing, got Infinity.',
  ],
  [
    'a range',
    () => MinMaxScaler({ featureRange: [1, 0] }),
    'MinMaxScaler: expected featureRange as [min, max] with min below max, got [1, 0].',
  ],
  [
    'weights',
    () => StandardScaler().fit([1, 2], [1]),
    'StandardScaler.fit, sampleWeight: expected [2], got [1].',
  ],
  [
    'rows',
    () => trainTestSplit([1, 2], [1]),
    'trainTestSplit: expected arrays with as many samples each, got 2 and 1.',
  ],
  [
    'sizes',
    () => trainTestSplit([1, 2], { testSize: 2 }),
    'trainTestSplit: expected sizes that leave samples on both sides, of 2, got the rest and 2.',
  ],
  [
    'stratify by time',
    () => trainTestSplit([1, 2], { stratify: [0, 1] }),
    'trainTestSplit: expected shuffle: true beside stratify, got shuffle: false.',
  ],
] as const)('%s is refused', (_, attempt, message) => expectError(attempt, message))
