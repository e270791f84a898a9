/** Windows of series, and data sets as what models train on. */
import { expect, test } from 'vitest'
import { Dataset, TimeseriesGenerator, timeseriesDatasetFromArray } from '../../src/data/index.ts'
import { Dense, Normalization, Sequential, tensor } from '../../src/index.ts'
import { plainElements } from '../support/plainElements.ts'

const hundred = Array.from({ length: 99 }, (_, i) => i)

test('timeseriesDatasetFromArray: the first of Keras’s examples', () => {
  const dataset = timeseriesDatasetFromArray(hundred, null, 10, { samplingRate: 2, sequenceStride: 3 })
  const [batch] = [...dataset]
  expect(batch?.shape).toEqual([27, 10])
  const rows = batch?.toArray() as number[][]
  expect(rows[0]).toEqual([0, 2, 4, 6, 8, 10, 12, 14, 16, 18])
  expect(rows[1]?.[0]).toBe(3)
  expect(rows.at(-1)).toEqual([78, 80, 82, 84, 86, 88, 90, 92, 94, 96])
})

test('timeseriesDatasetFromArray: targets, parts of the series, frames, order', async () => {
  const next = timeseriesDatasetFromArray(hundred.slice(0, -10), hundred.slice(10), 10, { batchSize: 32 })
  expect(next.cardinality()).toBe(3)
  const sizes: (number | undefined)[] = []
  for (const [x, y] of next) {
    sizes.push(x.shape[0])
    expect((x.toArray() as number[][])[0]?.[0]).toBe((y.data[0] as number) - 10)
  }
  expect(sizes).toEqual([32, 32, 16])
  const part = timeseriesDatasetFromArray(hundred, hundred, 3, {
    startIndex: 50,
    endIndex: 54,
    batchSize: null,
  })
  expect(await plainElements(part)).toEqual([
    [[50, 51, 52], 50],
    [[51, 52, 53], 51],
  ])
  const frames = hundred.slice(0, 5).map((i) => [i, -i])
  const [batch] = timeseriesDatasetFromArray(frames, null, 2, { samplingRate: 2, batchSize: 2 })
  expect(batch?.toArray()).toEqual([
    [
      [0, -0],
      [2, -2],
    ],
    [
      [1, -1],
      [3, -3],
    ],
  ])
  const shuffled = timeseriesDatasetFromArray(hundred, hundred, 2, { shuffle: true, seed: 7 })
  const [[first], [second]] = [[...shuffled], [...shuffled]]
  expect(first?.[1].toArray()).not.toEqual(second?.[1].toArray())
  expect([...(first?.[1].data ?? [])].sort((a, b) => a - b)).toEqual(hundred.slice(0, 98))
  expect(first?.[0].data.filter((_, i) => i % 2 === 0)).toEqual(first?.[1].data)
})

test('timeseriesDatasetFromArray: by name, as Keras’s keywords', async () => {
  const options = { sequenceLength: 3, startIndex: 50, endIndex: 54, batchSize: null }
  const targets = hundred.map((i) => -i)
  const placed = await plainElements(timeseriesDatasetFromArray(hundred, targets, options))
  const named = [
    timeseriesDatasetFromArray(hundred, { targets, ...options }),
    timeseriesDatasetFromArray({ data: hundred, targets, ...options }),
    timeseriesDatasetFromArray({ data: hundred, shape: [99] }, { targets: tensor(targets), ...options }),
  ]
  for (const dataset of named) expect(await plainElements(dataset)).toEqual(placed)
  const alone = [
    timeseriesDatasetFromArray(hundred, options),
    timeseriesDatasetFromArray({ data: hundred, targets: null, ...options }),
  ]
  for (const dataset of alone)
    expect(await plainElements(dataset)).toEqual([
      [50, 51, 52],
      [51, 52, 53],
    ])
})

test('TimeseriesGenerator: an example of Keras’s documentation', () => {
  const data = Array.from({ length: 50 }, (_, i) => [i])
  const generator = TimeseriesGenerator(data, data, { length: 10, samplingRate: 2, batchSize: 2 })
  expect(generator.length).toBe(20)
  const [x, y] = generator.get(0)
  expect(x.toArray()).toEqual([
    [[0], [2], [4], [6], [8]],
    [[1], [3], [5], [7], [9]],
  ])
  expect(y.toArray()).toEqual([[10], [11]])
  const apart = new TimeseriesGenerator(data, data, {
    length: 2,
    stride: 3,
    startIndex: 1,
    endIndex: 10,
    batchSize: 2,
    reverse: true,
  })
  expect(apart.length).toBe(2)
  expect([...apart].map(([samples, targets]) => [samples.toArray(), targets.toArray()])).toEqual([
    [
      [
        [[2], [1]],
        [[5], [4]],
      ],
      [[3], [6]],
    ],
    [[[[8], [7]]], [[9]]],
  ])
  const drawn = () =>
    TimeseriesGenerator(data, data, { length: 3, shuffle: true, seed: 3, batchSize: 4 }).get(1)
  expect(drawn()).toEqual(drawn())
})

test('models and layers take data sets as streams', async () => {
  const x = hundred.map((i) => [i / 100])
  const pairs = Dataset.fromTensorSlices([tensor(x), tensor(x)])
    .shuffle(99, { seed: 1 })
    .batch(32)
  const model = Sequential([Dense(1, { inputShape: [1] })])
  model.compile({ loss: 'mse', optimizer: 'sgd' })
  const { history } = await model.fit(pairs, null, { epochs: 3, validationData: pairs.take(1), verbose: 0 })
  expect(history.loss?.[2]).toBeLessThan(history.loss?.[0] as number)
  expect(await model.evaluate(pairs, null, { verbose: 0 })).toBeTypeOf('number')
  expect((await model.predict(Dataset.fromTensorSlices(tensor(x)).batch(50))).shape).toEqual([99, 1])
  const generator = TimeseriesGenerator(hundred, hundred, { length: 1, batchSize: 40 })
  await model.fit(generator, null, { verbose: 0 })
  const layer = Normalization({ axis: null })
  await layer.adapt(Dataset.range(5).batch(2))
  // Mean 2, variance 2.
  expect((await Sequential([layer]).predict([[4]])).data[0]).toBeCloseTo(Math.SQRT2, 5)
})
