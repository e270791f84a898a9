/** Arrays of a text whose numbers are known: what numpy makes of them is what models have as constants. */
import { beforeEach, describe, expect, test } from 'vitest'
import { fromKeras } from '../../src/formats.ts'
import { clearSession, setBackend } from '../../src/index.ts'
import { readKeras } from '../support/readKeras.ts'

beforeEach(async () => {
  clearSession()
  await setBackend('cpu')
})

/** Expressions, and what numpy makes of them. */
const EXPRESSIONS: readonly (readonly [text: string, expected: unknown])[] = [
  ['np.arange(7)[1:6:2]', [1, 3, 5]],
  ['np.arange(2, 9, 3) // 2', [1, 2, 4]],
  ['np.linspace(0, 1, 5)', [0, 0.25, 0.5, 0.75, 1]],
  ['np.zeros((2, 3))[:, None].shape[1] + np.ones(3)', [2, 2, 2]],
  [
    'np.eye(3, k=1)',
    [
      [0, 1, 0],
      [0, 0, 1],
      [0, 0, 0],
    ],
  ],
  [
    'np.triu(np.ones((3, 3)), k=1)',
    [
      [0, 1, 1],
      [0, 0, 1],
      [0, 0, 0],
    ],
  ],
  [
    'np.tril(np.full((2, 3), 7))',
    [
      [7, 0, 0],
      [7, 7, 0],
    ],
  ],
  [
    'np.arange(6).reshape(2, 3).T',
    [
      [0, 3],
      [1, 4],
      [2, 5],
    ],
  ],
  [
    'np.arange(6).reshape(2, -1)[:, ::-1]',
    [
      [2, 1, 0],
      [5, 4, 3],
    ],
  ],
  ['np.arange(24).reshape(2, 3, 4)[1, ..., -1]', [15, 19, 23]],
  ['np.arange(6).reshape(2, 3)[:, np.newaxis] + np.arange(3)', [[[0, 2, 4]], [[3, 5, 7]]]],
  [
    'np.concatenate([np.arange(4).reshape(2, 2), np.ones((2, 1))], axis=-1)',
    [
      [0, 1, 1],
      [2, 3, 1],
    ],
  ],
  [
    'np.stack([np.arange(3), np.arange(3) * 2], axis=1)',
    [
      [0, 0],
      [1, 2],
      [2, 4],
    ],
  ],
  ['np.hstack([np.arange(2), np.arange(3)])', [0, 1, 0, 1, 2]],
  [
    'np.vstack([np.arange(2), np.arange(2)])',
    [
      [0, 1],
      [0, 1],
    ],
  ],
  [
    'np.tile(np.arange(3), (2, 2))',
    [
      [0, 1, 2, 0, 1, 2],
      [0, 1, 2, 0, 1, 2],
    ],
  ],
  ['np.repeat(np.arange(3), 2)', [0, 0, 1, 1, 2, 2]],
  [
    'np.repeat(np.arange(4).reshape(2, 2), 2, axis=0)',
    [
      [0, 1],
      [0, 1],
      [2, 3],
      [2, 3],
    ],
  ],
  ['np.arange(6).reshape(2, 3).sum(axis=0)', [3, 5, 7]],
  ['np.arange(6).reshape(2, 3).mean(axis=1, keepdims=True)', [[1], [4]]],
  ['np.std([1.0, 2.0, 4.0], keepdims=True)', [1.247219]],
  ['np.max(np.arange(6).reshape(2, 3), axis=-1)', [2, 5]],
  ['np.arange(4).reshape(2, 2) @ np.arange(2)', [1, 3]],
  [
    'np.dot(np.arange(4).reshape(2, 2), np.arange(4).reshape(2, 2))',
    [
      [2, 3],
      [6, 11],
    ],
  ],
  [
    'np.outer(np.arange(2), np.arange(3))',
    [
      [0, 0, 0],
      [0, 1, 2],
    ],
  ],
  ['np.where(np.arange(4) > 1, np.arange(4), -1)', [-1, -1, 2, 3]],
  ['np.clip(np.arange(5), 1, 3)', [1, 1, 2, 3, 3]],
  ['np.power(2.0, -np.arange(3))', [1, 0.5, 0.25]],
  ['np.exp(np.array([0, 1])) / np.sum(np.exp(np.array([0, 1])))', [0.268941, 0.731059]],
  ['np.expand_dims(np.arange(3), -1)', [[0], [1], [2]]],
  ['np.squeeze(np.ones((1, 3, 1)), axis=0)', [[1], [1], [1]]],
  ['np.transpose(np.arange(6).reshape(1, 2, 3), (2, 0, 1))', [[[0, 3]], [[1, 4]], [[2, 5]]]],
  ['np.cumsum([1, 2, 3])', [1, 3, 6]],
  ['-np.arange(3) % 2', [0, 1, 0]],
  [
    "np.array([[1, 2], [3, 4]], dtype='float32') * 0.1",
    [
      [0.1, 0.2],
      [0.3, 0.4],
    ],
  ],
  ['np.abs(np.array([-1.5, 2])) ** 2', [2.25, 4]],
  ['np.rint(np.array([0.5, 1.5, 2.4]))', [0, 2, 2]],
  ['np.minimum(np.arange(3), 1)', [0, 1, 1]],
  ['np.linspace(0, 1, 4, endpoint=False)', [0, 0.25, 0.5, 0.75]],
  ['np.arange(0.0, 1.0, 0.25)', [0, 0.25, 0.5, 0.75]],
  ['np.array([1.7, -1.7]).astype(int)', [1, -1]],
  [
    'np.identity(2) - 1',
    [
      [0, -1],
      [-1, 0],
    ],
  ],
  ['np.log(np.arange(1, 3))', [0, Math.LN2]],
  ['np.ones_like(np.arange(3)) + np.zeros_like(np.arange(3))', [1, 1, 1]],
]

