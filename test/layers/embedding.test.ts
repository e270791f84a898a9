/** Embedding: against its definition, on integers and floats, with given tables, masks, and ids that it has no row for. */
import { expect, test } from 'vitest'
import {
  Dense,
  Embedding,
  Flatten,
  GlobalAveragePooling1D,
  Input,
  initializers,
  type LayersModel,
  Model,
  Reshape,
  Sequential,
  setSeed,
  type Tensor,
  TimeDistributed,
  tensor,
} from '../../src/index.ts'
import { onEachBackend } from '../support/backends.ts'
import { expectClose } from '../support/compare.ts'
import { uniform } from '../support/values.ts'

const matrix = [
  [1, 2],
  [3, 4],
  [5, 6],
]
const vectors = (...ids: number[]): number[] => ids.flatMap((id) => matrix[id] ?? [])

/** A model whose loss is finite whatever the ids are. */
function classifier(name = 'words'): LayersModel {
  setSeed(2)
  const model = Sequential([Embedding(5, 3, { name, inputShape: [4] }), Flatten(), Dense(1)])
  model.compile({ loss: 'mse', optimizer: 'adam' })
  return model
}

onEachBackend(() => {
  test('rows of a given table, of ids of any shape and type', async () => {
    const table = initializers.Constant(matrix)
    const of = (layer: ReturnType<typeof Embedding>) => Sequential([layer])
    const ids = [
      [0, 2],
      [1, 0],
    ]
    for (const given of [ids, tensor(Int32Array.of(0, 2, 1, 0), [2, 2]), tensor([0, 2, 1, 0], [2, 2])]) {
      const model = of(Embedding(3, 2, { embeddingsInitializer: table }))
      const y = await model.predict<Tensor>(given)
      expect([...y.shape, ...y.data]).toEqual([2, 2, 2, ...vectors(0, 2, 1, 0)])
      model.dispose()
    }
    const single = of(Embedding(3, 2, { weights: [tensor(matrix.flat(), [3, 2])], inputLength: 3 }))
    const y = await single.predict<Tensor>(Uint8Array.of(2, 1, 0) as never, {}).catch(() => null)
    expect(y).toBeNull()
    expect([...(await single.predict<Tensor>([[2, 1, 0]])).data]).toEqual(vectors(2, 1, 0))
    single.dispose()
  })

  test('floats, other layers between, and a table at every time step', async () => {
    const ids = Input([4])
    const embed = () => Embedding(3, 2, { weights: matrix })
    const model = Model(ids, [embed()(ids), TimeDistributed(embed())(Reshape([2, 2])(ids))])
    const [direct, each] = await model.predict<Tensor[]>([[0, 1, 2, 0]])
    expect([...(direct?.data ?? [])]).toEqual(vectors(0, 1, 2, 0))
    expect([...(each?.shape ?? []), ...(each?.data ?? [])]).toEqual([1, 2, 2, 2, ...vectors(0, 1, 2, 0)])
    model.dispose()
  })

  test('gradients are sums over equal ids; a frozen table has none', async () => {
    const model = Sequential([Embedding(5, 2, { inputShape: [3] }), GlobalAveragePooling1D()])
    model.compile({ loss: 'mse', optimizer: 'sgd' })
    const x = [
      [4, 1, 4],
      [1, 1, 0],
    ]
    const table = uniform([5, 2], -1, 1, 3)
    model.setWeights([table])
    const y = [
      [1, 2],
      [3, 4],
    ]
    const expected = new Float64Array(10)
    x.forEach((sample, b) => {
      for (let j = 0; j < 2; j++) {
        const mean = sample.reduce((sum, id) => sum + (table.data[2 * id + j] ?? 0) / 3, 0)
        // The derivative of the mean of 4 squares by a mean of 3.
        for (const id of sample) expected[2 * id + j]! += (2 * (mean - (y[b]?.[j] ?? 0))) / 4 / 3
      }
    })
    const gradients = await model.gradients(x, y)
    expectClose('gradient', Object.values(gradients)[0]?.data, [...expected], 1e-6)
    await model.fit(x, y, { batchSize: 2, epochs: 1, verbose: 0 })
    const [after] = await model.getWeights()
    expectClose(
      'after a step',
      after?.data,
      [...expected].map((d, i) => (table.data[i] ?? 0) - 0.01 * d),
      1e-6,
    )
    model.trainable = false
    model.compile({ loss: 'mse', optimizer: 'sgd' })
    expect(Object.keys(await model.gradients(x, y))).toEqual([])
    model.dispose()
  })

  test('one seed gives the same bits', async () => {
    const x = tensor(
      Int32Array.from({ length: 160 }, (_, i) => (i * i) % 5),
      [40, 4],
    )
    const y = uniform([40, 1], -1, 1)
    const run = async () => {
      const model = classifier()
      await model.fit(x, y, { epochs: 2, batchSize: 16, verbose: 0 })
      const weights = await model.getWeights()
      model.dispose()
      return weights.map(({ data }) => [...data])
    }
    expect(await run()).toEqual(await run())
  })

  test('an id without a row is an error of the call that read it; nothing is lost', async () => {
    const model = classifier()
    const good = [
      [0, 1, 2, 3],
      [4, 4, 4, 4],
      [1, 1, 1, 1],
    ]
    const bad = good.map((ids, i) => (i === 2 ? [1, 5, -3, 1] : ids))
    const y = [1, 2, 3]
    const refusal =
      'Embedding "words": expected ids from 0 to 4, whole numbers, got 5 in sample 2. The layer took zeros for it. inputDim is the largest id and one more.'
    await expect(model.fit(bad, y, { epochs: 3, batchSize: 2, verbose: 0 })).rejects.toThrow(refusal)
    await expect(model.predict(bad, { batchSize: 2 })).rejects.toThrow(refusal)
    await expect(model.evaluate(bad, y, { verbose: 0 })).rejects.toThrow(refusal)
    await expect(model.trainOnBatch(bad, y)).rejects.toThrow(refusal)
    await expect(model.gradients(bad, y)).rejects.toThrow(refusal)
    await expect(model.predict([[0, -7, 0, 0]])).rejects.toThrow('got -7 in sample 0')
    const { history } = await model.fit(good, y, { epochs: 2, verbose: 0 })
    expect(history.loss?.every(Number.isFinite)).toBe(true)
    expect((await model.predict<Tensor>(good)).data.every(Number.isFinite)).toBe(true)
    model.dispose()
  })

  test('floats that are not whole are reported too', async () => {
    const ids = Input([2])
    const model = Model(ids, Embedding(3, 2, { name: 'words' })(ids))
    await expect(model.predict([[0, 1.5]])).rejects.toThrow(
      'Embedding "words": expected ids from 0 to 2, whole numbers, got 1.5 in sample 0.',
    )
    model.dispose()
  })
})

