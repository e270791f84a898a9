/** Layers as Keras 1 and 2 write them, and Python of tutorials that once was misread. */
import { beforeEach, describe, expect, test } from 'vitest'
import { fromKeras } from '../../src/formats.ts'
import * as layers from '../../src/index.ts'
import type { LayersModel } from '../../src/models/model.ts'
import { readKeras } from '../support/readKeras.ts'

const { clearSession, Conv1D, Conv2D, Conv2DTranspose, Conv3D, Input, Sequential } = layers

beforeEach(clearSession)

/** The layers of a model as files have them. */
async function layersOf(model: LayersModel): Promise<unknown> {
  return (JSON.parse(await model.toJSON()) as { config: { layers: unknown } }).config.layers
}

/** Compares the layers of a text to those that this library's own functions make. */
async function expectSame(text: string, make: () => readonly unknown[]): Promise<void> {
  const { model, problems } = fromKeras(`m = Sequential([${text}])`)
  expect(problems).toEqual([])
  const got = await layersOf(model)
  clearSession()
  expect(got).toEqual(await layersOf(Sequential(make() as never)))
}

describe('convolutions of Keras 1', () => {
  test.each([
    ['Convolution2D(4, 3, 2)', () => Conv2D(4, [3, 2])],
    [
      'Convolution2D(4, 3, 2, "he_normal", "relu")',
      () => Conv2D(4, [3, 2], { kernelInitializer: 'he_normal', activation: 'relu' }),
    ],
    ['Convolution2D(nb_filter=4, nb_row=3, nb_col=2)', () => Conv2D(4, [3, 2])],
    [
      'Convolution2D(4, 3, 3, border_mode="same", subsample=(2, 2))',
      () => Conv2D(4, [3, 3], { padding: 'same', strides: [2, 2] }),
    ],
    ['Convolution2D(4, 3, 3, dim_ordering="tf")', () => Conv2D(4, [3, 3], { dataFormat: 'channels_last' })],
    ['Conv2D(4, 3, 3, border_mode="same")', () => Conv2D(4, [3, 3], { padding: 'same' })],
    ['AtrousConvolution2D(4, 3, 3, atrous_rate=(2, 2))', () => Conv2D(4, [3, 3], { dilationRate: [2, 2] })],
    ['Deconvolution2D(4, 3, 3, output_shape=(None, 10, 10, 4))', () => Conv2DTranspose(4, [3, 3])],
    // Those of today, and of Keras 2 under the long name.
    ['Conv2D(4, 3, 2)', () => Conv2D(4, 3, { strides: 2 })],
    ['Convolution2D(4, (3, 3), (2, 2))', () => Conv2D(4, [3, 3], { strides: [2, 2] })],
    ['Convolution2D(4, (3, 3), border_mode="same")', () => Conv2D(4, [3, 3], { padding: 'same' })],
  ])('%s', async (text, make) => {
    await expectSame(`Input((8, 8, 1)), ${text}`, () => [Input([8, 8, 1]), make()])
  })

  test('over one axis and three', async () => {
    const text = `Input((20, 3)), Convolution1D(6, 3, 'he_normal', 'relu'), Convolution1D(6, 5, subsample_length=2),
      Convolution1D(nb_filter=6, filter_length=2, border_mode='same'), Convolution1D(5, 2, 1, 'same')`
    await expectSame(text, () => [
      Input([20, 3]),
      Conv1D(6, 3, { kernelInitializer: 'he_normal', activation: 'relu' }),
      Conv1D(6, 5, { strides: 2 }),
      Conv1D(6, 2, { padding: 'same' }),
      Conv1D(5, 2, { strides: 1, padding: 'same' }),
    ])
    clearSession()
    await expectSame('Input((6, 6, 6, 1)), Convolution3D(2, 3, 2, 1)', () => [
      Input([6, 6, 6, 1]),
      Conv3D(2, [3, 2, 1]),
    ])
  })
})

test('what Keras 1 calls values of options', async () => {
  await expectSame(
    "Input((8, 8, 1)), MaxPooling2D((2, 2), dim_ordering='tf'), Reshape((4, 4)), LSTM(3, forget_bias_init='one'), TimeDistributedDense(2)",
    () => [
      Input([8, 8, 1]),
      layers.MaxPooling2D([2, 2], { dataFormat: 'channels_last' }),
      layers.Reshape([4, 4]),
      layers.LSTM(3, { unitForgetBias: true }),
      layers.Dense(2),
    ],
  )
})

test('layers and options that are gone are told with what to write instead', () => {
  const { problems } = fromKeras(`
m = Sequential([Dense(2)])
a = Sequential([Merge([m, m], mode='concat'), Dense(2)])
b = Sequential([Embedding(9, 4, dropout=0.2)])
c = Sequential([MaxoutDense(3)])`)
  expect(problems.map(({ line, word, message }) => [line, word, message])).toEqual([
    [3, 'Merge', expect.stringContaining('concatenate([left.output, right.output])')],
    [4, 'dropout', expect.stringContaining('Put Dropout(rate, noise_shape=(None, None, 1)) behind it')],
    [5, 'MaxoutDense', expect.stringContaining('maximum')],
  ])
})

