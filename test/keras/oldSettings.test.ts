/** Settings and spellings of Keras 2 in texts: the order of axes, reductions, initializers of TensorFlow, training by its place. */
import { beforeEach, expect, test } from 'vitest'
import { fromKeras } from '../../src/formats.ts'
import { Conv2D, clearSession, config, Input, setBackend, type Tensor } from '../../src/index.ts'
import { readKeras } from '../support/readKeras.ts'
import { uniform } from '../support/values.ts'

beforeEach(async () => {
  clearSession()
  await setBackend('cpu')
})

test.each([
  "K.set_image_data_format('channels_first')\nassert K.image_data_format() == 'channels_first'",
  "K.set_image_dim_ordering('th')\nassert K.image_dim_ordering() == 'th'",
  "tf.keras.backend.set_image_data_format('channels_first')",
  "keras.config.set_image_data_format('channels_first')",
])('%s is the order of axes in the text, and in no other', (setting) => {
  const { model } = readKeras(`
from keras import backend as K
${setting}
m = Sequential()
m.add(Conv2D(4, 3, padding='same', input_shape=(1, 8, 6)))
m.add(MaxPooling2D())
`)
  expect(model.outputShape).toEqual([null, 4, 4, 3])
  expect(config.imageDataFormat()).toBe('channels_last')
  expect(Conv2D(4, 3)(Input([8, 6, 1])).shape).toEqual([null, 6, 4, 4])
})

test.each([
  "keras.losses.MeanSquaredError(reduction='auto')",
  'tf.keras.losses.MeanSquaredError(reduction=tf.keras.losses.Reduction.AUTO)',
  'Own()',
])('%s is the mean', async (loss) => {
  const { model } = readKeras(`
class Own(keras.losses.Loss):
    def __init__(self):
        super().__init__(reduction='auto', name='own')
    def call(self, y_true, y_pred):
        return tf.reduce_mean(tf.square(y_true - y_pred), axis=-1)
m = Sequential([Input((2,)), Activation('linear')])
m.compile('sgd', ${loss})
`)
  const x = [
    [1, 2],
    [3, 5],
  ]
  const y = [
    [0, 0],
    [0, 1],
  ]
  expect(await model.evaluate(x, y, { verbose: 0 })).toBeCloseTo((1 + 4 + 9 + 16) / 4, 5)
})

test('initializers of TensorFlow are those of Keras', async () => {
  const { model } = readKeras(`
first = tf.random_uniform_initializer(minval=4, maxval=5)
m = Sequential([Input((2,)), Dense(3, kernel_initializer=first, bias_initializer=tf.constant_initializer(2.0)),
    Dense(1, kernel_initializer=tf.ones_initializer(), bias_initializer=tf.zeros_initializer())])
`)
  const [kernel, bias, ones, zeros] = (await model.getWeights()).map(({ data }) => [...data])
  expect(kernel?.every((value) => value >= 4 && value < 5)).toBe(true)
  expect([bias, ones, zeros]).toEqual([[2, 2, 2], [1, 1, 1], [0]])
})

test('behind its inputs a call says by place whether a layer trains', async () => {
  const { model } = readKeras(`
class Block(keras.layers.Layer):
    def __init__(self):
        super().__init__()
        self.norm = layers.BatchNormalization()
        self.drop = layers.Dropout(0.5)
    def call(self, x, training=False):
        return self.drop(self.norm(x, training), training)
i = Input((400,))
m = Model(i, [Block()(i), Dropout(0.5)(i, True)])
`)
  const x = uniform([4, 400], 1, 2, 1)
  const [still, dropped] = (await model.predict(x)) as Tensor[]
  // Moving statistics are 0 and 1 at first.
  still?.data.forEach((value, i) => {
    expect(value).toBeCloseTo((x.data[i] ?? 0) / Math.sqrt(1.001), 5)
  })
  expect(dropped?.data.filter((value) => value === 0).length).toBeGreaterThan(600)
})

test('a layer that is called on numbers beside tensors is a problem of the text, at once', () => {
  const { problems } = fromKeras(
    `from keras import *
class Sum(layers.Layer):
    def call(self, inputs):
        return inputs[0] + inputs[1]
i = Input((2,))
x = Sum()([z, i])
m = Model(i, layers.Dense(1)(i))`,
    { values: { z: 12 } },
  )
  expect(problems.map(({ message }) => message)).toEqual([
    expect.stringMatching(/Sum "sum": expected symbolic tensors, got 12/),
  ])
})

test('what a text itself calls is not called again with arguments that nobody knows', () => {
  const read = () =>
    fromKeras(`from keras import layers, Input, Model
def block(x, units):
    return layers.Dense(units)(x)
def build(shape, units):
    i = Input(shape)
    return Model(i, block(i, units))
m = build(x_train.shape[1:], 8)`)
  expect(read).toThrow(
    /x_train\.shape\[…\]: its value is not known.*Give what the text does not say: \{ values: \{ x_train: \{ shape: \[\.\.\.\] \} \} \}/,
  )
  expect(read).not.toThrow(/units: its value/)
})