test('integers are checked where they are handed over', async () => {
  const model = classifier()
  await expect(model.predict([[0, 1, 2.5, 0]])).rejects.toThrow(
    'x[0][2]: expected an integer up to 2²⁴, got 2.5.',
  )
  await expect(model.predict([[0, 1, 2 ** 30, 0]])).rejects.toThrow(
    'x[0][2]: expected an integer up to 2²⁴, got 1073741824.',
  )
  model.dispose()
})

test('integers that other layers read are floats to them', async () => {
  const x = Input([2], { dtype: 'int32' })
  const model = Model(x, [
    Dense(1, { kernelInitializer: 'ones' })(x),
    Flatten()(Embedding(3, 1, { weights: [[0], [1], [2]] })(x)),
  ])
  const [sum, same] = await model.predict<Tensor[]>([[2, 1]])
  expect([...(sum?.data ?? []), ...(same?.data ?? [])]).toEqual([3, 2, 1])
  model.dispose()
})

test('what does not fit is refused', () => {
  expect(() => Embedding(3, 2, { name: 'words', weights: [[1, 2]] })).toThrow(
    'Embedding "words": expected weights [3, 2], got Tensor [1, 2].',
  )
  const layer = Embedding(3, 2, { name: 'words', embeddingsInitializer: initializers.Constant([1, 2]) })
  expect(() => layer(Input([2], { dtype: 'int32' }))).toThrow(
    "Constant: expected an array of the weight's shape [3, 2], got [2].",
  )
})
