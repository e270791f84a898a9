/** The hard_sigmoid of Keras 2, which Keras 3 does not have, in files that it reads. */
import { afterEach, beforeAll, expect, test, vi } from 'vitest'
import { readKerasArchive } from '../../src/formats/keras/kerasArchive.ts'
import {
  Activation,
  Bidirectional,
  cloneModel,
  Dense,
  type LayersModel,
  LSTM,
  loadModel,
  modelFromJSON,
  Sequential,
  setBackend,
} from '../../src/node.ts'
import { uniform } from '../support/values.ts'

beforeAll(() => setBackend('cpu'))
afterEach(() => {
  vi.restoreAllMocks()
})

const NAME = 'keras2_hard_sigmoid'

const build = (): LayersModel =>
  Sequential([
    Bidirectional(LSTM(2, { recurrentActivation: NAME }), { inputShape: [4, 3] }),
    Dense(2, { activation: NAME }),
    Activation(NAME),
  ])

test('it is a function by its name, said once, and read again', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined)
  const model = build()
  const bytes = await model.save()
  await model.save()
  expect(warn.mock.calls).toEqual([
    [
      expect.stringMatching(
        /^LSTM "forward_lstm.*": its hard_sigmoid is that of Keras 2, [\s\S]*\ndef keras2_hard_sigmoid\(x\):\n {4}return keras\.ops\.clip\(0\.2 \* x \+ 0\.5, 0, 1\)$/,
      ),
    ],
  ])
  const { config } = await readKerasArchive('a file', bytes)
  const text = JSON.stringify(config)
  expect(text).not.toContain(`activation":"${NAME}"`)
  // Of both layers in the Bidirectional, of the Dense and of the Activation.
  const written = { module: 'builtins', class_name: 'function', config: NAME, registered_name: 'function' }
  expect(text.split(JSON.stringify(written))).toHaveLength(5)

  const x = uniform([2, 4, 3], -3, 3)
  const expected = await model.predict(x)
  const loaded = await loadModel(bytes)
  expect(loaded.getConfig()).toEqual(model.getConfig())
  expect(await loaded.predict(x)).toEqual(expected)
  expect((await modelFromJSON(await model.toJSON())).getConfig()).toEqual(model.getConfig())
  expect((await cloneModel(model)).getConfig()).toEqual(model.getConfig())
})

test('other models are saved without a word', async () => {
  const warn = vi.spyOn(console, 'warn')
  await Sequential([Dense(1, { activation: 'hard_sigmoid', inputShape: [1] })]).save()
  expect(warn).not.toHaveBeenCalled()
})

test('names with a slash, which Keras 3 refuses, are told once, and are read here', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined)
  const inner = Sequential([Dense(2, { name: 'a/b', inputShape: [3] })])
  const model = Sequential([inner, Dense(1)])
  const bytes = await model.save()
  await model.save()
  expect(warn.mock.calls).toEqual([
    [
      'Dense "a/b": Keras 3 refuses names with "/", so that it does not open a file of this model; it is read here. Give the layer another ' +
        'name where it is made.',
    ],
  ])
  const x = uniform([2, 3], -1, 1)
  const loaded = await loadModel(bytes)
  expect((await loaded.predict(x)).data).toEqual((await model.predict(x)).data)
})
