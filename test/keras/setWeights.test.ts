/** Weights that a text reads and sets one by one: what `assign` and `numpy` of Keras's variables do. */
import { beforeEach, expect, test } from 'vitest'
import { fromKeras } from '../../src/formats.ts'
import { clearSession, type LayersModel, setSeed } from '../../src/index.ts'

beforeEach(clearSession)

const MODEL = `
import keras, numpy as np
m = keras.Sequential([keras.Input([3]), keras.layers.Dense(2), keras.layers.Dense(3)])
`

/** The weights of a model that the lines change, beside those that it has without them. */
async function changed(lines: string) {
  const read = async (text: string) => {
    clearSession()
    setSeed(4)
    const { models, problems } = fromKeras(text)
    expect(problems).toEqual([])
    return (await (models.m as LayersModel).getWeights()).map(({ data }) => [...data])
  }
  return { before: await read(MODEL), after: await read(MODEL + lines) }
}

const half = (values: readonly number[] | undefined) => values?.map((value) => 0.5 * value)

test.each([
  ['m.weights[0].assign(np.ones((3, 2)))', 0, () => [1, 1, 1, 1, 1, 1]],
  ['m.trainable_variables[0].assign(keras.ops.ones((3, 2)))', 0, () => [1, 1, 1, 1, 1, 1]],
  ['m.layers[0].kernel.assign(np.arange(6).reshape(3, 2))', 0, () => [0, 1, 2, 3, 4, 5]],
  ['m.layers[0].bias.assign_add([1.0, 2.0])', 1, () => [1, 2]],
  ['m.layers[1].bias.assign_sub(np.full((3,), 0.5))', 3, () => [-0.5, -0.5, -0.5]],
  ['for w in m.trainable_weights:\n    w.assign(w * 0.5)', 2, (before) => half(before[2])],
  ['w = m.weights[0].numpy()\nm.weights[0].assign(w / 2)', 0, (before) => half(before[0])],
  [
    'for a, b in zip(m.weights[2:], m.weights[2:]):\n    a.assign(0.9 * a + 0.1 * b)',
    2,
    (before) => before[2],
  ],
] as const satisfies [string, number, (before: number[][]) => readonly number[] | undefined][])(
  '%s',
  async (lines, index, expected) => {
    const { before, after } = await changed(lines)
    const wanted = expected(before) ?? []
    expect(after[index]?.length).toBe(wanted.length)
    after[index]?.forEach((value, i) => {
      expect(value).toBeCloseTo(wanted[i] ?? Number.NaN, 6)
    })
  },
)

test('weights that a text copies before it trains are those of the other model', async () => {
  const { models, problems } = fromKeras(`${MODEL}
target = keras.models.clone_model(m)
m.layers[0].kernel.assign(np.arange(6).reshape(3, 2))
weights = m.get_weights()
target.set_weights(weights)
target.layers[1].set_weights(m.layers[1].get_weights())
`)
  expect(problems).toEqual([])
  const [source, target] = [models.m, models.target] as [LayersModel, LayersModel]
  const read = async (model: LayersModel) => (await model.getWeights()).map(({ data }) => [...data])
  expect((await read(target))[0]).toEqual([0, 1, 2, 3, 4, 5])
  expect(await read(target)).toEqual(await read(source))
})

test.each([
  ['numbers that the text lacks', 'data = np.load("w.npy")\nm.weights[0].assign(data)'],
  ['another shape', 'm.weights[0].assign(np.ones((2, 3)))'],
])('%s are told', (_, lines) => {
  expect(fromKeras(MODEL + lines).problems).toHaveLength(1)
})
