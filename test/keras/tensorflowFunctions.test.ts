/** Functions of TensorFlow that are several of `ops` here. */
import { beforeEach, expect, test } from 'vitest'
import { clearSession, setBackend, type Tensor } from '../../src/index.ts'
import { readKeras } from '../support/readKeras.ts'

beforeEach(async () => {
  clearSession()
  await setBackend('cpu')
})

/** What functions make of logits and labels, each [3]. */
async function computed(
  code: string,
  labels: readonly number[],
  logits: readonly number[],
): Promise<unknown> {
  const { model } = readKeras(`
class Judge(keras.layers.Layer):
    def call(self, labels, logits):
        return ${code}
a = keras.Input((3,))
b = keras.Input((3,))
m = keras.Model([a, b], Judge()(a, b))
`)
  return ((await model.predict([[labels], [logits]])) as Tensor).toArray()
}

const logits = [0.5, -2, 3]
const softmax = logits.map((value) => Math.exp(value) / logits.reduce((sum, one) => sum + Math.exp(one), 0))
const norm = Math.hypot(...logits)

test.each([
  [
    'tf.nn.sigmoid_cross_entropy_with_logits(labels=labels, logits=logits)',
    [1, 0, 0.5],
    [[1, 0, 0.5].map((label, i) => Math.log(1 + Math.exp(logits[i] ?? 0)) - label * (logits[i] ?? 0))],
  ],
  [
    'tf.nn.softmax_cross_entropy_with_logits(labels, logits)',
    [0.2, 0.5, 0.3],
    [-[0.2, 0.5, 0.3].reduce((sum, label, i) => sum + label * Math.log(softmax[i] ?? 0), 0)],
  ],
  [
    'tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels[:, 1], logits=logits)',
    [0, 2, 0],
    [-Math.log(softmax[2] ?? 0)],
  ],
  ['tf.reshape(tf.nn.l2_loss(logits), (1, 1))', [0, 0, 0], [[norm ** 2 / 2]]],
  ['tf.clip_by_norm(logits, 1.5)', [0, 0, 0], [logits.map((value) => (value * 1.5) / norm)]],
  ['tf.clip_by_norm(logits, 100.0)', [0, 0, 0], [logits]],
  [
    'tf.clip_by_global_norm([labels, logits], 2.0)[0][1]',
    [1, 1, 1],
    [logits.map((value) => (value * 2) / Math.sqrt(norm ** 2 + 3))],
  ],
  ['tf.reshape(tf.linalg.global_norm([labels, logits]), (1, 1))', [1, 1, 1], [[Math.sqrt(norm ** 2 + 3)]]],
] as const)('%s', async (code, labels, expected) => {
  const found = (await computed(code, labels, logits)) as (number | number[])[]
  const flat = [expected].flat(2) as number[]
  expect(found.flat().length).toBe(flat.length)
  for (const [i, value] of found.flat().entries()) expect(value).toBeCloseTo(flat[i] ?? Number.NaN, 5)
})

test.each([
  [-1, 0, [1, 0, 0, 1, 1, 0, 1, 1, 1]],
  [0, -1, [1, 1, 1, 0, 1, 1, 0, 0, 1]],
  [0, 1, [1, 1, 0, 0, 1, 1, 0, 0, 1]],
  [1, 0, [1, 0, 0, 1, 1, 0, 0, 1, 1]],
])('tf.linalg.band_part(x, %i, %i)', async (lower, upper, expected) => {
  const { model } = readKeras(`
class Band(keras.layers.Layer):
    def call(self, x):
        return x * tf.linalg.band_part(tf.ones((3, 3)), ${lower}, ${upper})
a = keras.Input((3, 3))
m = keras.Model(a, Band()(a))
`)
  const found = (await model.predict([Array.from({ length: 3 }, () => [1, 1, 1])])) as Tensor
  expect([...found.data]).toEqual(expected)
})

test('a function of any number of tensors has options by name, too', async () => {
  const grid = (options: string) =>
    computed(`ops.meshgrid(ops.sum(logits, 0), ops.sum(labels, 0)${options})[0][None]`, [0, 0, 0], [1, 2, 3])
  expect(await grid('')).toEqual([
    [
      [1, 2, 3],
      [1, 2, 3],
      [1, 2, 3],
    ],
  ])
  expect(await grid(", indexing='ij'")).toEqual([
    [
      [1, 1, 1],
      [2, 2, 2],
      [3, 3, 3],
    ],
  ])
})
