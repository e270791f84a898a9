/** Layers of one's own: traced from `ops`, equal to layers of Recurra that do the same, with masks, losses and statistics. */
import { expect, test } from 'vitest'
import {
  type CallContext,
  Dense,
  Dropout,
  Embedding,
  GlobalAveragePooling1D,
  Input,
  Layer,
  type LayersModel,
  LSTM,
  Masking,
  Model,
  ops,
  Sequential,
  type SymbolicTensor,
  type Tensor,
  tensor,
  type Weight,
} from '../../src/index.ts'
import { onEachBackend } from '../support/backends.ts'
import { expectClose } from '../support/compare.ts'
import { Linear } from '../support/linearLayer.ts'
import { quiet } from '../support/models.ts'
import { expectSameTraining } from '../support/sameTraining.ts'
import { uniform } from '../support/values.ts'

/** Additive scores of time steps, and their weighted mean. */
class TimeAttention extends Layer {
  readonly score = Dense(1, { useBias: false, name: 'score' })
  override call(x: SymbolicTensor, { mask }: CallContext) {
    const scores = this.score(ops.tanh(x))
    const open = mask ? ops.where(ops.expandDims(mask, -1), scores, -1e9) : scores
    return ops.sum(ops.multiply(ops.softmax(open, 1), x), 1)
  }
}

const [rows, time, features] = [6, 5, 3]
const x = uniform([rows, time, features], -1, 1, 1)
const y = uniform([rows, 2], -1, 1, 2)

const expectSame = (own: LayersModel, built: LayersModel) => expectSameTraining(own, built, { x, y })

