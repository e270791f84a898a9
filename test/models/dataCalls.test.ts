/** Layers and models that are called on data: `await layer(x)` gives what a model of the layer alone predicts. */
import { describe, expect, test } from 'vitest'
import {
  Add,
  Attention,
  BatchNormalization,
  Dense,
  Dropout,
  Embedding,
  GRU,
  Input,
  Layer,
  LSTM,
  Model,
  MultiHeadAttention,
  ops,
  Sequential,
  type SymbolicTensor,
  type Tensor,
  tensor,
} from '../../src/index.ts'
import { chooseBackend } from '../support/backends.ts'
import { uniform } from '../support/values.ts'

const sequences = uniform([2, 3, 4], -1, 1, 1)
const rows = uniform([2, 3], -1, 1, 2)
const numbersOf = ({ data }: Tensor): number[] => [...data]

class Running extends Layer {
  total = this.addWeight({ shape: [3], initializer: 'zeros', trainable: false })
  override call(x: SymbolicTensor) {
    return this.total.assignAdd(ops.sum(x, 0))
  }
}

class Both extends Model {
  positions = Embedding(4, 3)
  override call(a: SymbolicTensor, b: SymbolicTensor) {
    return { sum: ops.add(a, b), placed: ops.add(a, this.positions(ops.arange(2))) }
  }
}

class Named extends Model {
  override call({ a, b }: { a: SymbolicTensor; b: SymbolicTensor }) {
    return ops.subtract(a, b)
  }
}

describe.each(['cpu', 'webgpu'] as const)('on %s', (backend) => {
  test('a layer gives what a model of it predicts, and makes its weights with the first call', async () => {
    await chooseBackend(backend)
    const layer = Dense(2, { activation: 'tanh' })
    const first = await layer(rows)
    expect(layer.built).toBe(true)
    expect(layer.nodes).toEqual([])
    const model = Sequential([Input([3]), layer])
    expect(numbersOf(first)).toEqual(numbersOf(await model.predict(rows)))
    expect(numbersOf(await layer(rows.toArray<number[][]>()))).toEqual(numbersOf(first))
    expect(numbersOf(await layer({ data: [...rows.data], shape: [2, 3] }))).toEqual(numbersOf(first))
  })

  test('states, masks and several outputs', async () => {
    await chooseBackend(backend)
    const layer = LSTM(2, { returnState: true })
    const h = uniform([2, 2], -1, 1, 3)
    const mask = [
      [true, true, false],
      [true, false, false],
    ]
    const given = await layer(sequences, {
      initialState: [
        h,
        tensor([
          [0, 0],
          [1, 1],
        ]),
      ],
      mask,
    })
    const x = Input([3, 4])
    const [h0, c0, valid] = [Input([2]), Input([2]), Input([3])]
    const model = Model([x, h0, c0, valid], [...layer(x, { initialState: [h0, c0], mask: valid })])
    const expected = await model.predict([
      sequences,
      h,
      tensor([
        [0, 0],
        [1, 1],
      ]),
      tensor([
        [1, 1, 0],
        [1, 0, 0],
      ]),
    ])
    expect(given.map(numbersOf)).toEqual(expected.map(numbersOf))
    const [, scores] = await MultiHeadAttention(2, 2)(sequences, sequences, { returnAttentionScores: true })
    expect(scores.shape).toEqual([2, 2, 3, 3])
    expect((await Attention()([sequences, sequences])).shape).toEqual([2, 3, 4])
    expect((await Add()([rows, rows])).toArray()).toEqual((await ops.multiply(rows, 2)).toArray())
  })

  test('training makes a layer work as in training, with draws of its own in each call', async () => {
    await chooseBackend(backend)
    const ones = ops.ones([4, 50])
    const dropout = Dropout(0.5, { seed: 1 })
    expect(numbersOf(await dropout(ones))).toEqual(Array<number>(200).fill(1))
    const [first, second] = [await dropout(ones, { training: true }), await dropout(ones, { training: true })]
    expect(new Set(numbersOf(first))).toEqual(new Set([0, 2]))
    expect(numbersOf(second)).not.toEqual(numbersOf(first))
    const normalization = BatchNormalization()
    await normalization(ones, { training: true })
    const [, , mean] = await normalization.getWeights()
    expect(mean?.data[0]).toBeCloseTo(0.01, 6)
  })

  test('what a layer assigns, and states that it keeps, go on from call to call', async () => {
    await chooseBackend(backend)
    const running = new Running()
    const ones = ops.ones([2, 3])
    expect((await running(ones)).toArray()).toEqual([2, 2, 2])
    expect((await running(ones)).toArray()).toEqual([4, 4, 4])
    const stateful = GRU(2, { stateful: true })
    const [first, second] = [await stateful(sequences), await stateful(sequences)]
    expect(numbersOf(second)).not.toEqual(numbersOf(first))
    stateful.resetStates()
    expect(numbersOf(await stateful(sequences))).toEqual(numbersOf(first))
  })

  test('models of every kind', async () => {
    await chooseBackend(backend)
    const sequential = Sequential([Dense(2), Dropout(0.5)])
    const predicted = await sequential(rows)
    expect(numbersOf(predicted)).toEqual(numbersOf(await sequential.predict(rows)))
    expect(numbersOf(await sequential(rows, { training: true }))).not.toEqual(numbersOf(predicted))
    const x = Input([3])
    const model = Model(x, { a: Dense(1)(x), b: Dense(2)(x) })
    const { a, b } = await model(rows)
    expect([a.shape, b.shape]).toEqual([
      [2, 1],
      [2, 2],
    ])
    const both = new Both()
    const { sum, placed } = await both(rows, rows)
    expect(sum.toArray()).toEqual((await ops.add(rows, rows)).toArray())
    expect(placed.shape).toEqual([2, 3])
    expect(both.built).toBe(true)
    expect((await new Named()({ a: rows, b: rows })).toArray()).toEqual(ops.zeros([2, 3]).toArray())
  })
})

