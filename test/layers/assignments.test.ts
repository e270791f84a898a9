/**
 * Weights that code of one's own assigns: what reads them behind an assignment, in the same call or in a later one of the step, reads the
 * new value, as in Keras, in training, evaluation and prediction.
 */
import { expect, test } from 'vitest'
import {
  BatchNormalization,
  type CallContext,
  Cell,
  Dense,
  Input,
  Layer,
  type LayersModel,
  Model,
  ops,
  RNN,
  Sequential,
  SGD,
  type SymbolicTensor,
  type Tensor,
  tensor,
  type Weight,
} from '../../src/index.ts'
import { onCpuFirst } from '../support/backends.ts'
import { expectClose } from '../support/compare.ts'
import { quiet } from '../support/models.ts'
import { uniform } from '../support/values.ts'

const statistic = (name: string, shape: readonly number[], initializer: 'zeros' | 'ones' = 'zeros') => ({
  name,
  shape,
  initializer,
  trainable: false,
})

/** A moving mean that moves before it is read, and a counter of calls. */
class MovingMean extends Layer {
  mean!: Weight
  count!: Weight
  override build(shape: readonly (number | null)[]) {
    this.mean = this.addWeight(statistic('mean', [shape.at(-1) ?? 1]))
    this.count = this.addWeight({ ...statistic('count', []), dtype: 'int32' })
  }
  override call(x: SymbolicTensor, { training }: CallContext) {
    this.count.assignAdd(1)
    if (training) {
      const moved = ops.multiply(0.1, ops.mean(x, 0))
      this.mean.assign(ops.add(ops.multiply(0.9, this.mean), moved))
    }
    return ops.subtract(x, this.mean)
  }
}

/** Calls it three times, of which one's result is read by nothing, and exchanges two weights. */
class Outer extends Layer {
  readonly moving = new MovingMean()
  readonly dense = Dense(3, { kernelInitializer: 'ones' })
  readonly a = this.addWeight(statistic('a', [3], 'ones'))
  readonly b = this.addWeight(statistic('b', [3]))
  override call(x: SymbolicTensor, { training }: CallContext) {
    const old = ops.add(this.a, 0)
    const h = this.dense(x)
    const p = this.moving(h, { training }) as SymbolicTensor
    const q = this.moving(ops.multiply(2, h), { training }) as SymbolicTensor
    this.moving(ops.multiply(3, h), { training })
    this.a.assign(this.b)
    this.b.assign(old)
    this.b.assignSub(ops.mean(p, 0))
    return ops.add(ops.add(ops.subtract(q, p), this.b), this.a)
  }
}

/** From Keras 3.16. */
const KERAS = {
  predicted: 4.2000012,
  loss: [45.84257125854492, 235.74481201171875],
  validated: [70.20372009277344, 212.46060180664062],
  evaluated: 578.8480834960938,
  weights: [
    [3.666815996170044, 3.6026647090911865, 3.651219129562378],
    [-51.396602630615234, -50.92469787597656, -50.314979553222656],
    [12.664012908935547, 12.548559188842773, 12.436898231506348],
    [36],
    [
      3.9537644386291504, 3.9105067253112793, 3.8611888885498047, 4.245485782623291, 4.201126575469971,
      4.148734092712402, 4.537206649780273, 4.491746425628662, 4.436278820037842,
    ],
    [2.917210340499878, 2.9061996936798096, 2.875450372695923],
  ],
}

async function valuesOf(model: LayersModel): Promise<Readonly<Record<string, number[]>>> {
  const values = await model.getWeights()
  return Object.fromEntries(
    model.weights.map(({ path }, i) => [path.split('/').at(-1) ?? '', [...(values[i]?.data ?? [])]]),
  )
}

