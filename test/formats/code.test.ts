/** Models as code: what is written, run again, is the same model. */
import { expect, test } from 'vitest'
import { compileConfigOf } from '../../src/formats/config/compileConfig.ts'
import { toKeras, toTypeScript } from '../../src/formats.ts'
import * as recurra from '../../src/index.ts'
import { goldenCase, goldenNames } from '../support/golden.ts'
import { sampled } from '../support/sampled.ts'

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

test.each(sampled(goldenNames, 3))('%s, written and run, is the same model', async (name) => {
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
model = keras.Model([input_layer_1, input_layer_2], dense_1)
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

// What Keras asks for, does not find by a text, or takes as a list alone. Real Keras runs the Python.
test('Python says what Keras asks for', async () => {
  clearSession()
  const x = recurra.Input([4, 3])
  const inner = recurra.Sequential([recurra.Input([4, 3]), recurra.LSTM(2, { returnSequences: true })])
  const backwards = recurra.Bidirectional(recurra.GRU(2, { returnSequences: true, goBackwards: true }))
  const pooled = recurra.AveragePooling1D()(backwards(inner(x)))
  const model = recurra.Model(x, recurra.Dense(1, { activation: 'keras2_hard_sigmoid' })(pooled))
  model.compile({
    optimizer: 'lamb',
    loss: recurra.losses.meanSquaredError,
    metrics: [
      recurra.MeanMetricWrapper(recurra.metrics.binaryAccuracy, { name: 'right', threshold: 0.4 }),
      recurra.AUC(),
      recurra.AUC({ curve: 'PR' }),
      recurra.Precision({ thresholds: [0.3] }),
    ],
  })
  expect(await toKeras(model)).toBe(`import keras


@keras.saving.register_keras_serializable()
def keras2_hard_sigmoid(x):
    return keras.ops.clip(0.2 * x + 0.5, 0, 1)


input_layer = keras.Input((4, 3))
sequential = keras.Sequential([
    keras.Input((4, 3)),
    keras.layers.LSTM(2, return_sequences=True),
])
sequential_1 = sequential(input_layer)
bidirectional = keras.layers.Bidirectional(
    keras.layers.GRU(2, return_sequences=True, go_backwards=True),
    backward_layer=keras.layers.GRU(2, return_sequences=True, name='backward_gru'),
)(
    sequential_1,
)
average_pooling1d = keras.layers.AveragePooling1D(2)(bidirectional)
dense = keras.layers.Dense(1, activation=keras2_hard_sigmoid)(average_pooling1d)
model = keras.Model(input_layer, dense)
model.compile(
    optimizer=keras.optimizers.Lamb(),
    loss=keras.losses.mean_squared_error,
    metrics=[
        keras.metrics.MeanMetricWrapper(
            fn=keras.metrics.binary_accuracy,
            threshold=0.4,
            name='right',
        ),
        keras.metrics.AUC(),
        keras.metrics.AUC(curve='PR'),
        keras.metrics.Precision(thresholds=[0.3]),
    ],
)
`)
  expect(model.name).toBe('functional_1')
  const again = run(await toTypeScript(model))
  expect(JSON.parse(await again.toJSON())).toEqual(JSON.parse(await model.toJSON()))
  expect(given(compileConfigOf(again, 'again'))).toEqual(given(compileConfigOf(model, 'model')))
})

test('what a function takes before any number of tensors stands before them', async () => {
  clearSession()
  const x = recurra.Input([3, 2], { name: 'x' })
  const model = recurra.Model(x, recurra.ops.einsum('btf,bsf->bts', x, x))
  expect(await toKeras(model)).toContain("keras.ops.einsum('btf,bsf->bts', x, x)")
  const again = run(await toTypeScript(model))
  expect(JSON.parse(await again.toJSON())).toEqual(JSON.parse(await model.toJSON()))
})

test('the optimizer that another scales comes first', async () => {
  clearSession()
  const model = recurra.Sequential([recurra.Input([2]), recurra.Dense(1)])
  model.compile({
    loss: 'mse',
    optimizer: recurra.LossScaleOptimizer(recurra.Adam(0.01), { initialScale: 8 }),
  })
  expect(await toTypeScript(model)).toContain(
    'optimizers.LossScaleOptimizer(\n    optimizers.Adam({ learningRate: 0.01 }),\n    { initialScale: 8 },\n  )',
  )
  expect(given(compileConfigOf(run(await toTypeScript(model)), 'again'))).toEqual(
    given(compileConfigOf(model, 'model')),
  )
})