onEachBackend(() => {
  test('a layer that writes Dense trains as Dense does', async () => {
    const own = Sequential([Input([time, features]), LSTM(4), new Linear(2, { name: 'last' })])
    expect(own.weights.map(({ path }) => path).slice(3)).toEqual([
      `${own.name}/last/kernel`,
      `${own.name}/last/bias`,
    ])
    await expectSame(own, Sequential([Input([time, features]), LSTM(4), Dense(2)]))
  })

  test('layers in fields are parts: their weights are trained, and masks reach them', async () => {
    const attention = new TimeAttention({ name: 'attention' })
    const input = Input([time, features])
    const masked = Masking()(input)
    const own = Model(input, Dense(2)(attention(masked)))
    expect(own.weights.map(({ path }) => path)[0]).toBe('attention/score/kernel')
    // The same by functions of ops and Dense between layers.
    const again = Input([time, features])
    const scores = Dense(1, { useBias: false })(ops.tanh(again))
    const valid = ops.any(ops.notEqual(again, 0), -1)
    const weights = ops.softmax(ops.where(ops.expandDims(valid, -1), scores, -1e9), 1)
    const built = Model(again, Dense(2)(ops.sum(ops.multiply(weights, again), 1)))
    for (const t of [3, 4]) for (let f = 0; f < features; f++) x.data[t * features + f] = 0
    await expectSame(own, built)
  })

  test('a layer in a field is called on numbers: positions, each with a row of its own', async () => {
    class Positions extends Layer {
      readonly rows = Embedding(time, features, { name: 'rows' })
      override call(x: SymbolicTensor) {
        return ops.add(x, this.rows(ops.arange(0, time)))
      }
    }
    class Table extends Layer {
      rows!: Weight
      override build() {
        this.rows = this.addWeight({ name: 'rows', shape: [time, features] })
      }
      override call(x: SymbolicTensor) {
        return ops.add(x, this.rows)
      }
    }
    const model = (layer: Layer) => Sequential([Input([time, features]), layer, LSTM(4), Dense(2)])
    await expectSame(model(new Positions()), model(new Table()))
  })

  test('training is known when call runs, and masks go on where a class says so', async () => {
    class Doubled extends Layer {
      override call(x: SymbolicTensor, { training }: CallContext) {
        return training ? ops.multiply(x, 2) : x
      }
      override computeMask(_inputs: unknown, mask: SymbolicTensor | null) {
        return mask
      }
    }
    const ids = tensor([[1, 2, 0, 0]])
    const model = Sequential([
      Input([4]),
      Embedding(3, 2, { maskZero: true }),
      new Doubled(),
      GlobalAveragePooling1D(),
    ])
    model.compile({ optimizer: 'sgd', loss: 'mse' })
    const table = (await model.getWeights())[0]?.data ?? new Float32Array()
    const mean = [2, 3].map((i) => ((table[i] ?? 0) + (table[i + 2] ?? 0)) / 2)
    expectClose('prediction', (await model.predict(ids, quiet)).data, mean, 1e-6)
    const zeros = tensor([[0, 0]])
    const tested = mean.reduce((sum, n) => sum + n * n, 0) / 2
    expectClose('evaluated', [await model.evaluate(ids, zeros, quiet)].flat(), [tested], 1e-6)
    const { history } = await model.fit(ids, zeros, quiet)
    expectClose('trained', history.loss, [4 * tested], 1e-6)
  })

  test('a call that needs its mask has it wherever shapes are asked for', async () => {
    class MaskedShare extends Layer {
      override supportsMasking = true
      override call(x: SymbolicTensor, { mask }: CallContext) {
        if (mask === null) throw new TypeError('no mask')
        const valid = ops.expandDims(mask, -1)
        return ops.divide(
          ops.multiply(x, valid),
          ops.sum(ops.multiply(x, valid), { axis: 1, keepdims: true }),
        )
      }
    }
    class Inside extends Layer {
      override supportsMasking = true
      readonly share = new MaskedShare()
      override call(x: SymbolicTensor) {
        return this.share(x)
      }
    }
    const ids = tensor([[1, 2, 0, 0]])
    const table = tensor([[5], [1], [3]])
    for (const share of [() => new MaskedShare(), () => new Inside()]) {
      const embedding = () => Embedding(3, 1, { maskZero: true, weights: [table] })
      const a = Input([null])
      // Shapes are asked for by a call on a symbolic tensor, by data of an open extent, and by a model without an input.
      const models = [Model(a, share()(embedding()(a))), Sequential([embedding(), share()])]
      for (const model of models)
        expectClose('shares', (await model.predict(ids, quiet)).data, [0.25, 0.75, 0, 0], 1e-6)
    }
  })

  test('a layer makes a mask of inputs that have none', async () => {
    class Valid extends Layer {
      override call(x: SymbolicTensor) {
        return x
      }
      override computeMask(x: SymbolicTensor, mask: SymbolicTensor | null) {
        return mask ?? ops.any(ops.notEqual(x, 0), -1)
      }
    }
    const model = Sequential([Input([2, 1]), new Valid(), GlobalAveragePooling1D()])
    expectClose('prediction', (await model.predict(tensor([[[3], [0]]]), quiet)).data, [3], 1e-6)
    const judged = Sequential([Input([2, 1]), new Valid()])
    judged.compile({ loss: 'mae' })
    const loss = await judged.evaluate(tensor([[[3], [0]]]), tensor([[[1], [1]]]), quiet)
    expectClose('loss', [loss].flat(), [2], 1e-6)
  })

  test('losses that a call adds count in training and in evaluation', async () => {
    class Decayed extends Linear {
      override call(x: SymbolicTensor) {
        this.addLoss(ops.multiply(ops.square(this.kernel), 0.5))
        return super.call(x)
      }
    }
    const model = Sequential([Input([features]), new Decayed(2)])
    const data = uniform([4, features], -1, 1, 5)
    const targets = uniform([4, 2], -1, 1, 6)
    model.compile({ optimizer: 'sgd', loss: 'mse' })
    const [kernel] = await model.getWeights()
    const squares = [...(kernel?.data ?? [])].reduce((sum, n) => sum + n * n, 0) / 2
    const predicted = await model.predict(data, quiet)
    const mse = predicted.data.reduce((sum, n, i) => sum + (n - (targets.data[i] ?? 0)) ** 2, 0) / 8
    const gradients = await model.gradients(data, targets)
    const expected = [...(kernel?.data ?? [])].map((n, place) => {
      const [f, unit] = [Math.floor(place / 2), place % 2]
      const slopes = [0, 1, 2, 3].map((row) => {
        const i = row * 2 + unit
        return ((predicted.data[i] ?? 0) - (targets.data[i] ?? 0)) * (data.data[row * features + f] ?? 0)
      })
      return n + slopes.reduce((sum, slope) => sum + slope, 0) / 4
    })
    expectClose('gradient', Object.values(gradients)[0]?.data, expected, 1e-6)
    expectClose('evaluated', [await model.evaluate(data, targets, quiet)].flat(), [mse + squares], 1e-6)
    const { history } = await model.fit(data, targets, { ...quiet, batchSize: 4 })
    expect(Object.keys(history)).toEqual(['loss'])
    expectClose('trained', history.loss, [mse + squares], 1e-6)

    // A model may be trained by such losses alone.
    const alone = Sequential([Input([features]), new Decayed(2)])
    alone.compile({ optimizer: 'sgd' })
    const before = [...((await alone.getWeights())[0]?.data ?? [])]
    const found = await alone.fit(data, null, { ...quiet, batchSize: 4 })
    const ofAll = before.reduce((sum, n) => sum + n * n, 0) / 2
    expectClose('loss alone', found.history.loss, [ofAll], 1e-6)
    expectClose(
      'smaller',
      (await alone.getWeights())[0]?.data,
      before.map((n) => n * 0.99),
      1e-6,
    )
  })

  test('weights that no optimizer changes are assigned in training alone', async () => {
    class Counter extends Layer {
      readonly mean = this.addWeight({
        name: 'mean',
        shape: [features],
        initializer: 'zeros',
        trainable: false,
      })
      override call(x: SymbolicTensor, { training }: CallContext) {
        if (training) this.assign(this.mean, ops.mean(x, 0))
        return ops.subtract(x, this.mean)
      }
    }
    const model = Sequential([Input([features]), new Counter(), Dense(1)])
    model.compile({ optimizer: 'sgd', loss: 'mse' })
    const data = uniform([4, features], -1, 1, 7)
    const mean = async () => [...((await model.getWeights()).at(0)?.data ?? [])]
    await model.evaluate(data, uniform([4, 1], -1, 1, 8), quiet)
    expect(await mean()).toEqual([0, 0, 0])
    await model.fit(data, uniform([4, 1], -1, 1, 8), { ...quiet, batchSize: 4 })
    const expected = [0, 1, 2].map(
      (f) => [0, 1, 2, 3].reduce((sum, row) => sum + (data.data[row * 3 + f] ?? 0), 0) / 4,
    )
    expectClose('mean', await mean(), expected, 1e-6)
  })

  test('several inputs, several outputs, arrays in expressions, layers in lists', async () => {
    class Mixed extends Layer {
      readonly layers = [Dense(3), Dropout(0.5), Dense(3)]
      override call(a: SymbolicTensor, [b, c]: readonly [SymbolicTensor, SymbolicTensor]) {
        const through = this.layers.reduce<SymbolicTensor>((x, layer) => layer(x), a)
        return [ops.add(through, b), ops.multiply(c, [1, 2, 3])] as const
      }
    }
    const [a, b, c] = [Input([3]), Input([3]), Input([3])]
    const mixed = new Mixed()
    const outputs = mixed(a, [b, c])
    const model = Model([a, b, c], outputs)
    expect(model.weights.length).toBe(4)
    const [p, q, r] = [uniform([2, 3], -1, 1, 1), uniform([2, 3], -1, 1, 2), uniform([2, 3], -1, 1, 3)]
    const [sum, product] = await model.predict<Tensor[]>([p, q, r], quiet)
    expectClose(
      'product',
      product?.data,
      [...r.data].map((n, i) => n * ((i % 3) + 1)),
      1e-6,
    )
    const [first, firstBias, second, secondBias] = (await model.getWeights()).map(({ data }) => data)
    const dense = (x: readonly number[], kernel: ArrayLike<number> = [], bias: ArrayLike<number> = []) =>
      [0, 1, 2].map((j) => x.reduce((total, n, i) => total + n * (kernel[i * 3 + j] ?? 0), bias[j] ?? 0))
    const expected = [0, 1].flatMap((row) =>
      dense(dense([...p.data.slice(row * 3, row * 3 + 3)], first, firstBias), second, secondBias),
    )
    expectClose(
      'sum',
      sum?.data,
      expected.map((n, i) => n + (q.data[i] ?? 0)),
      1e-6,
    )
  })

  test('a layer of five elementwise functions is at most two launches forward', async () => {
    class Wave extends Layer {
      override call(x: SymbolicTensor) {
        return ops.add(ops.multiply(ops.sin(ops.square(x)), 0.5), ops.exp(ops.negative(x)))
      }
    }
    const count = (layers: readonly Layer[]) =>
      Sequential([Input([7]), ...layers]).plan({ training: false }).dispatches
    expect(count([Dropout(0.1), new Wave()]) - count([Dropout(0.1)])).toBeLessThanOrEqual(2)
  })
})

test('a Sequential in a field takes its shape from the first call, and its layers keep their outputs', async () => {
  class Forward extends Layer {
    readonly inner = Sequential([Dense(4, { activation: 'relu' }), Dense(3)])
    override call(x: SymbolicTensor) {
      return ops.add(x, this.inner(x))
    }
  }
  const input = Input([5, 3])
  const layer = new Forward()
  const model = Model(input, layer(input))
  expect(model.countParams()).toBe(3 * 4 + 4 + 4 * 3 + 3)
  expect(layer.inner.layers[0]?.output).toMatchObject({ shape: [null, 5, 4] })
  expect((await model.predict<Tensor>(tensor(new Float32Array(30), [2, 5, 3]))).shape).toEqual([2, 5, 3])
})
