/** How large texts may be: deep networks are read, and loops without an end are not. */
import { beforeEach, expect, test } from 'vitest'
import { fromKeras } from '../../src/formats.ts'
import { clearSession, setBackend, type Tensor } from '../../src/index.ts'
import { readKeras } from '../support/readKeras.ts'

beforeEach(async () => {
  clearSession()
  await setBackend('cpu')
})

test('a network of 1,500 layers is read', () => {
  const { model } = readKeras(`
x = i = Input((2,))
for _ in range(500):
    y = layers.Activation('tanh')(x)
    x = layers.Add()([layers.Dropout(0.1)(y), x])
m = Model(i, x)
`)
  expect(model.layers.length).toBe(1501)
})

test.each(['x = layers.Dense(4)(x)', 'm.add(layers.Dense(4))'])('a loop without an end ends: %s', (body) => {
  const { problems, models } = fromKeras(`from keras import *
x = Input((4, 2))
m = Sequential([Input((4, 2)), layers.Dense(1)])
while True:
    ${body}`)
  expect(problems.map(({ message }) => message)).toEqual([
    'the text takes more than 1,000,000 steps: the rest of it is not read',
  ])
  expect(models.m?.layers.length).toBeLessThan(1000)
})

test('an unknown part of a shape is told by its name', () => {
  expect(() =>
    fromKeras(`from keras import *
i = Input(shape=(None, *x_train.shape[2:]))
m = Model(i, layers.ConvLSTM2D(2, 3)(i))`),
  ).toThrow(
    /x_train\.shape\[…\]: its value is not known.*\{ values: \{ x_train: \{ shape: \[\.\.\.\] \} \} \}/,
  )
  const { models } = fromKeras(
    `from keras import *
i = Input(shape=(None, *x_train.shape[2:]))
m = Model(i, layers.ConvLSTM2D(2, 3)(i))`,
    { values: { x_train: { shape: [10, 5, 8, 9, 3] } } },
  )
  expect(models.m?.inputs[0]?.shape).toEqual([null, null, 8, 9, 3])
})

test('a list of tensors is one tensor for functions that take one', async () => {
  const { model } = readKeras(`
i = Input((2,))
j = Input((2,))
s = tf.math.softmax([i, j], axis=0)
m = Model([i, j], [s[0], tf.reduce_sum([i, j], axis=0), tf.concat([i, j], axis=-1)])
`)
  const outputs = (await model.predict([[[1, 2]], [[1, 5]]])) as Tensor[]
  const [first, sum, both] = outputs.map((output) => output.toArray() as number[][])
  expect(first?.[0]?.[0]).toBeCloseTo(0.5, 6)
  expect(first?.[0]?.[1]).toBeCloseTo(1 / (1 + Math.exp(3)), 6)
  expect(sum).toEqual([[2, 7]])
  expect(both).toEqual([[1, 2, 1, 5]])
})
