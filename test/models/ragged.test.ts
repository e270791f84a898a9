/**
 * Samples that differ in length, as lists and as streams: each call does what calls on batches of one length do, one after the
 * other.
 */
import { afterEach, describe, expect, test, vi } from 'vitest'
import {
  Concatenate,
  Dense,
  Embedding,
  GRU,
  Input,
  type LayersModel,
  type LossName,
  LSTM,
  Model,
  Sequential,
  setSeed,
  type Tensor,
  TimeDistributed,
  tensor,
} from '../../src/index.ts'
import { DeviceModel } from '../../src/models/deviceModel.ts'
import { onCpuFirst } from '../support/backends.ts'
import { expectClose } from '../support/compare.ts'
import { quiet, weightsOf } from '../support/models.ts'
import { uniform } from '../support/values.ts'

const LENGTHS = [3, 5, 3, 1, 5]
/** Samples of each length, as `bucketsOf` orders them. */
const BUCKETS = [[0, 2], [1, 4], [3]]
const samples = (width: number, seed: number, lengths = LENGTHS): Tensor[] =>
  lengths.map((time, i) => uniform([time, width], -1, 1, seed + i))
const sequences = samples(2, 1)
const stacked = (list: readonly Tensor[], rows: readonly number[]): Tensor => {
  const [first] = rows
  return tensor(Float32Array.from(rows.flatMap((i) => [...(list[i]?.data ?? [])])), [
    rows.length,
    ...(list[first ?? 0]?.shape ?? []),
  ])
}

const compiled = <M extends LayersModel>(model: M, loss: LossName | LossName[] = 'mse'): M => {
  model.compile({ loss, optimizer: 'adam', metrics: loss === 'mse' ? ['mae'] : null })
  return model
}
const toOne = (): LayersModel => {
  setSeed(3)
  return compiled(Sequential([Input([null, 2]), LSTM(3), Dense(1)]))
}
const toMany = (): LayersModel => {
  setSeed(3)
  return compiled(Sequential([Input([null, 2]), GRU(3, { returnSequences: true }), Dense(2)]))
}
/** A sequence and a vector, and a second sequence of another length; a sequence and a vector come out. */
const graph = (): LayersModel => {
  setSeed(3)
  const [a, b, c] = [
    Input([null, 2], { name: 'a' }),
    Input([2], { name: 'b' }),
    Input([null, 1], { name: 'c' }),
  ]
  const all = LSTM(2, { returnSequences: true })(a)
  const last = Concatenate()([LSTM(2)(c), b])
  return compiled(
    Model([a, b, c], [TimeDistributed(Dense(1), { name: 'each' })(all), Dense(1, { name: 'end' })(last)]),
    ['mse', 'mae'],
  )
}
const targets = LENGTHS.map((_, i) => [i / 5])

/** Means of what buckets give: of the loss over samples, of a metric over its values, which may be those of time steps. */
async function meanOver(
  evaluate: (rows: readonly number[]) => Promise<number | number[]>,
  valuesOf = (_sample: number): number => 1,
): Promise<number[]> {
  const [sums, counts] = [
    [0, 0],
    [0, 0],
  ]
  for (const rows of BUCKETS) {
    const weights = [rows.length, rows.reduce((sum, i) => sum + valuesOf(i), 0)]
    for (const [i, value] of [await evaluate(rows)].flat().entries()) {
      sums[i] = (sums[i] ?? 0) + value * (weights[i] ?? 0)
      counts[i] = (counts[i] ?? 0) + (weights[i] ?? 0)
    }
  }
  return sums.map((sum, i) => sum / (counts[i] ?? 0))
}