onCpuFirst(() => {
  test('calls of a layer read what those before them assigned, and no gradient flows through it', async () => {
    const input = Input([3])
    const model = Model(input, new Outer()(input))
    model.compile({ optimizer: SGD(0.1), loss: 'mse' })
    const x = tensor(
      Float32Array.from({ length: 24 }, (_, i) => i / 10),
      [8, 3],
    )
    const y = tensor(
      Float32Array.from({ length: 24 }, (_, i) => Math.sin(i)),
      [8, 3],
    )
    const given = { batchSize: 4, verbose: 0 } as const
    const predicted = (await model.predict<Tensor>(x, given)).data
    expectClose('predicted', [predicted.reduce((a, b) => a + b)], [KERAS.predicted], 1e-6)
    const options = { ...given, epochs: 2, shuffle: false, validationData: [x, y] } as const
    const { history } = await model.fit(x, y, options)
    expectClose('loss', history.loss, KERAS.loss, 1e-6)
    expectClose('validated', history.val_loss, KERAS.validated, 1e-6)
    expectClose('evaluated', [Number(await model.evaluate(x, y, given))], [KERAS.evaluated], 1e-6)
    const weights = await model.getWeights()
    KERAS.weights.forEach((values, i) => {
      expectClose(`weight ${i}`, weights[i]?.data, values, 1e-5)
    })
    model.dispose()
  })

  test('a codebook of moving averages is that of float64', async () => {
    const [codes, features, decay, rows] = [3, 2, 0.8, 8]
    class Codebook extends Layer {
      readonly codes = this.addWeight(statistic('codes', [codes, features]))
      readonly size = this.addWeight(statistic('size', [codes], 'ones'))
      readonly sums = this.addWeight(statistic('sums', [codes, features]))
      override call(x: SymbolicTensor, { training }: CallContext) {
        const distances = ops.sum(ops.square(ops.subtract(ops.expandDims(x, 1), this.codes)), -1)
        const nearest = ops.oneHot(ops.argmin(distances, -1), codes)
        if (training) {
          const towards = (weight: Weight, value: SymbolicTensor) =>
            weight.assignSub(ops.multiply(1 - decay, ops.subtract(weight, value)))
          towards(this.size, ops.sum(nearest, 0))
          towards(this.sums, ops.matmul(ops.transpose(nearest), x))
          this.codes.assign(ops.divide(this.sums, ops.expandDims(this.size, -1)))
        }
        const found = ops.matmul(nearest, this.codes)
        return ops.add(x, ops.stopGradient(ops.subtract(found, x)))
      }
    }
    const model = Sequential([Input([features]), new Codebook()])
    const book = Array.from({ length: codes * features }, (_, i) => Math.fround(Math.cos(i)))
    const [size, sums] = [Array(codes).fill(1), Array(codes * features).fill(0)]
    model.setWeights([tensor(book, [codes, features]), tensor(size), tensor(sums, [codes, features])])
    model.compile({ optimizer: 'sgd', loss: 'mse' })
    const x = uniform([rows, features], -1, 1, 5)
    const { history } = await model.fit(x, x, { ...quiet, batchSize: 4, epochs: 2, shuffle: false })

    const loss = [0, 1].map(() => {
      let total = 0
      for (let start = 0; start < rows; start += 4) {
        const batch = Array.from({ length: 4 }, (_, r) => [
          ...x.data.slice((start + r) * 2, (start + r) * 2 + 2),
        ])
        const nearest = batch.map((row) => {
          const distances = [0, 1, 2].map((c) =>
            row.reduce((sum, n, f) => sum + (n - (book[c * features + f] ?? 0)) ** 2, 0),
          )
          return distances.indexOf(Math.min(...distances))
        })
        for (let c = 0; c < codes; c++) {
          size[c] = decay * size[c] + (1 - decay) * nearest.filter((code) => code === c).length
          for (let f = 0; f < features; f++) {
            const at = c * features + f
            const sum = batch.reduce((all, row, r) => all + (nearest[r] === c ? (row[f] ?? 0) : 0), 0)
            sums[at] = decay * sums[at] + (1 - decay) * sum
            book[at] = sums[at] / size[c]
          }
        }
        batch.forEach((row, r) => {
          for (let f = 0; f < features; f++)
            total += ((row[f] ?? 0) - (book[(nearest[r] ?? 0) * features + f] ?? 0)) ** 2 / (rows * features)
        })
      }
      return total
    })
    expectClose('loss', history.loss, loss, 1e-5)
    const found = await valuesOf(model)
    expectClose('codes', found.codes, book, 1e-5)
    expectClose('size', found.size, size, 1e-5)
    model.dispose()
  })

  test('a cell counts time steps, integers lose their fractions, and what an assignment returns is the value', async () => {
    class Counting extends Cell {
      override stateSize = 1
      readonly count = this.addWeight(statistic('count', []))
      readonly whole = this.addWeight({ ...statistic('whole', []), dtype: 'int32' })
      override call(x: SymbolicTensor, [h]: readonly [SymbolicTensor]) {
        this.whole.assignAdd(1.75)
        const next = ops.add(h, ops.multiply(ops.sum(x, -1, true), this.count.assignAdd(1)))
        return [ops.add(next, this.whole), [next]] as const
      }
    }
    const model = Sequential([Input([3, 1]), RNN(new Counting(), { returnSequences: true })])
    const data = [[[1], [1], [1]]]
    // The counter is 1, 2, 3 and then 4, 5, 6; so is the other, which adds 1.75.
    expectClose('first', (await model.predict<Tensor>(data, quiet)).data, [2, 5, 9], 0)
    expectClose('second', (await model.predict<Tensor>(data, quiet)).data, [8, 14, 21], 0)
    expect(await valuesOf(model)).toEqual({ count: [6], whole: [6] })
    model.dispose()
  })

  test('moving means that a prediction moves are those of the model', async () => {
    const input = Input([2])
    const model = Model(input, BatchNormalization()(input, { training: true }))
    await model.predict(
      [
        [0, 1],
        [2, 3],
        [4, 5],
        [6, 7],
      ],
      quiet,
    )
    const weights = await model.getWeights()
    expectClose('mean', weights[2]?.data, [0.03, 0.04], 1e-6)
    expectClose('variance', weights[3]?.data, [1.04, 1.04], 1e-6)
    model.dispose()
  })

  test('numbers and arrays are assigned, and what does not fit is refused where it is', () => {
    class Wrong extends Layer {
      readonly mean = this.addWeight(statistic('mean', [2]))
      readonly learned = this.addWeight({ name: 'learned', shape: [2] })
      constructor(readonly act: (layer: Wrong, x: SymbolicTensor) => unknown) {
        super({ name: 'own' })
      }
      override call(x: SymbolicTensor) {
        this.act(this, x)
        return ops.add(x, this.mean)
      }
    }
    const built = (act: (layer: Wrong, x: SymbolicTensor) => unknown) => () => new Wrong(act)(Input([2]))
    for (const value of [3, true, [1, 2], new Float32Array(2), tensor([1, 2])])
      expect(built(({ mean }) => mean.assign(value))).not.toThrow()
    expect(built(({ mean }) => mean.assignAdd([[1]]))).toThrow(
      'Wrong "own".assignAdd: expected a value [2], got [1, 1].',
    )
    expect(built(({ mean }, x) => mean.assign(x))).toThrow(
      'Wrong "own".assign: expected a value [2], got [batch, 2].',
    )
    expect(built(({ learned }) => learned.assign(0))).toThrow(
      'expected a weight of this layer that was added with trainable: false, got own/learned',
    )
    expect(built(({ mean }) => mean.assign('a' as never))).toThrow('a symbolic tensor, a weight, a number')
    const layer = new Wrong(() => null)
    expect(() => layer.mean.assign(1)).toThrow('expected to be called in the method call, got a call outside')
  })
})
