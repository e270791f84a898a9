/** Functions of TensorFlow on images, windows and complex numbers: the numbers that TensorFlow 2.21 gives for the same input. */
import { beforeEach, expect, test } from 'vitest'
import { fromKeras } from '../../src/formats.ts'
import { clearSession, setBackend, type Tensor, tensor } from '../../src/index.ts'
import { chooseBackend } from '../support/backends.ts'
import { readKeras } from '../support/readKeras.ts'
import { uniform } from '../support/values.ts'

beforeEach(async () => {
  clearSession()
  await setBackend('cpu')
})

/** The inputs' shapes, by their ranks. */
const SHAPES: Readonly<Record<number, readonly number[]>> = { 2: [2, 40], 3: [2, 6, 4], 4: [2, 7, 6, 3] }

/** A function of x, the shape of what it gives, and three sums over that: of its entries, and with the weights cos i and sin 3i. */
const recorded: readonly (readonly [code: string, shape: readonly number[], sums: readonly number[]])[] = [
  [
    "tf.image.extract_patches(images=x, sizes=[1, 3, 2, 1], strides=[1, 2, 3, 1], rates=[1, 1, 1, 1], padding='VALID')",
    [2, 3, 2, 18],
    [0.6144, -1.9656, 2.091],
  ],
  [
    "tf.image.extract_patches(images=x, sizes=[1, 3, 3, 1], strides=[1, 2, 2, 1], rates=[1, 2, 1, 1], padding='SAME')",
    [2, 4, 3, 27],
    [0.5641, 0.326, 0.2737],
  ],
  [
    "tf.image.extract_patches(x, [1, 2, 2, 1], [1, 2, 2, 1], [1, 1, 1, 1], 'VALID')",
    [2, 3, 3, 12],
    [0.2112, -3.2685, 0.156],
  ],
  [
    "tf.nn.conv2d(x, tf.ones((2, 3, 3, 2)), strides=2, padding='SAME')",
    [2, 4, 3, 2],
    [0.7741, 0.8053, 0.1808],
  ],
  [
    "tf.nn.conv2d(x, tf.ones((2, 3, 3, 2)), [1, 2, 1, 1], 'VALID')",
    [2, 3, 4, 2],
    [-1.3083, 30.4997, -0.2601],
  ],
  [
    "tf.nn.conv2d(x, filters=tf.ones((2, 2, 3, 2)), strides=1, padding='SAME', dilations=2)",
    [2, 7, 6, 2],
    [1.2588, -11.0952, 0.2554],
  ],
  [
    "tf.nn.depthwise_conv2d(x, tf.ones((2, 2, 3, 2)), strides=[1, 2, 2, 1], padding='SAME')",
    [2, 4, 3, 6],
    [-0.3957, -0.2055, 0.0003],
  ],
  ["tf.nn.max_pool2d(x, ksize=2, strides=2, padding='VALID')", [2, 3, 3, 3], [32.1789, 1.8014, 4.767]],
  [
    "tf.nn.avg_pool2d(x, ksize=[1, 3, 3, 1], strides=[1, 1, 1, 1], padding='SAME')",
    [2, 7, 6, 3],
    [-0.1671, -1.339, -0.8872],
  ],
  ["tf.nn.max_pool(x, 3, 2, 'SAME')", [2, 4, 3, 3], [57.2559, 1.6391, -1.5614]],
  ["tf.nn.conv1d(x, tf.ones((2, 4, 3)), stride=2, padding='VALID')", [2, 3, 3], [0.1263, 0.3198, -0.1575]],
  ["tf.pad(x, [[0, 0], [1, 2], [2, 1], [0, 0]], 'REFLECT')", [2, 10, 9, 3], [-1.2426, 0.124, -6.8542]],
  ["tf.pad(x, [[0, 0], [1, 0], [0, 1], [0, 0]], mode='SYMMETRIC')", [2, 8, 7, 3], [1.5538, 1.4385, 0.1293]],
  [
    'tf.pad(x, [[0, 0], [1, 0], [0, 1], [1, 0]], constant_values=2.5)',
    [2, 8, 7, 4],
    [489.8021, 5.2485, 18.7476],
  ],
  ['tf.abs(tf.signal.stft(x, frame_length=10, frame_step=4))', [2, 8, 9], [132.3534, 0.8406, 0.1056]],
  ['tf.math.real(tf.signal.stft(x, 8, 3, fft_length=8))', [2, 11, 5], [0.0072, -4.475, -2.6945]],
  ['tf.math.imag(tf.signal.stft(x, 6, 5, 16))', [2, 7, 9], [0.1191, 9.236, 1.6686]],
  ['tf.math.real(tf.signal.fft2d(tf.cast(x, tf.complex64)))', [2, 6, 4], [0.9766, -17.6219, 9.5945]],
  ['tf.math.imag(tf.signal.fft(tf.cast(x, tf.complex64)))', [2, 6, 4], [0.0, -3.1704, 3.2781]],
  ['tf.abs(tf.signal.ifft2d(tf.complex(x, x * 2)))', [2, 6, 4], [10.6419, -0.7296, -0.0734]],
  ['tf.image.crop_to_bounding_box(x, 1, 2, 3, 2)', [2, 3, 2, 3], [-2.8703, -3.574, -0.5887]],
  ['tf.image.flip_left_right(x)', [2, 7, 6, 3], [-0.1979, -1.8858, 0.3079]],
  ['tf.image.flip_up_down(x)', [2, 7, 6, 3], [-0.1979, 2.0389, 0.6581]],
  ['tf.nn.space_to_depth(x[:, :6, :6], 2)', [2, 3, 3, 12], [0.2112, -3.2685, 0.156]],
  [
    'tf.nn.depth_to_space(tf.concat([x, x[:, :, :, :1]], -1), 2)',
    [2, 14, 12, 1],
    [-1.0886, -0.4025, -1.2338],
  ],
]

