/**
 * Large tables, of which a training step updates the rows of its ids alone: the numbers are those of an update of the whole table,
 * written here in doubles, whatever is read and set between steps.
 */
import { expect, test } from 'vitest'
import {
  Adam,
  Add,
  Dense,
  Embedding,
  GlobalAveragePooling1D,
  Input,
  type LayersModel,
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
import { uniform } from '../support/values.ts'

const [ROWS, COLUMNS, BATCH, TIME] = [683, 97, 4, 6]
const table = uniform([ROWS, COLUMNS], -1, 1, 5)

/** Ids of a step: one that comes in each, some that come again after some steps, and others that come once. */
const idsOf = (step: number): number[] =>
  Array.from({ length: BATCH * TIME }, (_, i) =>
    i % 3 === 0 ? 7 : i % 3 === 1 ? (step * 5 + i) % 40 : (step * 91 + i * 37) % ROWS,
  )
const targetsOf = (step: number) => uniform([BATCH, COLUMNS], -1, 1, 100 + step)
const batchOf = (step: number) => tensor(Int32Array.from(idsOf(step)), [BATCH, TIME])

type Update = (w: Float64Array, g: Float64Array, rate: number, t: number) => void

const adam = (beta1 = 0.9, beta2 = 0.999): Update => {
  const [m, v] = [new Float64Array(table.data.length), new Float64Array(table.data.length)]
  return (w, g, rate, t) => {
    const alpha = (rate * Math.sqrt(1 - beta2 ** t)) / (1 - beta1 ** t)
    for (let i = 0; i < g.length; i++) {
      const d = g[i]!
      // A weight that never had a gradient stays.
      if (d === 0 && m[i] === 0) continue
      m[i]! += (d - m[i]!) * (1 - beta1)
      v[i]! += (d * d - v[i]!) * (1 - beta2)
      w[i]! -= (alpha * m[i]!) / (Math.sqrt(v[i]!) + 1e-7)
    }
  }
}

const sgd = (momentum: number, nesterov: boolean): Update => {
  const velocity = new Float64Array(table.data.length)
  return (w, g, rate) => {
    for (let i = 0; i < g.length; i++) {
      const d = g[i]!
      velocity[i] = momentum * velocity[i]! - rate * d
      w[i]! += nesterov ? momentum * velocity[i]! - rate * d : velocity[i]!
    }
  }
}

/** The gradient of the mean squared difference of targets and mean vectors, which the model gives `times` over. */
function gradientOf(w: Float64Array, batch: number, times: number): Float64Array {
  const g = new Float64Array(w.length)
  const [ids, targets] = [idsOf(batch), targetsOf(batch).data]
  for (let b = 0; b < BATCH; b++) {
    const own = ids.slice(b * TIME, (b + 1) * TIME)
    for (let j = 0; j < COLUMNS; j++) {
      const mean = (times / TIME) * own.reduce((sum, id) => sum + w[id * COLUMNS + j]!, 0)
      const d = ((times / TIME) * 2 * (mean - targets[b * COLUMNS + j]!)) / (BATCH * COLUMNS)
      for (const id of own) g[id * COLUMNS + j]! += d
    }
  }
  return g
}

/** A table in doubles that steps on batches change. */
class Reference {
  readonly w = Float64Array.from(table.data)
  readonly #update: Update
  readonly #times: number
  #steps = 0

  constructor(update: Update, times = 1) {
    this.#update = update
    this.#times = times
  }

  step(batch: number, rate: number): void {
    this.#update(this.w, gradientOf(this.w, batch, this.#times), rate, ++this.#steps)
  }
}

/** Trains a model and a reference on batches `from` up to `until`. */
async function trainBoth(
  model: LayersModel,
  reference: Reference,
  [from, until]: readonly [number, number],
): Promise<void> {
  for (let batch = from; batch < until; batch++) {
    await model.trainOnBatch(batchOf(batch), targetsOf(batch))
    reference.step(batch, model.optimizer?.learningRate ?? 0)
  }
}

async function expectTable(what: string, model: LayersModel, { w }: Reference): Promise<void> {
  const [weights] = await model.getWeights()
  expectClose(what, weights?.data, w, TOLERANCE)
}

function createModel(optimizer: Optimizer) {
  const model = Sequential([
    Embedding(ROWS, COLUMNS, { inputShape: [TIME], weights: table }),
    GlobalAveragePooling1D(),
  ])
  model.compile({ loss: 'mse', optimizer })
  return model
}

/** An update of the whole table in f32 is off by 2.5e-6 here, where gradients are small beside their roots. */
const TOLERANCE = 5e-6

const adams: readonly [name: string, beta1: number, beta2: number][] = [
  ['Adam', 0.9, 0.999],
  ['Adam that forgets soon', 0.5, 0.9],
  ['Adam that forgets late', 0.99, 0.999],
  ['Adam whose squares fade first', 0.9, 0.5],
]

onEachBackend((backend) => {
  test.each<[name: string, optimizer: () => Optimizer, update: () => Update]>([
    ...adams.map(([name, beta1, beta2]): [string, () => Optimizer, () => Update] => [
      name,
      () => Adam({ beta1, beta2 }),
      () => adam(beta1, beta2),
    ]),
    ['SGD', () => SGD(), () => sgd(0, false)],
    ['SGD with momentum', () => SGD({ momentum: 0.9 }), () => sgd(0.9, false)],
    ['SGD with Nesterov momentum', () => SGD({ momentum: 0.9, nesterov: true }), () => sgd(0.9, true)],
  ])('50 steps of %s, with predictions, rates and weights set between', async (_name, optimizer, update) => {
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
  })

  test('rows that missed more updates than rates are kept', async () => {
    const model = createModel(Adam(0.01))
    const reference = new Reference(adam())
    await trainBoth(model, reference, [0, 2])
    const steps = RATES + 80
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
