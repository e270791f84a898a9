/** The elements of data sets, as tf.data has them. */
import { expect, test } from 'vitest'
import { Dataset } from '../../src/data/index.ts'
import { tensor } from '../../src/index.ts'
import { plainElements } from '../support/plainElements.ts'

const { range } = Dataset

test.each<[string, Dataset<unknown>, unknown[], number | null]>([
  ['range', range(5), [0, 1, 2, 3, 4], 5],
  ['range with bounds', range(2, 9, 3), [2, 5, 8], 3],
  ['range downward', range(3, 0, -1), [3, 2, 1], 3],
  ['fromTensorSlices of numbers', Dataset.fromTensorSlices([1, 2]), [1, 2], 2],
  [
    'of rows',
    Dataset.fromTensorSlices([
      [1, 2],
      [3, 4],
    ]),
    [
      [1, 2],
      [3, 4],
    ],
    2,
  ],
  [
    'of a tuple',
    Dataset.fromTensorSlices([tensor([[1], [2]]), tensor([5, 6])]),
    [
      [[1], 5],
      [[2], 6],
    ],
    2,
  ],
  [
    'of names',
    Dataset.fromTensorSlices({ a: [1, 2], b: ['x', 'y'] }),
    [
      { a: 1, b: 'x' },
      { a: 2, b: 'y' },
    ],
    2,
  ],
  [
    'map',
    range(3).map((i) => [i, i * i]),
    [
      [0, 0],
      [1, 1],
      [2, 4],
    ],
    3,
  ],
  ['map, async', range(3).map(async (i) => -i, { numParallelCalls: 2 }), [-0, -1, -2], 3],
  ['filter', range(5).filter(async (i) => i % 2 === 0), [0, 2, 4], null],
  ['flatMap', range(3).flatMap((i) => range(i)), [0, 0, 1], null],
  ['batch', range(5).batch(2), [[0, 1], [2, 3], [4]], 3],
  [
    'batch, whole ones',
    range(5).batch(2, { dropRemainder: true }),
    [
      [0, 1],
      [2, 3],
    ],
    2,
  ],
  [
    'batch of tuples',
    range(2)
      .map((i) => [tensor([i, 1]), i, 'w'])
      .batch(2),
    [
      [
        [
          [0, 1],
          [1, 1],
        ],
        [0, 1],
        ['w', 'w'],
      ],
    ],
    1,
  ],
  [
    'paddedBatch',
    range(1, 3)
      .map((i) => [Array(i).fill(i), i])
      .paddedBatch(2, { paddingValue: 9 }),
    [
      [
        [
          [1, 9],
          [2, 2],
        ],
        [1, 2],
      ],
    ],
    1,
  ],
  ['unbatch', range(4).batch(3).unbatch(), [0, 1, 2, 3], null],
  [
    'window',
    range(7)
      .window(3)
      .flatMap((w) => w.batch(3)),
    [[0, 1, 2], [3, 4, 5], [6]],
    null,
  ],
  [
    'window, overlapping',
    range(5)
      .window(3, { shift: 1, dropRemainder: true })
      .flatMap((w) => w.batch(3)),
    [
      [0, 1, 2],
      [1, 2, 3],
      [2, 3, 4],
    ],
    null,
  ],
  [
    'window, to its end',
    range(3)
      .window(2, { shift: 1 })
      .flatMap((w) => w.batch(2)),
    [[0, 1], [1, 2], [2]],
    null,
  ],
  [
    'window, of some',
    range(6)
      .window(3, { shift: 1, stride: 2, dropRemainder: true })
      .flatMap((w) => w.batch(3)),
    [
      [0, 2, 4],
      [1, 3, 5],
    ],
    null,
  ],
  [
    'window, apart',
    range(6)
      .window(1, { shift: 2 })
      .flatMap((w) => w.skip(0)),
    [0, 2, 4],
    null,
  ],
  [
    'zip',
    Dataset.zip([range(3), range(5, 9)]),
    [
      [0, 5],
      [1, 6],
      [2, 7],
    ],
    3,
  ],
  ['concatenate', range(2).concatenate(range(1)), [0, 1, 0], 3],
  ['repeat', range(2).repeat(2), [0, 1, 0, 1], 4],
  ['repeat without end', range(2).repeat().take(5), [0, 1, 0, 1, 0], 5],
  ['skip', range(4).skip(3), [3], 1],
  ['take more than there are', range(2).take(9), [0, 1], 2],
  [
    'enumerate',
    range(5, 7).enumerate(1),
    [
      [1, 5],
      [2, 6],
    ],
    2,
  ],
  ['prefetch', range(4).prefetch(2), [0, 1, 2, 3], 4],
  [
    'fromGenerator',
    Dataset.fromGenerator(function* () {
      yield* [1, 2]
    }),
    [1, 2],
    null,
  ],
])('%s', async (_, dataset, elements, cardinality) => {
  expect(await plainElements(dataset)).toEqual(elements)
  expect(dataset.cardinality()).toBe(cardinality)
  // Each iteration begins anew.
  expect(await plainElements(dataset)).toEqual(elements)
})
