/**
 * Large tables, of which a training step updates the rows of its ids alone: the numbers are those of an update of the whole table,
 * written here in doubles, whatever is read and set between steps.
 */
import { expect, test } from 'vitest'
import {
  Adam,
  Embedding,
  GlobalAveragePooling1D,
  type Optimizer,
  Sequential,
  SGD,
  type Tensor,
  tensor,
} from '../../src/index.ts'
import { onEachBackend } from '../support/backends.ts'
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
    for (const [i, d] of g.entries()) {
      m[i]! += (d - m[i]!) * (1 - beta1)
      v[i]! += (d * d - v[i]!) * (1 - beta2)
      w[i]! -= (alpha * m[i]!) / (Math.sqrt(v[i]!) + 1e-7)
    }
  }
}

const sgd = (momentum: number, nesterov: boolean): Update => {
  const velocity = new Float64Array(table.data.length)
  return (w, g, rate) => {
    for (const [i, d] of g.entries()) {
      velocity[i] = momentum * velocity[i]! - rate * d
      w[i]! += nesterov ? momentum * velocity[i]! - rate * d : velocity[i]!
    }
  }
}

/** The gradient of the mean squared difference of mean vectors and targets. */
function gradientOf(w: Float64Array, step: number): Float64Array {
  const g = new Float64Array(w.length)
  const [ids, targets] = [idsOf(step), targetsOf(step).data]
  for (let b = 0; b < BATCH; b++) {
    const own = ids.slice(b * TIME, (b + 1) * TIME)
    for (let j = 0; j < COLUMNS; j++) {
      const mean = own.reduce((sum, id) => sum + w[id * COLUMNS + j]! / TIME, 0)
      const d = (2 * (mean - targets[b * COLUMNS + j]!)) / (BATCH * COLUMNS) / TIME
      for (const id of own) g[id * COLUMNS + j]! += d
    }
  }
  return g
}

/** The table after steps `from` up to `until`, with the rate of each. */
function trained(
  w: Float64Array,
  update: Update,
  [from, until]: readonly [number, number],
  rateOf: (step: number) => number,
): Float64Array {
  for (let step = from; step < until; step++) update(w, gradientOf(w, step), rateOf(step), step + 1)
  return w
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

const rateOf = (step: number): number => (step < 20 ? 0.05 : 0.01)

onEachBackend(() => {
  test.each<[name: string, optimizer: () => Optimizer, update: () => Update]>([
    ['Adam', () => Adam(), () => adam()],
    ['Adam that forgets soon', () => Adam({ beta1: 0.5, beta2: 0.9 }), () => adam(0.5, 0.9)],
    ['Adam that forgets late', () => Adam({ beta1: 0.99, beta2: 0.999 }), () => adam(0.99, 0.999)],
    ['SGD', () => SGD(), () => sgd(0, false)],
    ['SGD with momentum', () => SGD({ momentum: 0.9 }), () => sgd(0.9, false)],
    ['SGD with Nesterov momentum', () => SGD({ momentum: 0.9, nesterov: true }), () => sgd(0.9, true)],
  ])('50 steps of %s', async (_name, optimizer, update) => {
    const made = optimizer()
    const model = createModel(made)
    const expected = Float64Array.from(table.data)
    const reference = update()
    for (let step = 0; step < 50; step++) {
      made.learningRate = rateOf(step)
      await model.trainOnBatch(batchOf(step), targetsOf(step))
      trained(expected, reference, [step, step + 1], rateOf)
      if (step === 10) {
        const predicted = await model.predict<Tensor>(batchOf(3))
        const means = Float64Array.from({ length: BATCH * COLUMNS }, (_, i) =>
          idsOf(3)
            .slice(Math.floor(i / COLUMNS) * TIME)
            .slice(0, TIME)
            .reduce((sum, id) => sum + expected[id * COLUMNS + (i % COLUMNS)]! / TIME, 0),
        )
        expectClose('a prediction between steps', predicted.data, means, TOLERANCE)
      }
      if (step === 30) {
        // Weights that are set between steps are the newest, and moments stay.
        const [weights] = await model.getWeights()
        expectClose('weights between steps', weights?.data, expected, TOLERANCE)
        for (const i of expected.keys()) expected[i]! *= 0.5
        await model.setWeights([tensor(Float32Array.from(expected), [ROWS, COLUMNS])])
      }
    }
    const [weights] = await model.getWeights()
    expectClose('weights', weights?.data, expected, TOLERANCE)
    for (const variable of made.variables) await variable.home?.pull()
    expect(made.variables.flatMap(({ value }) => [...value]).every(Number.isFinite)).toBe(true)
    model.dispose()
  })
})