test('numbers may end with their point', () => {
  const { problems, model, fit } = fromKeras(`
m = Sequential([Dense(int(2.*3), kernel_constraint=max_norm(2.), input_dim=int(1_0.)), Dropout(.5), LeakyReLU(1.e-1)])
m.compile('sgd', 'mse', loss_weights=[1.,])
m.fit(x, y, epochs=4, validation_split=2.5e-1, class_weight={0: 1., 1: 3.}) # 1. and 2.
`)
  expect(problems).toEqual([])
  expect(model.outputs[0]?.shape).toEqual([null, 6])
  expect(model.inputs[0]?.shape).toEqual([null, 10])
  expect(fit).toEqual({ epochs: 4, validationSplit: 0.25, classWeight: { 0: 1, 1: 3 } })
})

test('a dataclass takes its fields', () => {
  const { problems, model } = fromKeras(`
from dataclasses import dataclass, field
@dataclass
class Base:
    steps: int
    units: tuple = (1, 2)
@dataclass(frozen=True)
class Config(Base):
    rate: float = 0.5
    sizes: list = field(default_factory=lambda: [5, 6])
c = Config(12, rate=0.1)
m = Sequential([Input((c.steps, 3)), LSTM(c.units[1]), Dropout(c.rate), Dense(c.sizes[1])])
wrong = Config(12, rat=0.1)
`)
  expect(problems).toEqual([
    expect.objectContaining({ line: 13, message: expect.stringContaining('Config has no argument rat') }),
  ])
  expect(model.inputs[0]?.shape).toEqual([null, 12, 3])
  expect(model.outputs[0]?.shape).toEqual([null, 6])
})

test('loops that write texts after each epoch do not use up the steps', () => {
  const { problems, models, fit } = fromKeras(`
m = Sequential([Dense(2)])
for epoch in range(60):
    m.fit(x, y, batch_size=128, callbacks=[ModelCheckpoint(os.path.join('out/', 'run', '{epoch}.keras'))])
    for diversity in [0.2, 0.5, 1.0, 1.2]:
        generated = ''
        for i in range(400):
            for t, char in enumerate('a text of forty letters, about as long .'):
                generated += char
last = Sequential([Dense(3)])
`)
  expect(problems).toEqual([])
  expect(Object.keys(models)).toEqual(['m', 'last'])
  expect(fit).toEqual({
    epochs: 60,
    batchSize: 128,
    callbacks: [expect.objectContaining({ filepath: 'out/run/{epoch}.keras' })],
  })
})

test('an Embedding of Keras 1 has the options of its table, and is made without a dropout of words', () => {
  const { model, problems } = fromKeras(
    "m = Sequential()\nm.add(Embedding(9, 4, W_regularizer=l2(0.5), W_constraint='max_norm', dropout=0.2, input_length=5))",
  )
  expect(problems.map(({ word, message }) => [word, message])).toEqual([
    ['dropout', expect.stringContaining('Put Dropout(rate, noise_shape=(None, None, 1)) behind it')],
  ])
  expect(model.layers[0]?.config).toMatchObject({
    embeddingsRegularizer: expect.objectContaining({ className: 'L2' }),
    embeddingsConstraint: expect.anything(),
  })
})

test('a list of metrics of Keras 2 is of each output', () => {
  const { model, problems } = fromKeras(`
i = Input((3,))
m = Model(i, [Dense(1, name='a')(i), Dense(2, name='b')(i)])
m.compile('adam', loss='mse', metrics=['mae'], class_mode='binary')
`)
  expect(problems).toEqual([])
  expect(model.optimizer).not.toBeNull()
})

test('builtins of modules, types of numbers that are called, and attributes of the text', () => {
  const { model, problems } = fromKeras(`
from six.moves import range, zip
import numpy as np
m = Sequential([Input((2,))])
for i in range(2):
    m.add(Dense(np.int32(3)))
m.output_length = 4
m.add(Dense(m.output_length))
`)
  expect(problems).toEqual([])
  expect(model.layers).toHaveLength(3)
  expect(model.outputs[0]?.shape).toEqual([null, 4])
})

test('functions of the backend have its defaults', () => {
  const { model, problems } = fromKeras(
    'i = Input((3,))\nm = Model(i, K.expand_dims(i))\nn = Model(i, concatenate([i, i]))',
  )
  expect(problems).toEqual([])
  expect(model.outputs[0]?.shape).toEqual([null, 6])
})

test('the input of an InputLayer is its tensor, and Nadam has the decay of its schedule that is the default', () => {
  const { models, problems } = fromKeras(`
i = Input((4,), name='i')
o = Model(i, Dense(2)(i))
p = Model(o.get_layer('i').input, Dense(3)(o.layers[-1].output))
o.compile(Nadam(lr=0.002, schedule_decay=0.004), loss='mse')
`)
  expect(problems).toEqual([])
  expect(models.p?.inputs[0]?.shape).toEqual([null, 4])
})