const rankOf = (code: string): number => (code.includes('stft') ? 2 : /conv1d|fft/.test(code) ? 3 : 4)

test.each(recorded)('%s', async (code, shape, sums) => {
  const [batch = 0, ...sample] = SHAPES[rankOf(code)] ?? []
  const { model } = readKeras(`
class Computed(keras.layers.Layer):
    def call(self, x):
        return ${code}
i = keras.Input((${sample.join(', ')},))
m = keras.Model(i, Computed()(i))
`)
  const count = sample.reduce((size, extent) => size * extent, batch)
  const x = tensor(
    Float32Array.from({ length: count }, (_, i) => Math.sin(1.7 * i)),
    [batch, ...sample],
  )
  const found = (await model.predict(x)) as Tensor
  expect(found.shape).toEqual(shape)
  const weights = [() => 1, Math.cos, (i: number) => Math.sin(3 * i)]
  weights.forEach((weight, k) => {
    const sum = found.data.reduce((total, value, i) => total + value * weight(i), 0)
    expect(sum).toBeCloseTo(sums[k] ?? Number.NaN, 3)
  })
})

test.each(['cpu', 'webgpu'] as const)(
  'images of any extent are spread over blocks and back on %s',
  async (backend) => {
    await chooseBackend(backend)
    const { model } = readKeras(`
i = keras.Input((None, None, 8))
m = keras.Model(i, tf.nn.space_to_depth(tf.nn.depth_to_space(i, 2), 2))
`)
    for (const [h, w] of [
      [2, 3],
      [3, 1],
    ] as const) {
      const x = tensor(
        Float32Array.from({ length: 2 * h * w * 8 }, (_, i) => i),
        [2, h, w, 8],
      )
      const found = (await model.predict(x)) as Tensor
      expect(found.shape).toEqual([2, h, w, 8])
      expect([...found.data]).toEqual([...x.data])
    }
  },
)

test.each([
  [3, 'K.temporal_padding(x, (2, 1))', 'tf.pad(x, [[0, 0], [2, 1], [0, 0]])'],
  [3, 'K.temporal_padding(x)', 'tf.pad(x, [[0, 0], [1, 1], [0, 0]])'],
  [4, 'K.spatial_2d_padding(x, padding=((1, 0), (2, 1)))', 'tf.pad(x, [[0, 0], [1, 0], [2, 1], [0, 0]])'],
  [4, 'K.spatial_2d_padding(x)', 'tf.pad(x, [[0, 0], [1, 1], [1, 1], [0, 0]])'],
  [4, 'K.conv2d(x, tf.ones((2, 2, 3, 2)))', "tf.nn.conv2d(x, tf.ones((2, 2, 3, 2)), 1, 'VALID')"],
  [3, 'tf.nn.dropout(x, rate=0.0)', 'x'],
] as const)('of rank %i: %s is %s', async (rank, code, same) => {
  const [batch = 0, ...sample] = SHAPES[rank] ?? []
  const { model } = readKeras(`
from keras import backend as K
class Both(keras.layers.Layer):
    def call(self, x):
        return [${code}, ${same}]
i = keras.Input((${sample.join(', ')},))
m = keras.Model(i, Both()(i))
`)
  const [found, expected] = (await model.predict(uniform([batch, ...sample], -1, 1, 1))) as Tensor[]
  expect(found?.shape).toEqual(expected?.shape)
  expect(found?.data).toEqual(expected?.data)
})

test('arguments that are not here are problems', () => {
  expect(() =>
    fromKeras(`import tensorflow as tf
from tensorflow import keras
i = keras.Input((40,))
m = keras.Model(i, tf.abs(tf.signal.stft(i, 8, 4, window_fn=None, pad_end=True)))`),
  ).toThrow(
    /tensorflow\.signal\.stft: expected arguments among signals, frameLength, frameStep, fftLength, got padEnd/,
  )
})

test('a convolution takes channels first, and a layer a mask behind training by its place', async () => {
  const { model } = readKeras(`
class Block(keras.layers.Layer):
    def __init__(self):
        super().__init__()
        self.norm = layers.BatchNormalization()
    def call(self, x, training=None):
        mask = tf.cast(x[:, :, 0] > 0, 'bool')
        return self.norm(x, True, mask)
i = keras.Input((3, 5, 4))
j = keras.Input((6, 2))
m = keras.Model([i, j], [tf.nn.conv2d(i, tf.ones((2, 2, 3, 1)), 1, 'VALID', data_format='NCHW'), Block()(j)])
`)
  const x = uniform([2, 6, 2], -1, 1, 5)
  const [convolved, normalized] = (await model.predict([uniform([2, 3, 5, 4], -1, 1, 4), x])) as Tensor[]
  expect(convolved?.shape).toEqual([2, 1, 4, 3])
  // What the mask leaves out counts nothing for the moments.
  const valid = Array.from({ length: 12 }, (_, row) => row).filter((row) => (x.data[2 * row] ?? 0) > 0)
  const mean = valid.reduce((sum, row) => sum + (x.data[2 * row + 1] ?? 0) / valid.length, 0)
  const variance = valid.reduce(
    (sum, row) => sum + ((x.data[2 * row + 1] ?? 0) - mean) ** 2 / valid.length,
    0,
  )
  for (let row = 0; row < 12; row++)
    expect(normalized?.data[2 * row + 1]).toBeCloseTo(
      ((x.data[2 * row + 1] ?? 0) - mean) / Math.sqrt(variance + 1e-3),
      4,
    )
})
