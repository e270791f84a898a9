/** What a text's own layers have beside their calls: variables that are weights, and masks that they make and hand on. */
import { beforeEach, describe, expect, test, vi } from 'vitest'
import {
  clearSession,
  Embedding,
  GlobalAveragePooling1D,
  Input,
  LSTM,
  Sequential,
  setBackend,
  type Tensor,
} from '../../src/index.ts'
import { readKeras } from '../support/readKeras.ts'

beforeEach(async () => {
  clearSession()
  await setBackend('cpu')
})

describe('tf.Variable', () => {
  /** The weights of a layer of a class that makes them as `body` says, from n = 3. */
  const weightsOf = async (body: string, use = 'x') => {
    const { model } = readKeras(`
class Own(keras.layers.Layer):
    def __init__(self, n):
        super().__init__()
${body.replaceAll(/^/gm, '        ')}
    def call(self, x):
        return ${use}
i = keras.Input((3,))
m = keras.Model(i, Own(3)(i))
`)
    return {
      model,
      weights: model.weights,
      values: (await model.getWeights()).map((value) => value.toArray()),
    }
  }

  test('is a weight that an initializer draws', async () => {
    const { model, weights, values } = await weightsOf(
      `w_init = tf.random_uniform_initializer(minval=2.0, maxval=3.0)
self.w = tf.Variable(initial_value=w_init(shape=(n, 2), dtype='float32'), trainable=True, name='kernel')
b_init = tf.zeros_initializer()
self.b = tf.Variable(initial_value=b_init(shape=(2,), dtype='float32'), trainable=True)`,
      'tf.matmul(x, self.w) + self.b',
    )
    expect(weights.map(({ shape, trainable, path }) => [path, shape, trainable])).toEqual([
      ['own/kernel', [3, 2], true],
      ['own/variable', [2], true],
    ])
    const [kernel, bias] = values as [number[][], number[]]
    expect(kernel.flat().every((value) => value >= 2 && value < 3)).toBe(true)
    expect(bias).toEqual([0, 0])
    model.compile({ loss: 'mse', optimizer: 'sgd' })
    await model.fit([[1, 2, 3]], [[0, 0]], { verbose: 0 })
    const [trained, moved] = (await model.getWeights()).map((value) => value.toArray())
    expect(trained).not.toEqual(kernel)
    expect(moved).not.toEqual(bias)
  })

  test('is one of numbers that a text has, and does not learn where it says so', async () => {
    const { weights, values } = await weightsOf(`self.a = tf.Variable([1.0, 2.0, 4.0], trainable=False)
self.c = tf.Variable(0.5)
self.z = tf.Variable(tf.zeros((n, n)))
self.g = tf.Variable(keras.initializers.Constant(3)(shape=(2,)), trainable=False)`)
    expect(weights.map(({ shape, trainable }) => [shape, trainable])).toEqual([
      [[], true],
      [[3, 3], true],
      [[3], false],
      [[2], false],
    ])
    expect(values.map((value) => [value].flat(2))).toEqual([
      [0.5],
      [0, 0, 0, 0, 0, 0, 0, 0, 0],
      [1, 2, 4],
      [3, 3],
    ])
  })

  test('is one of drawn numbers, and one of keras.Variable', async () => {
    const { weights, values } = await weightsOf(`self.t = tf.Variable(tf.random.normal([400, n], 5.0, 0.5))
self.k = keras.Variable('ones', shape=(2,), trainable=False, name='scale')`)
    expect(weights.map(({ path }) => path)).toEqual(['own/variable', 'own/scale'])
    const [drawn, ones] = values as [number[][], number[]]
    const mean = drawn.flat().reduce((sum, value) => sum + value / 1200, 0)
    expect(Math.abs(mean - 5)).toBeLessThan(0.1)
    expect(ones).toEqual([1, 1])
  })

  test('is set in a call', async () => {
    const { model } = await weightsOf(
      `self.total = tf.Variable(initial_value=tf.zeros((n,)), trainable=False)`,
      'x + self.total.assign_add(tf.reduce_sum(x, axis=0))',
    )
    model.compile({ loss: 'mse', optimizer: 'sgd' })
    await model.predict([[1, 2, 3]])
    const [total] = await model.getWeights()
    expect(total?.toArray()).toEqual([1, 2, 3])
  })
})

describe('masks', () => {
  const ids = [
    [1, 2, 0],
    [3, 0, 0],
    [2, 1, 3],
  ]
  const made = (method: string, more = '') => `
class Tokens(layers.Layer):
    def __init__(self):
        super().__init__()
        self.embedding = layers.Embedding(4, 2, mask_zero=${method.includes('self.embedding') ? 'True' : 'False'})
    def call(self, inputs):
        return self.embedding(inputs)
    ${method}
class Block(layers.Layer):
    def __init__(self):
        super().__init__()
        ${more}
    def call(self, inputs, mask=None):
        if mask is not None:
            weights = tf.cast(mask[:, :, tf.newaxis], 'float32')
        return inputs * (1 + weights)
`

  test.each([
    `def compute_mask(self, inputs, mask=None):
        return tf.math.not_equal(inputs, 0)`,
    `def compute_mask(self, *args, **kwargs):
        return self.embedding.compute_mask(*args, **kwargs)`,
  ])('that a class makes reach the next layers: %s', async (method) => {
    const { model } = readKeras(`${made(method, 'self.supports_masking = True')}
i = keras.Input((3,), dtype='int64')
x = Block()(Tokens()(i))
m = keras.Model(i, layers.GlobalAveragePooling1D()(layers.LSTM(2, return_sequences=True)(x)))
`)
    // A factor of two on what is valid is in the embedding as well.
    const same = Sequential([
      Input([3], { dtype: 'int64' }),
      Embedding(4, 2, { maskZero: true }),
      LSTM(2, { returnSequences: true }),
      GlobalAveragePooling1D(),
    ])
    const [table, ...others] = await model.getWeights()
    const doubled = table?.data.map((value) => 2 * value) ?? []
    await same.setWeights([{ data: [...doubled], shape: [4, 2] }, ...others] as Tensor[])
    const expected = (await same.predict(ids)) as Tensor
    const found = (await model.predict(ids)) as Tensor
    found.data.forEach((value, i) => {
      expect(value).toBeCloseTo(expected.data[i] ?? Number.NaN, 6)
    })
  })

  test('end in a class that does not hand them on, which is said', async () => {
    const warn = vi.spyOn(console, 'warn').mockReturnValue()
    const method = `def compute_mask(self, inputs, mask=None):
        return tf.math.not_equal(inputs, 0)`
    const { model } = readKeras(`${made(method, 'self.supports_masking = False')}
i = keras.Input((3,), dtype='int64')
m = keras.Model(i, layers.LSTM(2)(Block()(Tokens()(i))))
`)
    await model.predict(ids)
    expect(warn).toHaveBeenCalledWith(expect.stringMatching(/Block "block": the mask of its input ends here/))
  })
})
