/** Permute, ZeroPadding, Cropping, UpSampling: shapes by Keras's rules, values of their examples, refusals. */
import { beforeAll, expect, test } from 'vitest'
import {
  type CallableLayer,
  Cropping1D,
  Cropping2D,
  Cropping3D,
  Input,
  Permute,
  Sequential,
  type SymbolicTensor,
  setBackend,
  type Tensor,
  TimeDistributed,
  tensor,
  UpSampling1D,
  UpSampling2D,
  UpSampling3D,
  ZeroPadding1D,
  ZeroPadding2D,
  ZeroPadding3D,
} from '../../src/index.ts'

beforeAll(async () => {
  await setBackend('cpu')
})

const line = (steps: number | null): SymbolicTensor => Input([steps, 3])
const volume = (): SymbolicTensor => Input([5, 7, 4, 3])
const image = (height: number, width: number): SymbolicTensor => Input([height, width, 3])

test.each<[string, () => SymbolicTensor, (number | null)[]]>([
  ['permuted', () => Permute([2, 1])(line(5)), [null, 3, 5]],
  ['permuted, three axes', () => Permute([3, 1, 2])(image(5, 7)), [null, 3, 5, 7]],
  ['permuted, open', () => Permute([2, 1])(line(null)), [null, 3, null]],
  ['padded', () => ZeroPadding1D()(line(5)), [null, 7, 3]],
  ['padded by [before, after]', () => ZeroPadding1D([0, 4])(line(5)), [null, 9, 3]],
  ['padded, open', () => ZeroPadding1D(2)(line(null)), [null, null, 3]],
  ['padded image', () => ZeroPadding2D()(image(5, 7)), [null, 7, 9, 3]],
  ['padded by [height, width]', () => ZeroPadding2D([1, 2])(image(5, 7)), [null, 7, 11, 3]],
  [
    'padded by four',
    () =>
      ZeroPadding2D([
        [1, 2],
        [0, 3],
      ])(image(5, 7)),
    [null, 8, 10, 3],
  ],
  ['cropped', () => Cropping1D()(line(5)), [null, 3, 3]],
  ['cropped by [before, after]', () => Cropping1D([0, 4])(line(5)), [null, 1, 3]],
  ['cropped image', () => Cropping2D()(image(5, 7)), [null, 5, 7, 3]],
  [
    'cropped by four',
    () =>
      Cropping2D([
        [1, 2],
        [0, 3],
      ])(image(5, 7)),
    [null, 2, 4, 3],
  ],
  ['upsampled', () => UpSampling1D()(line(5)), [null, 10, 3]],
  ['upsampled, open', () => UpSampling1D(3)(line(null)), [null, null, 3]],
  ['upsampled image', () => UpSampling2D()(image(5, 7)), [null, 10, 14, 3]],
  ['upsampled by [height, width]', () => UpSampling2D([3, 1])(image(5, 7)), [null, 15, 7, 3]],
  ['padded volume', () => ZeroPadding3D()(volume()), [null, 7, 9, 6, 3]],
  ['padded by [depth, height, width]', () => ZeroPadding3D([2, [0, 1], 0])(volume()), [null, 9, 8, 4, 3]],
  ['cropped volume', () => Cropping3D()(volume()), [null, 3, 5, 2, 3]],
  ['cropped by [depth, height, width]', () => Cropping3D([2, [0, 1], 0])(volume()), [null, 1, 6, 4, 3]],
  ['upsampled volume', () => UpSampling3D()(volume()), [null, 10, 14, 8, 3]],
  ['upsampled by [depth, height, width]', () => UpSampling3D([1, 3, 2])(volume()), [null, 5, 21, 8, 3]],
  ['of each step', () => TimeDistributed(UpSampling1D(2))(image(5, 7)), [null, 5, 14, 3]],
])('shape: %s', (_, make, shape) => {
  expect(make().shape).toEqual(shape)
})

/** What a layer makes of the numbers 1, 2, … in a shape. */
async function valuesOf(layer: CallableLayer, shape: readonly number[]): Promise<number[]> {
  const size = shape.reduce((product, extent) => product * extent, 1)
  const x = tensor(
    Float32Array.from({ length: size }, (_, i) => i + 1),
    shape,
  )
  const model = Sequential([Input(shape.slice(1)), layer])
  const y = (await model.predict(x)) as Tensor
  return [...y.data]
}

