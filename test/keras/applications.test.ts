/** Texts with networks of `keras.applications`: their models, with random weights, and images as they prepare them. */
import { expect, test } from 'vitest'
import { MobileNetV2 } from '../../src/applications.ts'
import { fromKeras } from '../../src/formats.ts'

const untold = (word: string, name: string) =>
  `begins with random weights, since files are not read with a text: make it by ${word} of recurra/applications. Give it: { values: { ${name}: model } }`

test.each([
  ['from tensorflow.keras.applications import VGG16', 'VGG16'],
  ['from keras.applications.vgg16 import VGG16', 'VGG16'],
  ['import tensorflow as tf', 'tf.keras.applications.VGG16'],
  ['from tensorflow import keras', 'keras.applications.vgg16.VGG16'],
  ['from tensorflow.keras import applications', 'applications.VGG16'],
])('%s', (line, name) => {
  const { model, problems } = fromKeras(`
${line}
model = ${name}(include_top=False, weights=None, input_shape=(32, 32, 3), pooling='avg')
`)
  expect(problems).toEqual([])
  expect(model.name).toBe('vgg16')
  expect(model.outputs[0]?.shape).toEqual([null, 512])
})

const video = `
from keras import layers, models
from keras.applications import MobileNetV2
from keras.applications.mobilenet_v2 import preprocess_input
base_model = MobileNetV2(include_top=False, alpha=0.35, input_shape=(32, 32, 3))
for layer in base_model.layers[:-4]:
    layer.trainable = False
inputs = layers.Input(shape=(5, 32, 32, 3))
x = layers.TimeDistributed(base_model)(preprocess_input(inputs))
x = layers.TimeDistributed(layers.GlobalAveragePooling2D())(x)
outputs = layers.Dense(2, activation='softmax')(layers.LSTM(8)(x))
model = models.Model(inputs, outputs)
model.compile('adam', 'categorical_crossentropy')
model.fit(X, y, epochs=3)
`

test('a network in another model is not trained as the text says, and its weights are told', () => {
  const { models, trained, problems } = fromKeras(video)
  expect(problems.map(({ line, message }) => [line, message])).toEqual([
    [5, untold('MobileNetV2', 'base_model')],
  ])
  expect(trained?.outputs[0]?.shape).toEqual([null, 2])
  // The last convolution and its normalization, then LSTM and Dense.
  expect(trained?.trainableWeights).toHaveLength(3 + 2 + 5)
  expect(models.base_model?.name).toBe('mobilenetv2_0.35_224')
})

test('a trained network is given by its name', async () => {
  const given = await MobileNetV2({ includeTop: false, alpha: 0.35, inputShape: [32, 32, 3], weights: null })
  const { models, trained, problems } = fromKeras(video, { values: { base_model: given } })
  expect(problems).toEqual([])
  expect(models.base_model).toBe(given)
  const [first] = await given.getWeights()
  expect(
    (await trained?.getWeights())?.some(({ data }) => first?.data.every((value, i) => value === data[i])),
  ).toBe(true)
})

test('arguments by place, in lambdas, and what is not known', () => {
  const { models, problems } = fromKeras(
    `
import keras
from keras.applications.resnet50 import ResNet50, preprocess_input
base = ResNet50(False, None, None, X.shape[1:])
model = keras.Sequential([
    keras.Input((64, 64, 3)),
    keras.layers.Lambda(preprocess_input),
    base,
    keras.layers.GlobalAveragePooling2D(),
    keras.layers.Dense(n_classes),
])
features = preprocess_input(X)
shown = keras.applications.resnet50.decode_predictions(base.predict(features))
`,
    { values: { n_classes: 3 } },
  )
  expect(models.model?.outputs[0]?.shape).toEqual([null, 3])
  expect(models.base?.inputs[0]?.shape).toEqual([null, null, null, 3])
  expect(problems.map(({ line, word }) => [line, word])).toEqual([[4, 'X.shape[…]']])
})

test('what a network refuses is a problem where the text says it', () => {
  const text = `
import keras
base = keras.applications.VGG16(weights=None, input_shape=(8, 8, 3), include_top=False)
model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
`
  expect(fromKeras(text).problems.map(({ message }) => message)).toEqual([
    'VGG16, inputShape: expected at least 32 rows and columns, got [8, 8, 3].',
  ])
})

test('data that are prepared keep their shape', () => {
  const { model, problems } = fromKeras(`
import keras
from keras.applications.vgg16 import preprocess_input
(x_train, y_train), _ = keras.datasets.cifar10.load_data()
x_train = preprocess_input(x_train)
model = keras.Sequential([keras.Input(x_train.shape[1:]), keras.layers.Flatten(), keras.layers.Dense(1)])
`)
  expect(problems).toEqual([])
  expect(model.inputs[0]?.shape).toEqual([null, 32, 32, 3])
})