test('merge by a function or by cosines, and a threshold of its own', () => {
  const { models, model, problems } = fromKeras(`
from keras.layers import merge
i = Input((3,))
a, b = Dense(2)(i), Dense(2)(i)
m = Model(input=i, output=merge([a, b], mode=lambda x: x[0] - x[1], output_shape=(2,)))
c = Model(input=[i], output=[merge([a, b], mode='cos', dot_axes=1)])
t = Sequential([Dense(2, input_dim=3), ThresholdedReLU(0.5), ThresholdedReLU(theta=0.25), ThresholdedReLU()])
`)
  expect(problems).toEqual([])
  expect(models.m?.outputs[0]?.shape).toEqual([null, 2])
  expect(models.c?.layers.at(-1)?.config).toMatchObject({ axes: 1, normalize: true })
  expect(model.layers.slice(1).map(({ config }) => config)).toMatchObject([
    { threshold: 0.5 },
    { threshold: 0.25 },
    { threshold: 1 },
  ])
})

test('an input that is optional is one that a model has', () => {
  const { problems } = fromKeras(
    'i = Input((3,), optional=True)\nm = Model(i, Dense(2)(i))\nj = Input((3,), optional=False)',
  )
  expect(problems.map(({ word, message }) => [word, message])).toEqual([
    [
      'optional',
      'is no option of InputLayer. A model that has fewer inputs is another model: make it of those.',
    ],
  ])
})

test('characters are numbers, and numbers characters; filters leave entries out', () => {
  const { model } = readKeras(`
sizes = list(filter(lambda size: size % 2, range(ord('a'), ord('g'))))
model = Sequential([Input((ord('d') - ord('a'),))] + [Dense(size - 90, name=chr(size)) for size in sizes])
model.add(Dense(len(list(filter(None, [0, 1, 2, None])))))
`)
  expect(model.layers.map(({ name }) => name)).toEqual(['a', 'c', 'e', 'dense'])
  expect(model.outputs[0]?.shape).toEqual([null, 2])
})

test('metrics take arguments by place, in the order of Keras', () => {
  const { model } = readKeras(`
m = Sequential([Input((3,)), Dense(2)])
m.compile('sgd', 'mse', metrics=[
    keras.metrics.Precision(0.4, None, 1, 'p'), keras.metrics.TopKCategoricalAccuracy(2, 'top'),
    keras.metrics.BinaryAccuracy('near', None, 0.3), keras.metrics.AUC(50, 'PR'), keras.metrics.MeanSquaredError('mine'),
])
`)
  const { metrics = [] } = model.compileOptions ?? {}
  expect(
    (metrics as unknown as { name: string; config: object }[]).map(({ name, config }) => [name, config]),
  ).toEqual([
    ['p', expect.objectContaining({ thresholds: 0.4, topK: null, classId: 1 })],
    ['top', expect.objectContaining({ k: 2 })],
    ['near', expect.objectContaining({ threshold: 0.3 })],
    ['auc', expect.objectContaining({ numThresholds: 50, curve: 'PR' })],
    ['mine', expect.anything()],
  ])
})

test('objects are made of configs', () => {
  const { model } = readKeras(`
m = Sequential([Input((3,)), layers.Dense(2, kernel_initializer=keras.initializers.get({'class_name': 'Constant', 'config': {'value': 3}}))])
m.compile(keras.optimizers.get({'class_name': 'Adam', 'config': {'learning_rate': 0.25}}),
          keras.losses.deserialize({'class_name': 'Huber', 'config': {'delta': 2.0}}))
`)
  expect(model.optimizer?.config).toMatchObject({ learningRate: 0.25 })
  const named = (given: unknown) => given as { readonly className: string; readonly config: object }
  const loss = named(model.compileOptions?.loss)
  expect([loss.className, loss.config]).toEqual(['Huber', expect.objectContaining({ delta: 2 })])
  const initializer = named((model.layers[0]?.config as { kernelInitializer?: unknown })?.kernelInitializer)
  expect([initializer.className, initializer.config]).toEqual(['Constant', { value: 3 }])
})

test('what Keras 2 took of convolutions by channels and left unused is told, and the layer is made', () => {
  const { model, problems } = fromKeras(`
model = keras.Sequential([
    keras.Input((8, 8, 3)),
    layers.DepthwiseConv2D(3, kernel_initializer='he_normal'),
    layers.SeparableConv2D(4, 3, kernel_regularizer='l2'),
])
`)
  expect(problems.map(({ line, word, message }) => [line, word, message])).toEqual([
    [4, 'kernel_initializer', expect.stringContaining('depthwise_initializer is what it may mean')],
    [5, 'kernel_regularizer', expect.stringContaining('depthwise_regularizer is what it may mean')],
  ])
  expect(model.outputs[0]?.shape).toEqual([null, 4, 4, 4])
})