const flat = (value: unknown): readonly number[] => [value].flat(Number.POSITIVE_INFINITY) as number[]

test.each(EXPRESSIONS)('%s', async (text, expected) => {
  const { model } = readKeras(`
import numpy as np
value = ${text}
class Constant(layers.Layer):
    def call(self, x):
        return 0 * x + tf.reshape(value, (1, -1))
i = Input((1,))
m = Model(i, [Constant()(i), layers.Dense(value.ndim)(i)])
`)
  const [numbers, rank] = (await model.predict([[0]])) as unknown as { data: Float32Array; shape: number[] }[]
  const wanted = flat(expected)
  expect(numbers?.data.length).toBe(wanted.length)
  wanted.forEach((value, i) => {
    expect(numbers?.data[i]).toBeCloseTo(value, 5)
  })
  let depth = 0
  for (let inner = expected; Array.isArray(inner); inner = inner[0]) depth++
  expect(rank?.shape[1]).toBe(depth)
})

const positions = `
import numpy as np
def get_angles(pos, i, d_model):
    return pos * (1 / np.power(10000, (2 * (i//2)) / np.float32(d_model)))
def positional_encoding(position, d_model):
    angles = get_angles(np.arange(position)[:, np.newaxis], np.arange(d_model)[np.newaxis, :], d_model)
    angles[:, 0::2] = np.sin(angles[:, 0::2])
    angles[:, 1::2] = np.cos(angles[:, 1::2])
    return tf.cast(angles[np.newaxis, ...], dtype=tf.float32)
`
/** Of the first three positions, four features each. */
const ENCODING = [0, 1, 0, 1, 0.841471, 0.540302, 0.01, 0.99995, 0.909297, -0.416147, 0.019999, 0.9998]

