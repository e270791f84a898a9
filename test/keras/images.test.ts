/** Functions of images in texts: those of Keras, and TensorFlow's, which are these by other names. */
import { beforeEach, expect, test } from 'vitest'
import { fromKeras, toKeras, toTypeScript } from '../../src/formats.ts'
import { clearSession, ops, setBackend, type Tensor } from '../../src/index.ts'
import { readKeras } from '../support/readKeras.ts'
import { uniform } from '../support/values.ts'

beforeEach(async () => {
  clearSession()
  await setBackend('cpu')
})

const x = uniform([2, 6, 4, 3], 0, 1, 1)
const { image } = ops

test.each([
  [
    'keras.ops.image.resize(x, (3, 8), interpolation="nearest")',
    image.resize(x, [3, 8], { interpolation: 'nearest' }),
  ],
  ['ops.image.extract_patches(x, (3, 2))', image.extractPatches(x, [3, 2])],
  ['ops.image.rgb_to_grayscale(x)', image.rgbToGrayscale(x)],
  [
    'ops.image.pad_images(x, 1, 2, bottom_padding=0, target_width=9)',
    image.padImages(x, { topPadding: 1, leftPadding: 2, bottomPadding: 0, targetWidth: 9 }),
  ],
  ['tf.image.resize(x, [3, 8])', image.resize(x, [3, 8])],
  [
    "tf.image.resize(x, size=(12, 8), method='bicubic', antialias=True)",
    image.resize(x, [12, 8], { interpolation: 'bicubic', antialias: true }),
  ],
  ['tf.image.resize(x, (12, 12), preserve_aspect_ratio=True)', image.resize(x, [12, 8])],
  [
    'tf.image.resize(images=x, size=(2, 2), method=tf.image.ResizeMethod.NEAREST_NEIGHBOR)',
    image.resize(x, [2, 2], { interpolation: 'nearest' }),
  ],
  ["tf.image.resize(x, (2, 2), 'area')", null],
  ['tf.image.rgb_to_grayscale(x)', image.rgbToGrayscale(x)],
  ['tf.image.rgb_to_hsv(x)', image.rgbToHsv(x)],
  ['tf.image.hsv_to_rgb(x)', image.hsvToRgb(x)],
] as const)('%s', async (code, expected) => {
  const text = `
class Seen(keras.layers.Layer):
    def call(self, x):
        return ${code}
x = keras.Input((6, 4, 3))
m = keras.Model(x, Seen()(x))
`
  if (expected === null) return expect(() => fromKeras(text)).toThrow(/image\.resize: expected method among/)
  const { model } = readKeras(text)
  const found = await model.predict<Tensor>(x)
  expect(found.shape).toEqual(expected.shape)
  expect(found.data).toEqual(expected.data)
})

test('a model of them is written as Python and as TypeScript', async () => {
  const { model } = readKeras(`
x = keras.Input((6, 4, 3))
m = keras.Model(x, keras.ops.image.resize(keras.ops.image.rgb_to_grayscale(x), (3, 8), antialias=True))
`)
  const python = await toKeras(model)
  expect(python).toContain('ops.image.rgb_to_grayscale(')
  expect(await toTypeScript(model)).toContain('ops.image.resize(')
  expect(fromKeras(python).model.outputs[0]?.shape).toEqual([null, 3, 8, 1])
})
