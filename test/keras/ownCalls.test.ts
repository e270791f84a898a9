/** Arguments of calls of a text's own layers: which parameters tensors are for, and which masks a call is told. */
import { beforeEach, describe, expect, test } from 'vitest'
import { clearSession, Dense, Input, Sequential, setBackend, type Tensor } from '../../src/index.ts'
import { readKeras } from '../support/readKeras.ts'
import { uniform } from '../support/values.ts'

beforeEach(async () => {
  clearSession()
  await setBackend('cpu')
})

const inputs = `
a = Input((2,), name='a')
b = Input((2,), name='b')
`

describe('tensors by name', () => {
  test('are for the parameters of these names, whatever is left out before', async () => {
    const { model } = readKeras(`
class Mixed(keras.layers.Layer):
    def call(self, x, scale=1.0, plus=None, minus=None):
        if plus is not None:
            x = x + plus
        if minus is not None:
            x = x - minus
        return x * scale
${inputs}
mixed = Mixed()
m = Model([a, b], [mixed(a, minus=b), mixed(a, 2.0, b), mixed(minus=b, x=a, plus=b), mixed(a, plus=b, scale=3.0)])
`)
    const outputs = await model.predict([[[1, 2]], [[10, 20]]])
    expect([outputs].flat().map((output) => output.toArray())).toEqual([
      [[-9, -18]],
      [[22, 44]],
      [[1, 2]],
      [[33, 66]],
    ])
  })

  test('of a model reach its call so, too', async () => {
    const { model } = readKeras(`
class Differ(keras.Model):
    def call(self, x, plus=None, training=False, minus=None):
        assert plus is None
        return x - minus
${inputs}
differ = Differ()
m = Model([a, b], differ(a, minus=b))
`)
    expect((await model.predict([[[1, 2]], [[10, 20]]])).toArray()).toEqual([[-9, -18]])
  })
})

describe('masks', () => {
  const ids = `
i = Input((3,), dtype='int32')
j = Input((3,), dtype='int32')
table = layers.Embedding(4, 1, embeddings_initializer='ones', mask_zero=True)
x, y = table(i), table(j)
`
  const data = [[[1, 0, 2]], [[1, 1, 0]]]

  test('come as `mask` for the only input, which may be a list', async () => {
    const { model } = readKeras(`
class Count(keras.layers.Layer):
    def call(self, inputs, mask=None):
        if isinstance(mask, list):
            return ops.sum(ops.cast(mask[0], 'float32') + 10.0 * ops.cast(mask[1], 'float32'), axis=-1)
        return ops.sum(ops.cast(mask, 'float32'), axis=-1)
${ids}
m = Model([i, j], [Count()(x), Count()([x, y])])
`)
    const outputs = await model.predict(data)
    expect([outputs].flat().map((output) => output.toArray())).toEqual([[2], [22]])
  })

  test('come by the names of several inputs, and not as `mask`', async () => {
    const { model } = readKeras(`
class Each(keras.layers.Layer):
    def call(self, query, value, mask=None, query_mask=None, value_mask=None):
        assert mask is None
        return ops.sum(ops.cast(query_mask, 'float32') + 10.0 * ops.cast(value_mask, 'float32'), axis=-1)
${ids}
m = Model([i, j], [Each()(x, y), Each()(x, value=y), Each()(value=y, query=x)])
`)
    const outputs = await model.predict(data)
    expect([outputs].flat().map((output) => output.toArray())).toEqual([[22], [22], [22]])
  })

  test('that a call is given are these', async () => {
    const { model } = readKeras(`
class Each(keras.layers.Layer):
    def call(self, query, value, mask=None, query_mask=None):
        known = ops.cast(query_mask, 'float32')
        return ops.sum(known if mask is None else known + 10.0 * ops.cast(mask, 'float32'), axis=-1)
${ids}
m = Model([i, j], [Each()(x, y), Each()(x, y, mask=ops.equal(j, 1)), Each()(x, y, query_mask=ops.equal(j, 0))])
`)
    const outputs = await model.predict(data)
    expect([outputs].flat().map((output) => output.toArray())).toEqual([[2], [22], [1]])
  })
})

test('a layer puts an axis into the batch, of which the text computes an extent', async () => {
  const { model } = readKeras(`
class Nodes(layers.Layer):
    def __init__(self):
        super().__init__()
        self.dense = layers.Dense(2)
    def call(self, x):
        batch, nodes, features = ops.shape(x)
        y = self.dense(ops.reshape(x, (batch * nodes, features)))
        return ops.reshape(y, (batch, nodes, 2))
i = keras.Input((3, 4))
model = keras.Model(i, Nodes()(i))
`)
  const plain = Sequential([Input([3, 4]), Dense(2)])
  plain.setWeights(await model.getWeights())
  for (const batch of [1, 5]) {
    const x = uniform([batch, 3, 4], -1, 1)
    const [found, expected] = [await model.predict<Tensor>(x), await plain.predict<Tensor>(x)]
    expect(found.shape).toEqual([batch, 3, 2])
    for (const [at, value] of found.data.entries())
      expect(value).toBeCloseTo(expected.data[at] ?? Number.NaN, 6)
  }
  expect(() =>
    readKeras('n = None * 3\nmodel = keras.Sequential([keras.Input((2,)), layers.Dense(n)])'),
  ).toThrow()
})

test('a lookup with its vocabulary says its words and their number', () => {
  const { model } = readKeras(`
char_to_num = layers.StringLookup(vocabulary=list('abc'), mask_token=None)
words = layers.IntegerLookup(vocabulary=[7, 8])
count = len(char_to_num.get_vocabulary()) * 100 + len(char_to_num.get_vocabulary(include_special_tokens=False)) * 10
model = keras.Sequential([keras.Input((2,)), layers.Dense(count + words.vocabulary_size())])
`)
  expect(model.outputs[0]?.shape).toEqual([null, 433])
})

test('attributes by names that the text computes', () => {
  const { model } = readKeras(`
class Stack(keras.Model):
    def __init__(self, count):
        super().__init__()
        self.count = count
        for i in range(count):
            setattr(self, f'part_{i}', layers.Dense(i + 2))
    def call(self, x):
        for i in range(self.count):
            x = getattr(self, f'part_{i}')(x)
        return x
stack = Stack(3)
stack.build((None, 1))
class Options:
    units = 4
model = keras.Sequential([stack, layers.Dense(getattr(Options(), 'units', 1) + getattr(Options(), 'others', 3))])
model.build((None, 1))
`)
  expect(model.weights.map(({ shape }) => shape)).toEqual([
    [1, 2],
    [2],
    [2, 3],
    [3],
    [3, 4],
    [4],
    [4, 7],
    [7],
  ])
})
