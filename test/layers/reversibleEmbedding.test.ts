/** ReversibleEmbedding: Keras's numbers both ways, gradients and updates of a table that is read both ways, masks, files and code. */
import { expect, test } from 'vitest'
import { toKeras, toTypeScript } from '../../src/formats.ts'
import {
  Adam,
  Dense,
  Embedding,
  Input,
  loadModel,
  Masking,
  Model,
  ops,
  ReversibleEmbedding,
  type SymbolicTensor,
  setSeed,
  type Tensor,
  tensor,
} from '../../src/index.ts'
import { chooseBackend, onCpuFirst } from '../support/backends.ts'
import { expectClose } from '../support/compare.ts'
import { quiet } from '../support/models.ts'
import { uniform } from '../support/values.ts'

const numbers = (shape: readonly number[], of: (i: number) => number): Tensor =>
  tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => of(i)),
    shape,
  )
const table = numbers([4, 3], (i) => (((i * 5) % 7) - 3) / 4)
const reverse = numbers([3, 4], (i) => (((i * 3) % 11) - 5) / 8)
const vectors = numbers([1, 2, 3], (i) => (((i * 2) % 5) - 2) / 2)

onCpuFirst(() => {
  test.each([
    [{}, [0.75, 0.75, 0.75, 0.75, 0.625, 0.375, -0.75, -1]],
    [{ tieWeights: false }, [0.25, 0.25, 0.25, -1.125, 0.4375, 0.0625, -0.3125, 0.6875]],
    [
      { logitSoftCap: 0.5 },
      [0.452574, 0.452574, 0.452574, 0.452574, 0.424142, 0.317574, -0.452574, -0.482014],
    ],
  ])('both ways, %j', async (options, expected) => {
    const layer = ReversibleEmbedding(4, 3, options)
    layer.build([null])
    layer.setWeights('tieWeights' in options ? [table, reverse] : [table])
    const found = await layer(tensor([0, 3, 1], [1, 3]))
    expect([...found.data]).toEqual([-0.75, 0.5, 0, 0, -0.5, 0.75, -0.5, 0.75, 0.25])
    const scores = await layer(vectors, { reverse: true })
    expect(scores.shape).toEqual([1, 2, 4])
    expectClose('scores', scores.data, expected, 2e-6)
  })
})

/** Trains a table that is read both ways, and gives it with its gradient: that of the layer, or of an Embedding and functions. */
async function trained(isReversible: boolean, rows: number, columns: number): Promise<readonly Tensor[]> {
  setSeed(5)
  const ids = Input({ shape: [3], dtype: 'int32', name: 'ids' })
  const dense = Dense(columns, { activation: 'tanh', name: 'dense' })
  const connect = (): SymbolicTensor => {
    if (isReversible) {
      const both = ReversibleEmbedding(rows, columns, { name: 'table' })
      return both(dense(both(ids)), { reverse: true })
    }
    const embedding = Embedding(rows, columns, { name: 'table' })
    return ops.matmul(dense(embedding(ids)), ops.transpose(embedding.embeddings))
  }
  const model = Model(ids, connect())
  const data = model.weights.map(({ shape }, i) => uniform(shape, -0.5, 0.5, i + 1))
  model.setWeights(data)
  model.compile({ loss: 'mse', optimizer: Adam(0.01) })
  const x = tensor([0, 1, 5, 5, 2, 0], [2, 3])
  const y = uniform([2, 3, rows], -1, 1, 9)
  const gradients = Object.values(await model.gradients(x, y)) as Tensor[]
  for (let step = 0; step < 3; step++) await model.trainOnBatch(x, y)
  const weights = await model.getWeights()
  model.dispose()
  return [...gradients, ...weights]
}

test.each([
  ['small', 7, 3],
  ['large', 1100, 64],
] as const)('a %s table learns as one that functions multiply by', async (_, rows, columns) => {
  for (const backend of ['cpu', 'webgpu'] as const) {
    await chooseBackend(backend)
    const expected = await trained(false, rows, columns)
    const found = await trained(true, rows, columns)
    expected.forEach(({ data }, i) => {
      expectClose(`${backend} ${i}`, found[i]?.data, data, 1e-5)
    })
  }
})

test('vectors that are inputs of a model stay floats', async () => {
  await chooseBackend('cpu')
  const input = Input([2, 3])
  const layer = ReversibleEmbedding(4, 3)
  const model = Model(input, layer(input, { reverse: true }))
  model.setWeights([table])
  const { data } = await model.predict<Tensor>(vectors, quiet)
  expect([...data]).toEqual([0.75, 0.75, 0.75, 0.75, 0.625, 0.375, -0.75, -1])
})

test('an id that the table lacks is told with its sample', async () => {
  await chooseBackend('cpu')
  const layer = ReversibleEmbedding(4, 3, { name: 'both' })
  const ids = Input([1])
  const model = Model(ids, layer(layer(ids), { reverse: true }))
  await expect(model.predict(tensor([1, 4], [2, 1]), quiet)).rejects.toThrow(
    /"both".*sample 1|sample 1.*"both"/s,
  )
})

test('a mask is that of ids, and ends in reverse', () => {
  const layer = ReversibleEmbedding(4, 3, { maskZero: true })
  const found = layer(Input([5]))
  expect(found.maskAxes).toBe(2)
  expect(layer(found, { reverse: true }).maskAxes).toBeUndefined()
  expect(ReversibleEmbedding(4, 3)(Masking()(Input([5, 3])), { reverse: true }).maskAxes).toBeUndefined()
})

test('files and code have calls in reverse', async () => {
  await chooseBackend('cpu')
  const make = () => {
    const ids = Input([2], { dtype: 'int32', name: 'ids' })
    const both = ReversibleEmbedding(4, 3, { tieWeights: false, logitSoftCap: 5, name: 'both' })
    return Model(ids, both(Dense(3, { name: 'dense' })(both(ids)), { reverse: true }), { name: 'language' })
  }
  const model = make()
  const x = tensor([0, 3, 2, 1], [2, 2])
  const expected = await model.predict<Tensor>(x, quiet)
  const again = await loadModel(await model.save())
  expect([...(await again.predict<Tensor>(x, quiet)).data]).toEqual([...expected.data])
  expect(await toKeras(model)).toBe(`import keras

ids = keras.Input((2,), dtype='int32', name='ids')
both = keras.layers.ReversibleEmbedding(4, 3, False, logit_soft_cap=5.0, name='both')
both_output = both(ids)
dense = keras.layers.Dense(3)(both_output)
both_output_1 = both(dense, reverse=True)
model = keras.Model(ids, both_output_1, name='language')
`)
  expect(await toTypeScript(model)).toContain('{ reverse: true }')
})

test.each<[string, () => unknown, string]>([
  [
    'vectors of another size',
    () => ReversibleEmbedding(4, 3, { name: 'both' })(Input([5, 2]), { reverse: true }),
    'ReversibleEmbedding "both": expected input [batch, ..., 3] in reverse, got [batch, 5, 2].',
  ],
  [
    'a bound of 0',
    () => ReversibleEmbedding(4, 3, { name: 'both', logitSoftCap: 0 }),
    'ReversibleEmbedding "both": expected logitSoftCap to be a positive number, got 0.',
  ],
])('refused: %s', (_, make, message) => {
  expect(make).toThrow(message)
})
