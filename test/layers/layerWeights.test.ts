/** The weights of layers as Keras has them: `layer.weights`, `getWeights`, `setWeights`, `countParams`. */
import { expect, test } from 'vitest'
import {
  Bidirectional,
  type CallContext,
  Dense,
  Embedding,
  Input,
  Layer,
  LSTM,
  loadModel,
  ops,
  register,
  Sequential,
  type SymbolicTensor,
  type Tensor,
  tensor,
  type Weight,
} from '../../src/index.ts'
import { onEachBackend } from '../support/backends.ts'
import { expectClose } from '../support/compare.ts'
import { quiet } from '../support/models.ts'
import { classes, uniform } from '../support/values.ts'

const x = classes([6, 4], 5, 1)
const y = uniform([6, 2], -1, 1, 2)

const build = () => {
  const model = Sequential([
    Input([4]),
    Embedding(5, 3, { name: 'table' }),
    Bidirectional(LSTM(2), { name: 'both' }),
    Dense(2),
  ])
  model.compile({ optimizer: 'adam', loss: 'mse' })
  return model
}

const numbers = (tensors: readonly Tensor[]) => tensors.flatMap(({ data }) => [...data])

onEachBackend(() => {
  test("layers have their part of the model's, after training too", async () => {
    const model = build()
    await model.fit(x, y, quiet)
    const all = await model.getWeights()
    const each = await Promise.all(model.layers.map((layer) => layer.getWeights()))
    expect(each.map(({ length }) => length)).toEqual([1, 6, 2])
    expect(numbers(each.flat())).toEqual(numbers(all))
    expect(model.layers.flatMap(({ weights }) => weights)).toEqual(model.weights)
    expect(model.layers.map((layer) => layer.countParams())).toEqual([15, 96, 10])
    expect(model.getLayer('table').weights).toEqual([
      {
        path: expect.stringMatching(/\/table\/embeddings$/),
        name: 'embeddings',
        shape: [5, 3],
        dtype: 'float32',
        trainable: true,
      },
    ])
  })

  test('weights are copied layer by layer, and training goes on from them', async () => {
    const [from, to] = [build(), build()]
    await from.fit(x, y, quiet)
    await to.fit(x, y, quiet)
    for (const [i, layer] of from.layers.entries()) to.layers[i]?.setWeights(await layer.getWeights())
    expect(await to.predict(x, quiet)).toEqual(await from.predict(x, quiet))
    // Both have trained a step: the state of the optimizer differs, the loss of the first batch does not.
    const [a, b] = [await from.fit(x, y, quiet), await to.fit(x, y, quiet)]
    expectClose('loss', b.history.loss, a.history.loss ?? [], 1e-6)
  })

  test('what a callback sets in a layer is what the next step computes with', async () => {
    const model = build()
    const zero = [tensor(new Float32Array(8), [4, 2]), tensor(new Float32Array(2), [2])]
    const dense = model.layers[2]!
    const losses: number[] = []
    await model.fit(x, y, {
      ...quiet,
      epochs: 2,
      batchSize: 6,
      callbacks: [
        {
          onEpochBegin: () => dense.setWeights(zero),
          onEpochEnd: (_epoch, logs) => void losses.push(logs.loss as number),
        },
      ],
    })
    const ofZeros = [...y.data].reduce((sum, value) => sum + value ** 2, 0) / y.data.length
    expectClose('losses', losses, [ofZeros, ofZeros], 1e-6)
  })

  test("weights of one's own are listed as Keras lists them: first those that an optimizer changes", async () => {
    class Centered extends Layer {
      mean!: Weight
      scale!: Weight
      override build() {
        this.mean = this.addWeight({ name: 'mean', shape: [2], initializer: 'zeros', trainable: false })
        this.scale = this.addWeight({ name: 'scale', shape: [2], initializer: 'ones' })
      }
      override call(inputs: SymbolicTensor, { training }: CallContext) {
        if (training) this.mean.assign(ops.mean(inputs, 0))
        return ops.multiply(ops.subtract(inputs, this.mean), this.scale)
      }
    }
    register('Centered', Centered)
    const own = new Centered()
    const model = Sequential([Input([2]), own])
    model.compile({ optimizer: 'sgd', loss: 'mse' })
    const data = uniform([4, 2], -1, 1, 3)
    await model.fit(data, uniform([4, 2], -1, 1, 4), { ...quiet, batchSize: 4 })
    expect(own.weights.map(({ path }) => path.split('/').at(-1))).toEqual(['scale', 'mean'])
    expect([own.trainableWeights.length, own.nonTrainableWeights.length]).toEqual([1, 1])
    const means = [0, 1].map((i) => [0, 2, 4, 6].reduce((sum, row) => sum + (data.data[row + i] ?? 0), 0) / 4)
    expectClose('mean', (await own.getWeights())[1]?.data, means, 1e-6)
    const loaded = await loadModel(await model.save())
    expect(await loaded.getWeights()).toEqual(await model.getWeights())
  })
})

test('a layer that is not built has no weights; what does not fit is refused, and nothing is set', async () => {
  const layer = Dense(2)
  expect([layer.weights, await layer.getWeights(), layer.countParams()]).toEqual([[], [], 0])
  expect(() => layer.setWeights([[1]])).toThrow(/^Dense "dense.*"\.setWeights: expected 0 arrays, got 1\.$/)
  const model = build()
  const before = await model.getWeights()
  expect(() => model.layers[2]?.setWeights([uniform([4, 2], 0, 1), [1]])).toThrow(
    /setWeights, ".*\/bias": expected \[2\], got \[1\]\./,
  )
  expect(await model.getWeights()).toEqual(before)
})
