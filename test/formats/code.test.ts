/** Models as code: what is written, run again, is the same model. */
import { expect, test } from 'vitest'
import { compileConfigOf } from '../../src/formats/config/compileConfig.ts'
import { toKeras, toTypeScript } from '../../src/formats.ts'
import * as recurra from '../../src/index.ts'
import { goldenCase, goldenNames } from '../support/golden.ts'

const { clearSession, loadModel } = recurra

/** The model that a text of this library makes. */
function run(text: string): recurra.LayersModel {
  const code = text.replace(/import (\{[^}]*\}) from 'recurra'/, 'const $1 = recurra')
  clearSession()
  return new Function('recurra', `${code}; return model`)(recurra) as recurra.LayersModel
}

/** A config without what is null, which files may leave out. */
const given = (config: unknown): unknown =>
  JSON.parse(JSON.stringify({ config }, (_, value: unknown) => (value === null ? undefined : value)))

test.each(goldenNames)('%s, written and run, is the same model', async (name) => {
  const model = await loadModel(goldenCase(name).modelBytes)
  const again = run(await toTypeScript(model))
  expect(JSON.parse(await again.toJSON())).toEqual(JSON.parse(await model.toJSON()))
  expect(given(compileConfigOf(again, 'again'))).toEqual(given(compileConfigOf(model, 'model')))
})

// Real Keras runs these texts, and those of all models above, to the configs of their files.
test('Python: calls with states, operations in order, options that differ', async () => {
  expect(await toKeras(await loadModel(goldenCase('gru_seq2seq_states').modelBytes))).toBe(`import keras

input_layer = keras.Input((6, 3))
input_layer_1 = keras.Input((4, 3))
gru = keras.layers.GRU(5, return_state=True)(input_layer)
gru_1 = keras.layers.GRU(5, return_sequences=True)(input_layer_1, initial_state=gru[1])
dense = keras.layers.Dense(3)(gru_1)
model = keras.Model([input_layer, input_layer_1], dense)
model.compile(optimizer='adam', loss='mean_squared_error')
`)
  expect(await toKeras(await loadModel(goldenCase('nested_shared').modelBytes))).toBe(`import keras

input_layer_1 = keras.Input((6, 3), name='input_layer_1')
input_layer_2 = keras.Input((6, 3), name='input_layer_2')
sequential = keras.Sequential([
    keras.Input((6, 3)),
    keras.layers.LSTM(5),
    keras.layers.Dense(4, activation='tanh'),
])
sequential_output = sequential(input_layer_1)
sequential_output_1 = sequential(input_layer_2)
subtract = keras.layers.Subtract()([sequential_output, sequential_output_1])
dense_1 = keras.layers.Dense(1, activation='sigmoid')(subtract)
model = keras.Model([input_layer_1, input_layer_2], dense_1, name='functional_1')
model.compile(optimizer='adam', loss='binary_crossentropy', metrics=['accuracy'])
`)
})

test('a class and a function of the user stand by their names', async () => {
  class Twice extends recurra.Layer {
    override call(x: recurra.SymbolicTensor) {
      return recurra.ops.multiply(x, 2)
    }
  }
  const off = (a: recurra.SymbolicTensor, b: recurra.SymbolicTensor) =>
    recurra.ops.abs(recurra.ops.subtract(a, b))
  recurra.register('Twice', Twice)
  recurra.register('off', off)
  clearSession()
  const model = recurra.Sequential([recurra.Input([2]), new Twice(), recurra.Dense(1)])
  model.compile({ loss: off, optimizer: recurra.Adam(0.01) })
  expect(await toKeras(model)).toBe(`import keras
# Twice is of your own: define it in Python before these lines.
# off is of your own: define it in Python before these lines.

model = keras.Sequential([
    keras.Input((2,)),
    Twice(),
    keras.layers.Dense(1),
])
model.compile(optimizer=keras.optimizers.Adam(learning_rate=0.01), loss=off)
`)
  expect(await toTypeScript(model)).toContain('new Twice()')
})

test('a class that is not registered is refused, for no text would find it', async () => {
  class Unknown extends recurra.Layer {
    override call(x: recurra.SymbolicTensor) {
      return x
    }
  }
  const model = recurra.Sequential([recurra.Input([2]), new Unknown()])
  const said =
    'expected classes of your own to be registered, got Unknown "unknown", which is not. Call register(\'Unknown\', Unknown) before.'
  await expect(toKeras(model)).rejects.toThrow(`toKeras: ${said}`)
  await expect(toTypeScript(model)).rejects.toThrow(`toTypeScript: ${said}`)
})

test('a text in quotes is the same text', async () => {
  const name = "it's \\ \n \u2028 ünï 🙂"
  clearSession()
  const model = recurra.Sequential([recurra.Input([2]), recurra.Dense(1, { name })])
  expect(run(await toTypeScript(model)).layers[0]?.name).toBe(name)
})