onCpuFirst(() => {
  test('predictions come in the order of the samples, each of its own length', async () => {
    const [many, one] = [toMany(), toOne()]
    const got = await many.predict<Tensor[]>(sequences)
    const nested = sequences.map((sequence) => sequence.toArray()) as number[][][]
    expect(await many.predict(nested, { batchSize: 1 })).toEqual(got)
    expect(got.map(({ shape }) => shape)).toEqual(LENGTHS.map((time) => [time, 2]))
    const last = await one.predict(sequences)
    expect(last.shape).toEqual([5, 1])
    for (const rows of BUCKETS) {
      const [inMany, inOne] = [many, one].map((model) => model.predictOnBatch(stacked(sequences, rows)))
      expect(stacked(got, rows)).toEqual(await inMany)
      expect(rows.map((i) => last.data[i])).toEqual([...((await inOne)?.data ?? [])])
    }
    // A list of one sample, and of samples that happen to be alike.
    expect(await many.predict([sequences[3] as Tensor])).toEqual([got[3]])
    expect(await many.predict([sequences[0] as Tensor, sequences[2] as Tensor])).toEqual([got[0], got[2]])
  })

  test('losses and metrics are the means over all samples', async () => {
    const model = toOne()
    const got = await model.evaluate(sequences, targets, { ...quiet, batchSize: 2 })
    const expected = await meanOver((rows) =>
      model.testOnBatch(
        stacked(sequences, rows),
        rows.map((i) => targets[i] ?? []),
      ),
    )
    expectClose('losses', [got].flat(), expected, 1e-6)
    const flat = await model.evaluate(
      sequences,
      targets.map(([y]) => y ?? 0),
      quiet,
    )
    expect(flat).toEqual(got)
    // The steps of the first two lengths.
    const some = await model.evaluate(sequences, targets, { ...quiet, batchSize: 2, steps: 2 })
    expect(some).not.toEqual(got)
  })

  test('validation by data and by split: the last samples, before they are shuffled', async () => {
    const model = toOne()
    const given = await model.fit(sequences, targets, {
      ...quiet,
      validationData: [sequences.slice(2), targets.slice(2)],
    })
    expect(given.history.val_loss?.[0]).toBe(
      [await model.evaluate(sequences.slice(2), targets.slice(2), quiet)].flat()[0],
    )
    const [split, apart] = [toOne(), toOne()]
    const options = { ...quiet, epochs: 2, batchSize: 2, classWeight: { 0: 2 } }
    setSeed(5)
    const { history } = await split.fit(sequences, targets, { ...options, validationSplit: 0.4 })
    setSeed(5)
    const expected = await apart.fit(sequences.slice(0, 3), targets.slice(0, 3), {
      ...options,
      validationData: [sequences.slice(3), targets.slice(3)],
    })
    expect(history).toEqual(expected.history)
    expect(await weightsOf(split)).toEqual(await weightsOf(apart))
  })

  test('several inputs and outputs, by list and by name, and weights of samples and of time steps', async () => {
    const others = samples(1, 20, [2, 4, 2, 2, 4])
    const vectors = uniform([5, 2], -1, 1, 30)
    const each = samples(1, 40)
    const ends = uniform([5], -1, 1, 50)
    const ofSteps = LENGTHS.map((time) => Array.from({ length: time }, (_, t) => 1 + (t % 2)))
    const ofSamples = [1, 2, 0.5, 1, 1]
    const [byList, byName, stepped] = [graph(), graph(), graph()]
    const options = { ...quiet, shuffle: false, batchSize: 2 }
    await byList.fit([sequences, vectors, others], [each, ends], {
      ...options,
      sampleWeight: [ofSteps, ofSamples],
    })
    await byName.fit(
      { c: others, b: vectors, a: sequences },
      { end: ends, each },
      {
        ...options,
        sampleWeight: { each: ofSteps, end: ofSamples },
      },
    )
    for (const rows of BUCKETS) {
      const pick = <T>(list: readonly T[]): T[] => rows.map((i) => list[i] as T)
      const vectorsOf = pick(vectors.toArray() as number[][])
      await stepped.trainOnBatch(
        [stacked(sequences, rows), vectorsOf, stacked(others, rows)],
        [stacked(each, rows), pick([...ends.data])],
        { sampleWeight: [pick(ofSteps), pick(ofSamples)] },
      )
    }
    expect(await weightsOf(byList)).toEqual(await weightsOf(stepped))
    expect(await weightsOf(byName)).toEqual(await weightsOf(stepped))
    const [open, closed] = await byList.predict<readonly [Tensor[], Tensor]>([sequences, vectors, others])
    expect(open.map(({ shape }) => shape)).toEqual(LENGTHS.map((time) => [time, 1]))
    expect(closed.shape).toEqual([5, 1])
  })

  test('ids, and weights of classes', async () => {
    const build = (): LayersModel => {
      setSeed(3)
      const layers = [
        Input([null], { dtype: 'int32' }),
        Embedding(7, 2),
        LSTM(2),
        Dense(3, { activation: 'softmax' }),
      ]
      return compiled(Sequential(layers), 'sparse_categorical_crossentropy')
    }
    const [listed, stepped] = [build(), build()]
    const ids = [[1, 2, 6], [0, 3, 4, 4, 5], [2, 2, 2], [6], [5, 4, 3, 2, 1]]
    const classes = [0, 1, 2, 1, 0]
    const classWeight = { 0: 2, 2: 0.5 }
    await listed.fit(ids, classes, { ...quiet, shuffle: false, batchSize: 2, classWeight })
    for (const rows of BUCKETS) {
      await stepped.trainOnBatch(
        rows.map((i) => ids[i] ?? []),
        rows.map((i) => classes[i] ?? 0),
        { classWeight },
      )
    }
    expect(await weightsOf(listed)).toEqual(await weightsOf(stepped))
    await expect(listed.predict([[1, 2], [7]])).rejects.toThrow(/embedding/i)
    await expect(listed.predict([[1, 2], [0.5]])).rejects.toThrow(
      'x[1][0]: expected an integer up to 2²⁴, got 0.5',
    )
  })

  test('streams whose batches differ in length are evaluated, predicted and validated', async () => {
    const model = toMany()
    const labels = samples(2, 60)
    const batches = BUCKETS.map((rows) => [stacked(sequences, rows), stacked(labels, rows)] as const)
    async function* stream() {
      yield* batches
    }
    const expected = await meanOver(
      (rows) => model.testOnBatch(stacked(sequences, rows), stacked(labels, rows)),
      (i) => LENGTHS[i] ?? 0,
    )
    const losses = await model.evaluate(stream(), null, quiet)
    expectClose('losses', [losses].flat(), expected, 1e-6)
    expect(await model.evaluate(new Set(batches), null, quiet)).toEqual(losses)
    const inOrder = BUCKETS.flat().map((i) => sequences[i] as Tensor)
    const predicted = await model.predict<Tensor[]>(inOrder)
    expect(await model.predict(new Set(batches))).toEqual(predicted)
    expect(await model.predict(new Set(batches.map(([x]) => x)))).toEqual(predicted)
    expect(await model.predict(new Set(batches), { steps: 1 })).toEqual(predicted.slice(0, 2))
    const { history } = await model.fit(new Set(batches), null, {
      ...quiet,
      epochs: 2,
      validationData: new Set(batches),
    })
    expect(history.val_loss?.[1]).toBe([await model.evaluate(new Set(batches), null, quiet)].flat()[0])
    const some = await model.fit(new Set(batches), null, {
      ...quiet,
      validationData: new Set(batches),
      validationSteps: 1,
    })
    expect(some.history.val_loss?.[0]).toBe(
      [await model.testOnBatch(...(batches[0] as (typeof batches)[0]))].flat()[0],
    )
  })
})

describe('plans', () => {
  afterEach(() => void vi.restoreAllMocks())

  test('a length and a batch size are compiled once, however often they come', async () => {
    const load = vi.spyOn(DeviceModel.prototype, 'load')
    const model = toOne()
    await model.fit(sequences, targets, { ...quiet, epochs: 4, batchSize: 2 })
    expect(load.mock.calls.map(([{ inputs, batch }]) => `${inputs} ${batch}`).sort()).toEqual([
      '1,2 1',
      '3,2 2',
      '5,2 2',
    ])
    await model.fit(sequences, targets, { ...quiet, batchSize: 2 })
    expect(load).toHaveBeenCalledTimes(3)
  })
})
