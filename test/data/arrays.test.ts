/** Arrays made ready: the numbers of Keras's own examples, and of a few lines beside. */
import { expect, test } from 'vitest'
import { makeSamplingTable, normalize, padSequences, skipgrams, toCategorical } from '../../src/data/index.ts'
import { setSeed, tensor } from '../../src/index.ts'
import { expectError, untyped } from '../support/expectError.ts'

const sequences = [[1], [2, 3], [4, 5, 6]]

test.each([
  [
    {},
    [
      [0, 0, 1],
      [0, 2, 3],
      [4, 5, 6],
    ],
  ],
  [
    { value: -1 },
    [
      [-1, -1, 1],
      [-1, 2, 3],
      [4, 5, 6],
    ],
  ],
  [
    { padding: 'post' },
    [
      [1, 0, 0],
      [2, 3, 0],
      [4, 5, 6],
    ],
  ],
  [
    { maxlen: 2 },
    [
      [0, 1],
      [2, 3],
      [5, 6],
    ],
  ],
  [
    { maxlen: 2, truncating: 'post' },
    [
      [0, 1],
      [2, 3],
      [4, 5],
    ],
  ],
  [{ maxlen: 0 }, [[], [], []]],
] as const)('padSequences with %o', (options, expected) => {
  expect(padSequences(sequences, options).toArray()).toEqual(expected)
})

test('padSequences of frames, of fractions, and by position', () => {
  const frames = padSequences(
    [
      [],
      [[1.5, 2]],
      [
        [3, 4],
        [5, 6],
      ],
    ],
    { dtype: 'float32', padding: 'post', value: 0.5 },
  )
  expect(frames.toArray()).toEqual([
    [
      [0.5, 0.5],
      [0.5, 0.5],
    ],
    [
      [1.5, 2],
      [0.5, 0.5],
    ],
    [
      [3, 4],
      [5, 6],
    ],
  ])
  expect(padSequences([[1.9, -1.9]], 3).toArray()).toEqual([[0, 1, -1]])
})

test('toCategorical', () => {
  const ones = [
    [1, 0, 0, 0],
    [0, 1, 0, 0],
    [0, 0, 1, 0],
    [0, 0, 0, 1],
  ]
  expect(toCategorical([0, 1, 2, 3], 4).toArray()).toEqual(ones)
  expect(toCategorical([[0], [2]]).toArray()).toEqual([
    [1, 0, 0],
    [0, 0, 1],
  ])
  expect(
    toCategorical([
      [0, 1],
      [1, 1],
    ]).shape,
  ).toEqual([2, 2, 2])
  expect(toCategorical(1).toArray()).toEqual([0, 1])
})

test.each([
  [
    [-1, 2],
    [
      [0.6, 0.8],
      [0, 0],
      [-1, 0],
    ],
  ],
  [
    [0, 1],
    [
      [0.75, 1],
      [0, 0],
      [-0.25, 0],
    ],
  ],
  [
    [1, Infinity],
    [
      [0.75, 1],
      [0, 0],
      [-1, 0],
    ],
  ],
] as const)('normalize along %j', ([axis, order], expected) => {
  const rows = normalize(
    [
      [3, 4],
      [0, 0],
      [-1, 0],
    ],
    axis,
    order,
  )
  expect(rows.shape).toEqual([3, 2])
  expected.flat().forEach((value, i) => {
    expect(rows.data[i]).toBeCloseTo(value, 6)
  })
})

test('makeSamplingTable keeps rare words', () => {
  // sqrt(1e-5 · (rank · (ln rank + 0.577) + 1/2 − 1/(12 rank))), rank 0 as rank 1.
  const { data } = makeSamplingTable(1000)
  const expected = [0.0031519, 0.0031519, 0.0054757, 0.273437]
  ;[0, 1, 2, 999].forEach((rank, i) => {
    expect(data[rank]).toBeCloseTo(expected[i] as number, 5)
  })
  expect(makeSamplingTable(3, 10).data.at(-1)).toBe(1)
})

test('skipgrams pairs neighbours, and as many by chance', () => {
  const [near, labels] = skipgrams([1, 0, 2, 3], 5, { windowSize: 1, negativeSamples: 0, shuffle: false })
  expect(near).toEqual([
    [2, 3],
    [3, 2],
  ])
  expect(labels).toEqual([1, 1])
  const [couples, classes] = skipgrams([1, 2, 3], 10, { seed: 4, categorical: true })
  expect(couples).toHaveLength(12)
  expect(classes.filter(([, isNear]) => isNear)).toHaveLength(6)
  couples.forEach(([word, context], i) => {
    expect(context).toBeGreaterThan(0)
    expect(context).toBeLessThan(10)
    if (classes[i]?.[1]) expect(Math.abs(word - context)).toBeLessThanOrEqual(2)
  })
  expect(skipgrams([1, 2, 3], 10, { seed: 4 })[0]).toEqual(couples)
  expect(skipgrams([1, 2, 3], 10, { samplingTable: [0, 0, 0, 0] })).toEqual([[], []])
  setSeed(3)
  const drawn = skipgrams([1, 2, 3], 10)
  setSeed(3)
  expect(skipgrams([1, 2, 3], 10)).toEqual(drawn)
})

test.each([
  ['no list', () => padSequences(untyped('abc')), 'padSequences: expected a list of sequences, got "abc".'],
  [
    'a number',
    () => padSequences(untyped([[1], 2])),
    'padSequences, sequences[1]: expected nested arrays or tensor(data, shape), got 2.',
  ],
  [
    'frames',
    () => padSequences([[[1, 2]], [[1]]]),
    'padSequences, sequences[1]: expected time steps of shape [2], got [1].',
  ],
  [
    'an option',
    () => padSequences([], untyped({ maxLen: 2 })),
    "padSequences: expected only the options maxlen, dtype, padding, truncating, value, got 'maxLen'. Did you mean 'maxlen'?",
  ],
  ['a class', () => toCategorical([0, 3], 3), 'toCategorical: expected classes below 3, got 3.'],
  [
    'a fraction',
    () => toCategorical([0.5]),
    'toCategorical, data[0]: expected an integer of at least 0, got 0.5.',
  ],
  ['an axis', () => normalize([1], 1), 'normalize: expected an axis of 1, got 1.'],
  [
    'ranks',
    () => skipgrams([7, 1], 9, { samplingTable: [1, 1] }),
    'skipgrams: expected a samplingTable of more than 7 entries, got 2.',
  ],
  [
    'a scalar',
    () => skipgrams(tensor([1.5]), 9),
    'skipgrams, sequence[0]: expected an integer of at least 0, got 1.5.',
  ],
] as const)('%s is refused', (_, attempt, message) => expectError(attempt, message))
