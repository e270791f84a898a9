/**
 * Large tables, of which a training step updates the rows of its ids alone: the numbers are those of an update of the whole table,
 * written in doubles, whatever is read and set between steps.
 */
import { expect, test } from 'vitest'
import {
  Adam,
  Add,
  Dense,
  Embedding,
  GlobalAveragePooling1D,
  Input,
  LossScaleOptimizer,
  Model,
  type Optimizer,
  Sequential,
  SGD,
  type Tensor,
  tensor,
} from '../../src/index.ts'
import { RATES } from '../../src/ops/lagHistory.ts'
import { chooseBackend, onEachBackend } from '../support/backends.ts'
import { expectClose } from '../support/compare.ts'
import { chosen, sampled } from '../support/sampled.ts'
import {
  adam,
  BATCH,
  batchOf,
  COLUMNS,
  createModel,
  expectTable,
  idsOf,
  Reference,
  ROWS,
  sgd,
  TIME,
  TOLERANCE,
  table,
  targetsOf,
  trainBoth,
  type Update,
} from '../support/tableTraining.ts'
import { uniform } from '../support/values.ts'

/** Above what roundings leave of gradients: with a smaller one, they alone would decide how far some elements move. */
const EPSILON = 1e-6

const adams: readonly [name: string, beta1: number, beta2: number][] = [
  ['Adam', 0.9, 0.999],
  ['Adam that forgets soon', 0.5, 0.9],
  ['Adam that forgets late', 0.99, 0.999],
  ['Adam whose squares fade first', 0.9, 0.5],
]

const optimizers: readonly [name: string, optimizer: () => Optimizer, update: () => Update][] = [
  ...adams.map(([name, beta1, beta2]): [string, () => Optimizer, () => Update] => [
    name,
    () => Adam({ beta1, beta2, epsilon: EPSILON }),
    () => adam(beta1, beta2, EPSILON),
  ]),
  ['SGD', () => SGD(), () => sgd(0, false)],
  ['SGD with momentum', () => SGD({ momentum: 0.9 }), () => sgd(0.9, false)],
  ['SGD with Nesterov momentum', () => SGD({ momentum: 0.9, nesterov: true }), () => sgd(0.9, true)],
]

onEachBackend((backend) => {
  test.each(sampled(optimizers, backend === 'cpu' ? 2 : 12))(
    '50 steps of %s, with predictions, rates and weights set between',
    async (_name, optimizer, update) => {
      const made = optimizer()
      const model = createModel(made)
      const reference = new Reference(update())
      made.learningRate = 0.05
      await trainBoth(model, reference, [0, 10])
      const predicted = await model.predict<Tensor>(batchOf(3))
      const means = Float64Array.from({ length: BATCH * COLUMNS }, (_, i) => {
        const first = Math.floor(i / COLUMNS) * TIME
        const own = idsOf(3).slice(first, first + TIME)
        return own.reduce((sum, id) => sum + reference.w[id * COLUMNS + (i % COLUMNS)]! / TIME, 0)
      })
      expectClose('a prediction between steps', predicted.data, means, TOLERANCE)
      made.learningRate = 0.01
      await trainBoth(model, reference, [10, 30])
      await expectTable('weights between steps', model, reference)
      // Weights that are set are the newest, and moments stay.
      for (const i of reference.w.keys()) reference.w[i]! *= 0.5
      await model.setWeights([tensor(Float32Array.from(reference.w), [ROWS, COLUMNS])])
      await trainBoth(model, reference, [30, 50])
      await expectTable('weights', model, reference)
      model.dispose()
    },
  )

  // A kernel takes longer to miss so many than every run has.
  chosen([RATES + 80], () => backend === 'cpu').forEach((steps) => {
    test('rows that missed more updates than rates are kept', async () => {
      const model = createModel(Adam(0.01))
      const reference = new Reference(adam())
      await trainBoth(model, reference, [0, 2])
      const repeated = ({ data, shape: [, ...sample] }: Tensor): Tensor =>
        tensor(
          Float32Array.from({ length: steps * data.length }, (_, i) => data[i % data.length] ?? 0),
          [steps * BATCH, ...sample],
        )
      await model.fit(repeated(batchOf(2)), repeated(targetsOf(2)), {
        batchSize: BATCH,
        shuffle: false,
        verbose: 0,
      })
      for (let i = 0; i < steps; i++) reference.step(2, 0.01)
      await trainBoth(model, reference, [0, 2])
      // The rows of the repeated batch are as good as trained: their gradients are what roundings leave.
      const isCompared = (_: number, i: number) => !idsOf(2).includes(Math.floor(i / COLUMNS))
      const [weights] = await model.getWeights()
      expectClose('weights', weights?.data.filter(isCompared), reference.w.filter(isCompared), TOLERANCE)
      model.dispose()
    })
  })

  test('steps that loss scaling skips are no updates', async () => {
    const optimizer = LossScaleOptimizer(Adam(0.01), { initialScale: 2 ** 126 })
    const model = createModel(optimizer)
    const reference = new Reference(adam())
    const large = tensor(new Float32Array(BATCH * COLUMNS).fill(1e6), [BATCH, COLUMNS])
    await model.trainOnBatch(batchOf(0), large)
    expect((await optimizer.readState()).iterations).toBe(0)
    await expectTable('weights after a skipped step', model, reference)
    await trainBoth(model, reference, [0, 12])
    expect((await optimizer.readState()).iterations).toBe(12)
    await expectTable('weights', model, reference)
    model.dispose()
  })

  test('a table that two calls read', async () => {
    const ids = Input([TIME], { dtype: 'int32' })
    const embed = Embedding(ROWS, COLUMNS, { weights: table })
    const model = Model(ids, GlobalAveragePooling1D()(Add()([embed(ids), embed(ids)])))
    model.compile({ loss: 'mse', optimizer: Adam(0.01) })
    const reference = new Reference(adam(), 2)
    await trainBoth(model, reference, [0, 10])
    await expectTable('weights', model, reference)
    model.dispose()
  })

  test('moments go to another backend with the table', async () => {
    const model = createModel(Adam(0.01))
    const reference = new Reference(adam())
    await trainBoth(model, reference, [0, 8])
    await chooseBackend(backend === 'cpu' ? 'webgpu' : 'cpu')
    await trainBoth(model, reference, [8, 16])
    await chooseBackend(backend)
    await trainBoth(model, reference, [16, 24])
    await expectTable('weights', model, reference)
    model.dispose()
  })

  test('a table beside other weights, and one that is frozen', async () => {
    const make = (trainable: boolean) => {
      const model = Sequential([
        Embedding(ROWS, COLUMNS, { inputShape: [TIME], weights: table, trainable, maskZero: true }),
        GlobalAveragePooling1D(),
        Dense(1, { kernelInitializer: 'ones' }),
      ])
      model.compile({ loss: 'mse', optimizer: 'adam' })
      return model
    }
    for (const trainable of [true, false]) {
      const model = make(trainable)
      const before = await model.evaluate(batchOf(0), uniform([BATCH, 1], -1, 1), { verbose: 0 })
      await model.fit(batchOf(0), uniform([BATCH, 1], -1, 1), { epochs: 20, verbose: 0 })
      const after = await model.evaluate(batchOf(0), uniform([BATCH, 1], -1, 1), { verbose: 0 })
      expect(Number(after)).toBeLessThan(Number(before))
      const [weights] = await model.getWeights()
      const isSame = weights?.data.every((value, i) => value === table.data[i])
      expect(isSame).toBe(!trainable)
      model.dispose()
    }
  })
})