test.each<[string, () => CallableLayer, number[], number[]]>([
  ['permuted', () => Permute([2, 1]), [2, 2, 3], [1, 4, 2, 5, 3, 6, 7, 10, 8, 11, 9, 12]],
  ['padded', () => ZeroPadding1D([1, 2]), [2, 1, 2], [0, 0, 1, 2, 0, 0, 0, 0, 0, 0, 3, 4, 0, 0, 0, 0]],
  [
    'padded image',
    () =>
      ZeroPadding2D([
        [1, 0],
        [0, 2],
      ]),
    [1, 1, 2, 1],
    [0, 0, 0, 0, 1, 2, 0, 0],
  ],
  ['cropped', () => Cropping1D([2, 1]), [2, 4, 1], [3, 7]],
  [
    'cropped image',
    () =>
      Cropping2D([
        [0, 1],
        [1, 0],
      ]),
    [1, 2, 3, 2],
    [3, 4, 5, 6],
  ],
  ['upsampled', () => UpSampling1D(2), [2, 2, 1], [1, 1, 2, 2, 3, 3, 4, 4]],
  ['upsampled image', () => UpSampling2D([2, 1]), [1, 2, 2, 1], [1, 2, 1, 2, 3, 4, 3, 4]],
  [
    'bilinear',
    () => UpSampling2D(2, { interpolation: 'bilinear' }),
    [1, 2, 2, 1],
    [1, 1.25, 1.75, 2, 1.5, 1.75, 2.25, 2.5, 2.5, 2.75, 3.25, 3.5, 3, 3.25, 3.75, 4],
  ],
  ['padded volume', () => ZeroPadding3D([[1, 0], 0, [0, 1]]), [1, 1, 2, 1, 1], [0, 0, 0, 0, 1, 0, 2, 0]],
  ['cropped volume', () => Cropping3D([[1, 0], 0, [0, 1]]), [1, 2, 2, 2, 1], [5, 7]],
  ['upsampled volume', () => UpSampling3D([2, 1, 2]), [1, 1, 2, 1, 1], [1, 1, 2, 2, 1, 1, 2, 2]],
])('values: %s', async (_, make, shape, values) => {
  expect(await valuesOf(make(), shape)).toEqual(values)
})

test('what is permuted back is never moved', () => {
  const model = Sequential([Input([2, 3, 5]), Permute([2, 3, 1]), Permute([3, 1, 2])])
  expect(model.plan({ training: false }).kernels).not.toContain('transpose')
})

test.each<[string, () => unknown, string]>([
  [
    'an axis twice',
    () => Permute([1, 1], { name: 'turn' }),
    'Permute "turn": expected dims to be a list of 1, 2, … in some order, got [1, 1].',
  ],
  [
    'an axis that is missing',
    () => Permute([1, 3], { name: 'turn' }),
    'Permute "turn": expected dims to be a list of 1, 2, … in some order, got [1, 3].',
  ],
  [
    'the batch',
    () => Permute([1, 0], { name: 'turn' }),
    'Permute "turn": expected each of dims to be a positive integer, got 0.',
  ],
  [
    'more axes than the input has',
    () => Permute([3, 1, 2], { name: 'turn' })(line(5)),
    'Permute "turn": expected input of 4 axes, for dims [3, 1, 2], got [batch, 5, 3].',
  ],
  [
    'negative padding',
    () => ZeroPadding1D(-1, { name: 'around' }),
    'ZeroPadding1D "around": expected padding to be an integer of at least 0, got -1.',
  ],
  [
    'an image',
    () => ZeroPadding1D(1, { name: 'around' })(image(5, 7)),
    'ZeroPadding1D "around": expected input [batch, steps, channels], got [batch, 5, 7, 3].',
  ],
  [
    'nothing left',
    () => Cropping1D([2, 3], { name: 'cut' })(line(5)),
    'Cropping1D "cut": expected cropping of less than the 5 along axis 1, got 2 and 3 (input [batch, 5, 3]).',
  ],
  [
    'no columns left',
    () => Cropping2D([0, 4], { name: 'cut' })(image(5, 7)),
    'Cropping2D "cut": expected cropping of less than the 7 along axis 2, got 4 and 4 (input [batch, 5, 7, 3]).',
  ],
  [
    'a factor of zero',
    () => UpSampling1D(0, { name: 'up' }),
    'UpSampling1D "up": expected size to be a positive integer, got 0.',
  ],
  [
    'three factors for two axes',
    () => UpSampling2D([2, 2, 2], { name: 'up' })(image(5, 7)),
    'UpSampling2D "up": expected size as one integer or a list of 2, got [2, 2, 2].',
  ],
])('refused: %s', (_, make, message) => {
  expect(make).toThrow(message)
})

// What the types refuse already, and files may hold.
test.each<[string, (options: object) => unknown, object, string]>([
  [
    'three sides',
    (options) => ZeroPadding1D(undefined, options),
    { name: 'around', padding: [1, 2, 3] },
    'ZeroPadding1D "around": expected padding as one integer or [before, after], got [1, 2, 3].',
  ],
  [
    'two axes',
    (options) => ZeroPadding3D(undefined, options),
    { name: 'around', padding: [1, 2] },
    'ZeroPadding3D "around": expected padding as one integer, [depth, height, width] or [[front, back], [top, bottom], [left, right]], got [1, 2].',
  ],
  [
    'three axes',
    (options) => Cropping2D(undefined, options),
    { name: 'cut', cropping: [1, 2, 3] },
    'Cropping2D "cut": expected cropping as one integer, [height, width] or [[top, bottom], [left, right]], got [1, 2, 3].',
  ],
  [
    'another interpolation',
    (options) => UpSampling2D(2, options),
    { name: 'up', interpolation: 'area' },
    "UpSampling2D \"up\": expected interpolation to be one of 'nearest', 'bilinear', 'bicubic', 'lanczos3', 'lanczos5', got \"area\".",
  ],
  [
    'another format',
    (options) => UpSampling2D(2, options),
    { name: 'up', dataFormat: 'channels_middle' },
    'UpSampling2D "up": expected dataFormat to be one of \'channels_last\', \'channels_first\', got "channels_middle".',
  ],
])('refused: %s', (_, make, options, message) => {
  expect(() => make(options)).toThrow(message)
})
