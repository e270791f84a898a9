/** Layers of images in files and in code of Keras: as Keras writes them, and as tutorials do. */
import { expect, test } from 'vitest'
import { layerFromConfig } from '../../src/formats/config/layerConfig.ts'
import type { KerasConfig } from '../../src/formats/kerasConfig.ts'
import { configOfLayer } from '../../src/formats/layerConfigWriter.ts'
import { fromKeras, toKeras, toTypeScript } from '../../src/formats.ts'
import * as recurra from '../../src/index.ts'
import { chooseBackend } from '../support/backends.ts'
import { quiet } from '../support/models.ts'
import { uniform } from '../support/values.ts'

const { clearSession, loadModel } = recurra

const float32 = {
  module: 'keras',
  class_name: 'DTypePolicy',
  config: { name: 'float32' },
  registered_name: null,
}

/** What Keras 3.16 writes of each layer, beside its name, `trainable` and its policy. */
test.each([
  [
    'Resizing',
    {
      data_format: 'channels_last',
      height: 3,
      width: 4,
      interpolation: 'bilinear',
      crop_to_aspect_ratio: false,
      pad_to_aspect_ratio: false,
      fill_mode: 'constant',
      fill_value: 0,
      antialias: false,
    },
  ],
  ['CenterCrop', { data_format: 'channels_last', height: 3, width: 4 }],
  ['RandomFlip', { data_format: 'channels_last', seed: null, mode: 'horizontal_and_vertical' }],
  [
    'RandomTranslation',
    {
      data_format: 'channels_last',
      height_factor: 0.2,
      width_factor: [0.1, 0.3],
      fill_mode: 'reflect',
      interpolation: 'bilinear',
      seed: null,
      fill_value: 0,
    },
  ],
  [
    'RandomRotation',
    {
      data_format: 'channels_last',
      factor: [-0.2, 0.2],
      fill_mode: 'reflect',
      fill_value: 0,
      interpolation: 'bilinear',
      seed: 3,
    },
  ],
  [
    'RandomZoom',
    {
      data_format: 'channels_last',
      height_factor: [0.2, 0.3],
      width_factor: null,
      fill_mode: 'reflect',
      interpolation: 'bilinear',
      seed: null,
      fill_value: 0,
    },
  ],
  ['RandomCrop', { data_format: 'channels_last', height: 2, width: 3, seed: 478095520 }],
  ['RandomContrast', { data_format: 'channels_last', factor: [0, 0.2], value_range: [0, 255], seed: null }],
  ['RandomBrightness', { data_format: 'channels_last', factor: [0.2, 0.3], value_range: [0, 1], seed: null }],
])('%s', (className, options) => {
  const config: KerasConfig = {
    module: 'keras.layers',
    class_name: className,
    config: { name: 'a', trainable: true, dtype: float32, ...options },
    registered_name: null,
  }
  expect(configOfLayer(layerFromConfig(config, 'file'))).toEqual(config)
})

/** Numbers that Keras keeps as the ranges that they stand for. */
test.each([
  [recurra.RandomRotation(0.2), [-0.2, 0.2]],
  [recurra.RandomRotation([0.3, 0.2]), [0.2, 0.3]],
  [recurra.RandomContrast(0.2), [0, 0.2]],
  [recurra.RandomBrightness(-0.2), [-0.2, 0.2]],
])('a factor as a range', (layer, range) => {
  expect(layer.getConfig().factor).toEqual(range)
})

const PIPELINE = `
from tensorflow import keras
from tensorflow.keras import layers

data_augmentation = keras.Sequential([
  layers.experimental.preprocessing.RandomFlip("horizontal", input_shape=(12, 12, 3)),
  layers.experimental.preprocessing.RandomRotation(0.1),
  tf.keras.layers.experimental.preprocessing.RandomZoom(0.1),
  layers.RandomTranslation(0.1, (-0.1, 0.2), "constant"),
  layers.RandomContrast(0.2),
  layers.RandomBrightness((-0.2, 0.2), (0, 1), seed=4),
  layers.RandomCrop(10, 10),
])
model = keras.Sequential([
  data_augmentation,
  layers.experimental.preprocessing.Resizing(8, 8),
  layers.CenterCrop(6, 6),
  layers.experimental.preprocessing.Rescaling(1./255),
  layers.Conv2D(4, 3, activation='relu'),
  layers.GlobalAveragePooling2D(),
  layers.Dense(2),
])
`

test('a text of a tutorial is the model, its file and its code', async () => {
  clearSession()
  await chooseBackend('cpu')
  const { models, problems } = fromKeras(PIPELINE)
  expect(problems).toEqual([])
  const model = models.model as unknown as recurra.SequentialModel
  const [augmentation] = model.layers as unknown as [recurra.SequentialModel]
  expect(augmentation.layers.map(({ className }) => className)).toEqual([
    'RandomFlip',
    'RandomRotation',
    'RandomZoom',
    'RandomTranslation',
    'RandomContrast',
    'RandomBrightness',
    'RandomCrop',
  ])
  expect(augmentation.layers[5]?.getConfig()).toMatchObject({
    factor: [-0.2, 0.2],
    valueRange: [0, 1],
    seed: 4,
  })
  const x = uniform([3, 12, 12, 3], 0, 255, 1)
  const expected = await model.predict<recurra.Tensor>(x, quiet)
  const again = await loadModel(await model.save())
  expect(await again.predict(x, quiet)).toEqual(expected)
  const text = await toKeras(model)
  expect(text).toContain(`    keras.layers.RandomFlip('horizontal'),
    keras.layers.RandomRotation((-0.1, 0.1)),
    keras.layers.RandomZoom(0.1),
    keras.layers.RandomTranslation(0.1, (-0.1, 0.2), fill_mode='constant'),
    keras.layers.RandomContrast((0.0, 0.2)),
    keras.layers.RandomBrightness((-0.2, 0.2), seed=4, value_range=(0, 1)),
    keras.layers.RandomCrop(10, 10),`)
  clearSession()
  const read = fromKeras(text).model as recurra.LayersModel
  expect(JSON.parse(await read.toJSON())).toEqual(JSON.parse(await model.toJSON()))
  const code = (await toTypeScript(model)).replace(/import (\{[^}]*\}) from 'recurra'/, 'const $1 = recurra')
  clearSession()
  const run = new Function('recurra', `${code}; return model`)(recurra) as recurra.LayersModel
  expect(JSON.parse(await run.toJSON())).toEqual(JSON.parse(await model.toJSON()))
})
