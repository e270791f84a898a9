/** What classes of layers in Keras's examples do: losses of their own, loss objects in fields, a build that asks for nothing, masks by name. */
import { beforeEach, expect, test } from 'vitest'
import { fromKeras } from '../../src/formats.ts'
import { clearSession, setBackend, tensor } from '../../src/index.ts'
import { readKeras } from '../support/readKeras.ts'
import { uniform } from '../support/values.ts'

beforeEach(async () => {
  clearSession()
  await setBackend('cpu')
})

const LAYERS = `
class Penalized(layers.Layer):
    def call(self, x):
        self.add_loss(LOSS)
        return x
i = layers.Input((3,))
m = keras.Model(i, Penalized()(layers.Dense(2, use_bias=False, kernel_initializer='ones')(i)))
`
const x = tensor(Float32Array.of(1, 2, 3), [1, 3])

test.each([
  ['ops.mean(ops.square(x))', 36],
  ['[ops.mean(x), 0.5 * ops.sum(x)]', 12],
])('a layer adds %s to the loss', async (loss, expected) => {
  const { model } = readKeras(`${LAYERS.replace('LOSS', loss)}m.compile('sgd')`)
  expect(await model.evaluate(x, null, { verbose: 0 })).toBeCloseTo(expected, 4)
})

test('a layer adds the loss of CTC of labels whose number is open', async () => {
  const { models, problems } = fromKeras(`
class CTCLayer(layers.Layer):
    def __init__(self, name=None):
        super().__init__(name=name)
        self.loss_fn = keras.losses.CTC()
    def call(self, y_true, y_pred):
        self.add_loss(self.loss_fn(y_true, y_pred))
        return y_pred
steps, labels = layers.Input((6, 4)), layers.Input((None,))
adding = keras.Model([steps, labels], CTCLayer()(labels, steps))
adding.compile('sgd')
compiled = keras.Model(steps, layers.Identity()(steps))
compiled.compile('sgd', keras.losses.CTC())
`)
  expect(problems).toEqual([])
  const data = uniform([2, 6, 4], -1, 1)
  const labels = tensor(Float32Array.of(1, 2, 3, 1), [2, 2])
  const loss = await models.adding?.evaluate([data, labels], null, { verbose: 0 })
  expect(loss).toBeCloseTo((await models.compiled?.evaluate(data, labels, { verbose: 0 })) as number, 4)
})

test('a build that asks for nothing, and a Sequential in a field', () => {
  const { model, problems } = fromKeras(`
class Block(layers.Layer):
    def __init__(self, units):
        super().__init__()
        self.ffn = keras.Sequential([layers.Dense(units, activation='relu'), layers.Dense(3)])
    def build(self):
        self.built = True
    def call(self, x):
        return x + self.ffn(x)
i = layers.Input((5, 3))
m = keras.Model(i, Block(4)(i))
`)
  expect(problems).toEqual([])
  expect(model.countParams()).toBe(31)
})

test('masks of query, value and key by their names, sequences that differ in length, and sparsemax', async () => {
  const { model, problems } = fromKeras(`
i = layers.Input((None,), dtype='int32', ragged=True)
x = layers.Embedding(5, 4)(i)
mask = ops.not_equal(i, 0)
x = layers.MultiHeadAttention(1, 4)(query=x, value=x, key=x, query_mask=mask, key_mask=mask)
x = layers.Dense(3, activation=keras.activations.sparsemax)(x)
x = layers.Dense(2, activation='sparsemax')(x)
m = keras.Model(i, x)
`)
  expect(problems).toEqual([])
  const { shape, data } = await model.predict([[1, 2, 0]])
  expect(shape).toEqual([1, 3, 2])
  expect((data[0] ?? 0) + (data[1] ?? 0)).toBeCloseTo(1, 5)
})

test('a class in the form of Keras: get and serialize, children built in build, types, and states to start from', async () => {
  const { model, problems } = fromKeras(`
@keras.saving.register_keras_serializable(package='My')
class MyDense(layers.Layer):
    def __init__(self, units, activation=None, kernel_initializer='glorot_uniform', kernel_regularizer=None, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.activation = activations.get(activation)
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
    def build(self, input_shape):
        self.kernel = self.add_weight(shape=(input_shape[-1], self.units), initializer=self.kernel_initializer,
                                      regularizer=self.kernel_regularizer, name='kernel', dtype=self.variable_dtype)
        self.built = True
    def call(self, inputs):
        return self.activation(ops.matmul(inputs, ops.cast(self.kernel, self.compute_dtype)))
    def get_config(self):
        config = super().get_config()
        config.update({'units': self.units, 'activation': activations.serialize(self.activation)})
        return config

class Block(layers.Layer):
    def __init__(self, dim, **kwargs):
        super().__init__(**kwargs)
        self.lstm = layers.LSTM(dim)
        self.out = MyDense(dim, 'relu', initializers.Ones(), regularizers.l2(1e-3))
    def build(self, input_shape):
        self.lstm.build(input_shape)
        self.out.build(self.lstm.compute_output_shape(input_shape))
        super().build(input_shape)
    def call(self, x):
        states = self.lstm.get_initial_state(ops.shape(x)[0])
        return self.out(self.lstm(x, initial_state=states))

model = keras.Sequential([keras.Input((5, 3)), Block(4, name='block')])
model.compile('sgd', 'mse')
`)
  expect(problems).toEqual([])
  expect(model?.weights.map(({ path, shape }) => [path, shape])).toEqual([
    ['sequential/block/lstm/lstm_cell/kernel', [3, 16]],
    ['sequential/block/lstm/lstm_cell/recurrent_kernel', [4, 16]],
    ['sequential/block/lstm/lstm_cell/bias', [16]],
    ['sequential/block/my_dense/kernel', [4, 4]],
  ])
  const series = uniform([2, 5, 3], -1, 1)
  const zeros = tensor(new Float32Array(8), [2, 4])
  const before = await model?.evaluate(series, zeros, { verbose: 0 })
  const [lstm] = (await model?.getWeights()) ?? []
  expect(lstm?.shape).toEqual([3, 16])
  // The penalty on sixteen ones is a part of the loss.
  expect(before).toBeGreaterThan(0.016)
  await model?.fit(series, zeros, { epochs: 3, verbose: 0 })
  expect(await model?.evaluate(series, zeros, { verbose: 0 })).toBeLessThan(before as number)
})
