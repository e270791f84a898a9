/** Data whose shapes everyone knows: what a text computes of them has a shape, and how many samples there are stays open. */
import { expect, test } from 'vitest'
import { fromKeras } from '../../src/formats.ts'

/** The shapes of the input and the output of a model that a text makes of these lines. */
const shapesOf = (lines: string) => {
  const { model, problems } = fromKeras(`
import numpy as np
import tensorflow as tf
import keras
from keras import layers
from keras.datasets import mnist, fashion_mnist, cifar10, cifar100, boston_housing, california_housing, imdb, reuters
from keras.preprocessing import sequence
from keras.utils import to_categorical
from sklearn.model_selection import train_test_split
${lines}
model = keras.Sequential([keras.Input(shape), layers.Dense(units)])
`)
  expect(problems).toEqual([])
  return [model.inputs[0]?.shape, model.outputs[0]?.shape.at(-1)]
}

const LOADED = '(x_train, y_train), (x_test, y_test) = mnist.load_data()'

test.each([
  ['mnist.load_data()', [28, 28], 10],
  ['fashion_mnist.load_data()', [28, 28], 10],
  ['cifar10.load_data()', [32, 32, 3], 10],
  ['cifar100.load_data(label_mode="fine")', [32, 32, 3], 100],
  ['cifar100.load_data("coarse")', [32, 32, 3], 20],
  ['tf.keras.datasets.mnist.load_data("mnist.npz")', [28, 28], 10],
])('%s: images and classes', (call, shape, classes) => {
  const lines = `
(x_train, y_train), (x_test, y_test) = ${call}
shape = x_train.shape[1:]
units = len(np.unique(y_train))
same = [np.max(y_test) + 1, y_train.max() + 1, np.amax(y_train.flatten()) + 1, to_categorical(y_test).shape[1]]
assert y_train.min() == 0
units = units if same == [units] * 4 else 1`
  expect(shapesOf(lines)).toEqual([[null, ...shape], classes])
})

test.each([
  ['boston_housing', 13],
  ['california_housing', 8],
])('%s: features', (name, features) => {
  const lines = `
(x_train, y_train), _ = ${name}.load_data()
x_train -= x_train.mean(axis=0)
x_train /= x_train.std(axis=0)
shape = (x_train.shape[1],)
units = 1`
  expect(shapesOf(lines)).toEqual([[null, features], 1])
})

test('sequences have the length to which they are padded', () => {
  const lines = `
(x_train, y_train), (x_test, y_test) = imdb.load_data(num_words=1000)
longest = max([len(x) for x in x_train])
x_train = sequence.pad_sequences(x_train, maxlen=80)
(a, b), _ = reuters.load_data(num_words=1000)
b = to_categorical(b)
shape = (x_train.shape[1],)
units = b.shape[1]`
  expect(shapesOf(lines)).toEqual([[null, 80], 46])
})

test.each([
  ['x = x_train.reshape((60000, 28 * 28)).astype("float32") / 255', 784],
  ['x = np.reshape(x_train, [-1, x_train.shape[1] * x_train.shape[2]])', 784],
  ['x = tf.reshape(x_train, [-1, 784])', 784],
  ['x = (x_train - np.mean(x_train)) / np.std(x_train)', 28],
  ['x = x_train[:1000]', 28],
  ['x = np.concatenate([x_train, x_test], axis=0)', 28],
  ['x = np.expand_dims(x_train, -1)', 1],
  ['x = tf.expand_dims(tf.cast(x_train, tf.float32), axis=-1)', 1],
  ['x = x_train[..., tf.newaxis]', 1],
  ['x = np.max(x_train, axis=1, keepdims=True)', 28],
  ['x = to_categorical(y_train, 12)', 12],
])('%s', (line, last) => {
  expect(shapesOf(`${LOADED}\n${line}\nshape = x.shape[1:]\nunits = x.shape[-1]`)[1]).toBe(last)
})

test('how many samples there are is not known: loops over them and what they decide are not run', () => {
  const { problems, fit, data } = fromKeras(`
${LOADED.replace('mnist', 'keras.datasets.mnist')}
found = []
for i in range(len(x_train)):
    for j in range(len(x_train)):
        found.append(x_train[i])
for image, label in zip(x_train, y_train):
    print(image.shape, label)
scaled = [image / 255 for image in x_train]
if x_train.max() > 1:
    x_train = x_train / 255
x_a, x_b, y_a, y_b = train_test_split(x_train, y_train, test_size=0.2)
model = keras.Sequential([keras.Input((28, 28)), layers.Flatten(), layers.Dense(10)])
model.compile('sgd', 'mse')
model.fit(x_a, y_a, validation_data=(x_b, y_b), epochs=2)
`)
  expect(problems).toEqual([])
  expect(fit).toEqual({ epochs: 2 })
  expect(data).toEqual({ x: 'x_a', y: 'y_a', validationData: ['x_b', 'y_b'] })
})

test('what a text makes of data is told by what it calls that', () => {
  const { data } = fromKeras(`
(x, y), _ = keras.datasets.imdb.load_data()
model = keras.Sequential([keras.Input((80,)), layers.Dense(2)])
model.compile('sgd', 'mse')
model.fit(keras.utils.pad_sequences(x, 80), keras.utils.to_categorical(y))
`)
  expect(data).toEqual({ x: 'pad_sequences(x)', y: 'to_categorical(y)' })
})

test('what a user gives comes first', () => {
  const { model } = fromKeras(
    `${LOADED.replace('mnist', 'keras.datasets.mnist')}\nmodel = keras.Sequential([keras.Input(x_train.shape[1:])])\nmodel.add(layers.Dense(2))`,
    { values: { x_train: { shape: [100, 7] } } },
  )
  expect(model.inputs[0]?.shape).toEqual([null, 7])
})

test('data of another shape than the classes that are asked of them have a problem where they are needed', () => {
  const lines = `${LOADED.replace('mnist', 'keras.datasets.mnist')}\nlayers.Dense(len(np.unique(x_train)))`
  const { problems } = fromKeras(`${lines}\nmodel = keras.Sequential([keras.Input((2,)), layers.Dense(1)])`)
  expect(problems.map(({ line, message }) => [line, message])).toEqual([
    [2, expect.stringMatching(/is not known/)],
  ])
})