test('training goes on beside, and calls after a step see its weights', async () => {
  await chooseBackend('webgpu')
  const hidden = Dense(2, { inputShape: [3] })
  const model = Sequential([hidden, Dense(1)])
  model.compile({ optimizer: 'sgd', loss: 'mse' })
  const before = numbersOf(await hidden(rows))
  await model.fit(rows, uniform([2, 1], -1, 1, 4), { verbose: 0 })
  const after = numbersOf(await hidden(rows))
  expect(after).not.toEqual(before)
  expect(after).toEqual(numbersOf(await Model(model.input, hidden.output as SymbolicTensor).predict(rows)))
})

test('a Sequential whose first call is on data has its graph from then on, by itself and in a layer', async () => {
  await chooseBackend('cpu')
  class Holder extends Layer {
    inner = Sequential([Dense(2), Dense(1)])
    override call(x: SymbolicTensor) {
      return this.inner(x)
    }
  }
  const model = Sequential([Dense(2), Dense(1)])
  await model(rows, { training: true })
  const holder = new Holder()
  await holder(rows)
  for (const { input, layers } of [model, holder.inner]) {
    const [first] = layers
    const part = Model(input as SymbolicTensor, first?.output as SymbolicTensor)
    expect((await part.predict(rows)).toArray()).toEqual((await first?.(rows))?.toArray())
  }
  model.add(Dense(5))
  expect((await model(rows, { training: true })).shape).toEqual([2, 5])
})

test('calls of more kinds than are kept', async () => {
  await chooseBackend('cpu')
  const layer = GRU(2)
  const lengths = Array.from({ length: 40 }, (_, i) => (i % 20) + 1)
  const results = await Promise.all(lengths.map((length) => layer(uniform([1, length, 2], -1, 1, length))))
  results.forEach((result, i) => {
    expect(numbersOf(result)).toEqual(numbersOf(results[i % 20] as Tensor))
  })
})

test('a model that was disposed', async () => {
  await chooseBackend('cpu')
  const model = Sequential([Dense(1, { inputShape: [3] })])
  await model(rows, { training: true })
  model.dispose()
  for (const options of [{}, { training: true }])
    await expect(Promise.resolve(model(rows, options))).rejects.toThrow('expected a model in use')
})

test('arguments that no JSON has, and those that contain themselves', async () => {
  await chooseBackend('cpu')
  const list: unknown[] = []
  list.push(list)
  const object: Record<string, unknown> = {}
  object.self = object
  const layer = Dense(1)
  for (const [mask, got] of [
    [7n, 'expected symbolic tensors, got 7n'],
    [[7n, 8n], 'expected no mask, got'],
    [list, 'or one that contains itself'],
    [object, 'or one that contains itself'],
  ] as const)
    await expect((async () => layer(rows, { mask: mask as never }))()).rejects.toThrow(got)
})
