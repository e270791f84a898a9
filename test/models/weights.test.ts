/** Sample and class weights, metrics, single steps, and what compile keeps and forgets. */
import { expect, test } from 'vitest'
import {
  Adam,
  Dense,
  type LayersModel,
  type LossName,
  LSTM,
  type MetricName,
  Sequential,
  type SequentialModel,
  setSeed,
  type Tensor,
  tensor,
} from '../../src/index.ts'
import { onEachBackend } from '../support/backends.ts'
import { expectClose } from '../support/compare.ts'
import { quiet, rowsOf, weightsOf } from '../support/models.ts'
import { classes, oneHot, uniform } from '../support/values.ts'

const x = uniform([6, 3], -1, 1, 1)
const labels = classes([6, 1], 3, 2)

function classifier(loss: LossName, metrics: MetricName[] = []): SequentialModel {
  setSeed(3)
  const model = Sequential([Dense(3, { inputShape: [3], activation: 'softmax' })])
  model.compile({ loss, optimizer: 'sgd', metrics })
  return model
}

function line(): SequentialModel {
  setSeed(3)
  const model = Sequential([Dense(1, { inputShape: [3] })])
  model.compile({ loss: 'mse', optimizer: 'sgd' })
  return model
}
const y = uniform([6, 1], -1, 1, 3)

async function gradientsOf(
  model: LayersModel,
  ...args: Parameters<LayersModel['gradients']>
): Promise<number[]> {
  return Object.values(await model.gradients(...args)).flatMap(({ data }) => [...data])
}

/** Rows of an array in the order of `indices`. */
const take = (array: Tensor, indices: readonly number[]): Tensor =>
  tensor(
    indices.flatMap((i) => [...rowsOf(array, i, i + 1).data]),
    [indices.length, ...array.shape.slice(1)],
  )

