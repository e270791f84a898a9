/** Data sets: their elements, made as they are asked for. Facts are those of tf.data. */
import { expect, test, vi } from 'vitest'
import {
  Dataset,
  splitDataset,
  TimeseriesGenerator,
  timeseriesDatasetFromArray,
} from '../../src/data/index.ts'
import { setSeed, tensor } from '../../src/index.ts'
import { expectError, untyped } from '../support/expectError.ts'
import { plainElements } from '../support/plainElements.ts'

const { range } = Dataset

test('windows of tuples are data sets, one a component', async () => {
  const pairs = range(4)
    .map((i) => [i, -i])
    .window(2, { dropRemainder: true })
  expect(pairs.cardinality()).toBe(2)
  const [first] = await pairs.toArray()
  expect(await plainElements(first?.[1] as Dataset<number>)).toEqual([-0, -1])
})

test('shuffle has one order a seed and iteration, and draws from its buffer', async () => {
  const dataset = range(20).shuffle(20, { seed: 1 })
  const [first, second] = [await dataset.toArray(), await dataset.toArray()]
  expect(first).not.toEqual(second)
  expect([...first].sort((a, b) => a - b)).toEqual([...Array(20).keys()])
  expect(await range(20).shuffle(20, { seed: 1 }).toArray()).toEqual(first)
  const same = range(20).shuffle(20, { seed: 1, reshuffleEachIteration: false })
  expect(await same.toArray()).toEqual(await same.toArray())
  const near = await range(20).shuffle(3, { seed: 1 }).toArray()
  near.forEach((value, i) => {
    expect(value).toBeLessThanOrEqual(i + 3)
  })
  setSeed(2)
  const drawn = await range(20).shuffle(20).toArray()
  setSeed(2)
  expect(await range(20).shuffle(20).toArray()).toEqual(drawn)
})

test('it is lazy, asks ahead, caches, and closes its source', async () => {
  let made = 0
  const closed = vi.fn()
  const source = Dataset.fromGenerator(function* () {
    try {
      for (;;) yield made++
    } finally {
      closed()
    }
  })
  const ahead = source.map((i) => i).prefetch(2)
  expect(made).toBe(0)
  const two = await ahead.take(2).toArray()
  expect(two).toEqual([0, 1])
  expect(made).toBeLessThanOrEqual(5)
  expect(closed).toHaveBeenCalledTimes(1)
  await Dataset.zip([source, range(1)]).toArray()
  expect(closed).toHaveBeenCalledTimes(2)
  const before = made
  const cached = source.take(3).cache()
  expect(await cached.toArray()).toEqual(await cached.toArray())
  expect(made).toBe(before + 3)
})

test('an error of the source is that of the iteration, and others are not begun anew', async () => {
  const failing = range(9).map(async (i) => (i === 3 ? Promise.reject(new Error('no file 3')) : i), {
    numParallelCalls: 4,
  })
  for (const dataset of [failing, failing.prefetch(3), failing.shuffle(2), failing.batch(2)])
    await expect(dataset.toArray()).rejects.toThrow('no file 3')
})

test('splitDataset', async () => {
  const [left, right] = await splitDataset(range(10), { leftSize: 0.8 })
  expect([await plainElements(left), await plainElements(right)]).toEqual([
    [0, 1, 2, 3, 4, 5, 6, 7],
    [8, 9],
  ])
  const [most, batched] = await splitDataset(range(5).batch(2), { rightSize: 3, shuffle: true, seed: 1 })
  expect(most.cardinality()).toBe(1)
  expect(((await plainElements(batched)) as number[][]).map(({ length }) => length)).toEqual([2, 1])
  const [ones] = await splitDataset([tensor([1, 2]), tensor([3, 4])], { leftSize: 1 })
  expect(await plainElements(ones)).toEqual([[1, 3]])
})

test.each([
  [
    'arrays of other lengths',
    () => Dataset.fromTensorSlices([tensor([1, 2]), tensor([1])]),
    'Dataset.fromTensorSlices: expected components with as many entries each, got 2 and 1.',
  ],
  [
    'other structures',
    () =>
      range(2)
        .map((i) => (i ? [i] : i))
        .batch(2)
        .toArray(),
    'Dataset.batch: expected elements of one component, got a tuple of 1.',
  ],
  [
    'other shapes',
    () =>
      range(1, 3)
        .map((i) => tensor(Array(i).fill(0)))
        .batch(2)
        .toArray(),
    'Dataset.batch, component 0: expected components of one shape, [1], got [2]. Give batchSize 1, or pad them first: padSequences(…), or dataset.paddedBatch(batchSize).',
  ],
  [
    'no end',
    () => range(2).repeat().toArray(),
    'Dataset.toArray: expected a data set that ends, got one without end. Call take(n) first.',
  ],
  ['no function', () => range(2).map(untyped(3)), 'Dataset.map: expected a function, got 3.'],
  [
    'no sizes',
    () => splitDataset(range(2), {}),
    'splitDataset: expected leftSize or rightSize, got neither.',
  ],
  [
    'a short series',
    () => timeseriesDatasetFromArray([1, 2, 3], null, 2, { samplingRate: 3 }),
    'timeseriesDatasetFromArray: expected a series of at least 4 time steps, which a window has, got 3. Give a smaller sequenceLength or samplingRate.',
  ],
  [
    'a short generator',
    () => TimeseriesGenerator([1, 2], [1, 2], { length: 2 }),
    'TimeseriesGenerator: expected a time step behind startIndex + length, 2, got the last at 1.',
  ],
  [
    'a generator without length',
    () => TimeseriesGenerator([1], [1], untyped({})),
    'TimeseriesGenerator: expected length to be a positive integer, got undefined.',
  ],
] as const)('%s is refused', (_, attempt, message) => expectError(attempt, message))
