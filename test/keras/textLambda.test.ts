// Functions of a text in files: a Lambda is the model of the operations that its function makes.

import { expect, test } from 'vitest'
import { fromKeras, toKeras } from '../../src/formats.ts'
import { loadModel, setSeed } from '../../src/index.ts'
import type { CallableModel } from '../../src/models/model.ts'

const x = [
  [
    [0.5, -1],
    [2, 0.25],
    [-0.75, 1.5],
  ],
]

async function predicted(model: CallableModel): Promise<unknown> {
  return JSON.stringify(await model.predict(x, { verbose: 0 }))
}

test.each([
  ['an index', 'Lambda(lambda t: t[:, -1])'],
  ['a function of the backend', 'Lambda(lambda t: K.mean(t, axis=1))'],
  ['a function of TensorFlow', 'Lambda(lambda t: tf.reduce_sum(t, axis=1) * scale)'],
  ['a function of the text', 'Lambda(last, name="last")'],
  ['further arguments', 'Lambda(lambda t, n: t[:, n], arguments={"n": 1})'],
])('a Lambda of %s is saved, and what is loaded computes the same', async (_, lambda) => {
  setSeed(3)
  const { model, problems } = fromKeras(`
scale = 3
def last(t):
    size = K.int_shape(t)[1]
    return t[:, size - 1, :]
m = Sequential([Input((3, 2)), ${lambda}, Dense(2)])
`)
  expect(problems).toEqual([])
  expect(model.layers[0]?.className).toBe('Lambda')
  const again = await loadModel((await model.save()) as Uint8Array)
  expect(await predicted(again as CallableModel)).toBe(await predicted(model))
  expect(again.layers.map(({ name }) => name)).toEqual(model.layers.map(({ name }) => name))
})

test('beside models in the model it is counted as one, and its parts keep their names', async () => {
  setSeed(4)
  const { model } = fromKeras(`
i = Input((3, 2))
inner = Model(i, Dense(2)(i))
first = Lambda(lambda t: t * 2)
h = first(inner(first(i)))
other = Model(i, Dense(3)(i))
m = Model(i, other(h))
`)
  const bytes = (await model.save()) as Uint8Array
  const again = await loadModel(bytes)
  expect(await predicted(again as CallableModel)).toBe(await predicted(model))
  expect(await model.toJSON()).toBe(await model.toJSON())
})

test('toKeras writes it as that model', async () => {
  const { model } = fromKeras(
    'm = Sequential([Input((3, 2)), Lambda(lambda t: K.mean(t, axis=1)), Dense(2)])',
  )
  const text = await toKeras(model)
  expect(text).toContain('mean = keras.ops.mean(')
  expect(fromKeras(text).model.countParams()).toBe(model.countParams())
})

test('a lambda for an activation or a loss is stored by where it stands', async () => {
  const { model } = fromKeras(`
m = Sequential([Input((3, 2)), Dense(2, activation=lambda t: t * 2)])
m.compile('sgd', loss=lambda a, b: K.mean(K.square(a - b)))
`)
  const text = await toKeras(model)
  const [, activation, loss] = /activation=(lambda_2_\d+)[\s\S]*loss=(lambda_3_\d+)/.exec(text) ?? []
  for (const name of [activation, loss])
    expect(text).toContain(`# ${name} is of your own: define it in Python before these lines.`)
})