onEachBackend(() => {
  test('a weight of 2 counts a sample twice, in a mean over the number of samples', async () => {
    const model = line()
    const weighted = await gradientsOf(model, x, y, { sampleWeight: [2, 1, 1, 0, 1, 1] })
    const twice = [0, 0, 1, 2, 4, 5]
    // Six samples either way: the one that is left out makes room for the one that comes twice.
    expectClose('gradients', weighted, await gradientsOf(model, take(x, twice), take(y, twice)), 1e-6)
    const halved = await gradientsOf(model, x, y, { sampleWeight: new Array(6).fill(0.5) })
    const plain = await gradientsOf(model, x, y)
    expectClose(
      'half of all',
      halved,
      plain.map((value) => value / 2),
      1e-6,
    )
  })

  test('weights of classes are weights of samples by their class', async () => {
    const classWeight = { 0: 0.5, 1: 2 }
    const sampleWeight = [...labels.data].map((label) => [0.5, 2, 1][label] ?? 1)
    const sparse = classifier('sparse_categorical_crossentropy')
    const dense = classifier('categorical_crossentropy')
    const expected = await gradientsOf(sparse, x, labels, { sampleWeight })
    expect(await gradientsOf(sparse, x, labels, { classWeight })).toEqual(expected)
    const targets = oneHot(tensor(labels.data, [6]), 3)
    expectClose('one-hot targets', await gradientsOf(dense, x, targets, { classWeight }), expected, 1e-6)
    await sparse.fit(x, labels, { ...quiet, classWeight })
    const again = classifier('sparse_categorical_crossentropy')
    await again.fit(x, labels, { ...quiet, sampleWeight })
    expect(await weightsOf(sparse)).toEqual(await weightsOf(again))
  })

  test('weights of time steps, and of samples, in a sequence', async () => {
    const model = Sequential([Dense(2, { inputShape: [2, 3] })])
    model.compile({ loss: 'mse', optimizer: 'sgd' })
    const [sequences, targets] = [uniform([3, 2, 3], -1, 1, 4), uniform([3, 2, 2], -1, 1, 5)]
    const bySample = await gradientsOf(model, sequences, targets, { sampleWeight: [1, 0, 3] })
    const byStep = await gradientsOf(model, sequences, targets, {
      sampleWeight: [
        [1, 1],
        [0, 0],
        [3, 3],
      ],
    })
    expectClose('gradients', byStep, bySample, 1e-6)
  })

  test('weights are left out of metrics, and count in evaluate', async () => {
    const model = line()
    model.compile({ loss: 'mse', optimizer: Adam(0), metrics: ['mse'] })
    const sampleWeight = [3, 0, 0, 0, 0, 0]
    const [loss = 0, mse = 0] = [await model.evaluate(x, y, { ...quiet, sampleWeight })].flat()
    const [plain = 0] = [await model.evaluate(x, y, quiet)].flat()
    const [first = 0] = [await model.evaluate(rowsOf(x, 0, 1), rowsOf(y, 0, 1), quiet)].flat()
    expectClose('loss, metric', [loss, mse], [first / 2, plain], 1e-6)
    const { history } = await model.fit(x, y, {
      ...quiet,
      sampleWeight,
      validationData: [x, y, sampleWeight],
    })
    const measured = [history.loss, history.mse, history.val_loss, history.val_mse].map(
      (values) => values?.[0] ?? 0,
    )
    expectClose('history', measured, [loss, mse, loss, mse], 1e-6)
  })

  test.each([
    { loss: 'sparse_categorical_crossentropy' as const, y: labels },
    { loss: 'categorical_crossentropy' as const, y: oneHot(tensor(labels.data, [6]), 3) },
  ])('accuracy with $loss is the share of right classes', async ({ loss, y: targets }) => {
    const model = classifier(loss, ['accuracy', 'acc'])
    const predicted = (await model.predict(x)).toArray() as number[][]
    const right = predicted.filter((row, i) => row.indexOf(Math.max(...row)) === labels.data[i]).length
    expect(model.metricsNames).toEqual(['loss', 'accuracy', 'acc'])
    const [, ...shares] = [await model.evaluate(x, targets, quiet)].flat()
    expectClose('accuracy', shares, [right / 6, right / 6], 1e-6)
  })

  test('accuracy of one output counts entries on the right side of a half', async () => {
    setSeed(3)
    const model = Sequential([Dense(1, { inputShape: [3], activation: 'sigmoid' })])
    model.compile({ loss: 'binary_crossentropy', optimizer: 'sgd', metrics: ['accuracy', 'mae', 'mse'] })
    const answers = classes([6, 1], 2, 9)
    const predicted = (await model.predict(x)).data
    const difference = [...predicted].map((p, i) => p - (answers.data[i] ?? 0))
    const mean = (values: number[]): number => values.reduce((sum, value) => sum + value) / values.length
    const [, ...measured] = [await model.evaluate(x, answers, quiet)].flat()
    const right = mean([...predicted].map((p, i) => Number(p > 0.5 === (answers.data[i] === 1))))
    expectClose(
      'metrics',
      measured,
      [right, mean(difference.map(Math.abs)), mean(difference.map((d) => d * d))],
      1e-6,
    )
  })

  test('trainOnBatch and testOnBatch return what their own batch gives', async () => {
    const model = line()
    model.compile({ loss: 'mse', optimizer: Adam(0) })
    const parts = [
      [0, 2],
      [2, 6],
    ] as const
    for (const [from, to] of [...parts, ...parts]) {
      const [inputs, targets] = [rowsOf(x, from, to), rowsOf(y, from, to)]
      const expected = await model.evaluate(inputs, targets, quiet)
      expect(await model.testOnBatch(inputs, targets)).toBe(expected)
      expect(await model.trainOnBatch(inputs, targets)).toBe(expected)
    }
  })

  test('compile forgets the optimizer’s state, unless it is given the same optimizer', async () => {
    const train = async (model: SequentialModel) => model.fit(x, y, { ...quiet, shuffle: false })
    const optimizer = Adam(0.1)
    const [kept, renewed, whole] = [line(), line(), line()]
    for (const model of [kept, renewed, whole]) {
      model.compile({ loss: 'mse', optimizer: model === kept ? optimizer : Adam(0.1) })
      await train(model)
    }
    kept.compile({ loss: 'mse', optimizer })
    renewed.compile({ loss: 'mse', optimizer: Adam(0.1) })
    for (const model of [kept, renewed, whole]) await train(model)
    expect(kept.optimizer?.iterations).toBe(2)
    expect(renewed.optimizer?.iterations).toBe(1)
    expect(await weightsOf(kept)).toEqual(await weightsOf(whole))
    expect(await weightsOf(renewed)).not.toEqual(await weightsOf(whole))
  })

  test('layers that are not trainable stay, from the next compile on', async () => {
    setSeed(5)
    const model = Sequential([LSTM(2, { inputShape: [2, 3], name: 'frozen' }), Dense(1)])
    model.getLayer('frozen').trainable = false
    model.compile({ loss: 'mse', optimizer: 'adam' })
    const before = await model.getWeights()
    const sequences = uniform([4, 2, 3], -1, 1, 6)
    await model.fit(sequences, rowsOf(y, 0, 4), quiet)
    const after = await model.getWeights()
    expect(after.slice(0, 3)).toEqual(before.slice(0, 3))
    expect(after[3]).not.toEqual(before[3])
    expect(model.trainableWeights.map(({ path }) => path.split('/').slice(-1))).toEqual([
      ['kernel'],
      ['bias'],
    ])
    expect(model.nonTrainableWeights).toHaveLength(3)
    expect(Object.keys(await model.gradients(sequences, rowsOf(y, 0, 4)))).toHaveLength(2)
    model.getLayer('frozen').trainable = true
    model.compile({ loss: 'mse', optimizer: 'adam' })
    await model.fit(sequences, rowsOf(y, 0, 4), quiet)
    expect((await model.getWeights())[0]).not.toEqual(before[0])
  })
})