describe('positions of a Transformer', () => {
  test('are added to what a layer gets, of steps as many as come', async () => {
    const { model } = readKeras(`${positions}
class Positions(layers.Layer):
    def __init__(self):
        super().__init__()
        self.encoding = positional_encoding(50, 4)
    def call(self, x):
        return x + self.encoding[:, :tf.shape(x)[1], :]
i = Input((None, 4))
m = Model(i, Positions()(i))
`)
    expect(model.outputs[0]?.shape).toEqual([null, null, 4])
    for (const steps of [3, 2]) {
      const zeros = [Array.from({ length: steps }, () => [0, 0, 0, 0])]
      const { data, shape } = await model.predict(zeros)
      expect(shape).toEqual([1, steps, 4])
      ENCODING.slice(0, steps * 4).forEach((value, k) => {
        expect(data[k]).toBeCloseTo(value, 5)
      })
    }
  })

  test('are first values of an Embedding', async () => {
    const { model } = readKeras(`${positions}
m = Sequential([Input((3,), dtype='int32'), layers.Embedding(50, 4, weights=[positional_encoding(50, 4)[0]], trainable=False)])
`)
    const { data } = await model.predict([[0, 1, 2]])
    ENCODING.forEach((value, k) => {
      expect(data[k]).toBeCloseTo(value, 5)
    })
  })
})

describe('arrays that data change are not known', () => {
  test.each([
    ['a loop over data', 'for word, i in word_index.items():\n    table[i] = vectors[word]'],
    ['a value of data', 'table[2] = vectors["a"]'],
    ['a condition on data', 'if vectors is not None:\n    table[1] = 5'],
    ['a method', 'table.fill(3)'],
    ['a function', 'np.fill_diagonal(table, 3)'],
    ['another name of the array', 'other = table\nother[1] = vectors["a"]'],
  ])('by %s', (_, change) => {
    const { problems } = fromKeras(`
import numpy as np
table = np.zeros((5, 2))
${change}
m = Sequential([Input((3,)), layers.Embedding(table.shape[0], 2, weights=[table])])
`)
    expect(problems).toEqual([expect.objectContaining({ message: expect.stringContaining('table') })])
  })
})

test('options of layers that are lists may be arrays', () => {
  const { model } = readKeras(`
import numpy as np
m = Sequential([Input((1,)), layers.Discretization(bin_boundaries=np.linspace(0, 1, 3)), layers.Normalization(mean=np.array([1.5]), variance=np.ones(1))])
`)
  expect(model.layers[0]?.config).toMatchObject({ binBoundaries: [0, 0.5, 1] })
})

test('initializers of a text make the first values of weights, as functions and as classes', async () => {
  const { model } = readKeras(`
import numpy as np
def scaled(shape, dtype=None):
    stddev = tf.sqrt(2. / (shape[0] + shape[1]))
    return tf.random.normal(shape, stddev=stddev, dtype=dtype)
class Ramp(keras.initializers.Initializer):
    def __init__(self, scale=1.0):
        self.scale = scale
    def __call__(self, shape, dtype=None):
        return self.scale * tf.reshape(tf.range(shape[0] * shape[1]), shape)
m = Sequential([Input((2,)), Dense(2, kernel_initializer=Ramp(0.5), bias_initializer=lambda shape, dtype=None: np.full(shape, 3)),
                Dense(300, kernel_initializer=scaled)])
`)
  const [kernel, bias, drawn] = await model.getWeights()
  expect(kernel?.toArray()).toEqual([
    [0, 0.5],
    [1, 1.5],
  ])
  expect(bias?.toArray()).toEqual([3, 3])
  const variance = [...(drawn?.data ?? [])].reduce((sum, value) => sum + value ** 2, 0) / 600
  expect(variance / (2 / 302)).toBeGreaterThan(0.7)
  expect(variance / (2 / 302)).toBeLessThan(1.3)
})

test('sessions that a text clears count names anew', () => {
  const { model } = readKeras(`
first = Sequential([Input((2,)), Dense(2)])
tf.keras.backend.clear_session()
second = Sequential([Input((2,)), Dense(2)])
assert second.get_layer('dense') is not None
`)
  expect(model.layers[0]?.name).toBe('dense')
})
