/** Convolutions and pooling: shapes by Keras's rules, its refusals, and volumes against the definition. */
import { expect, test } from 'vitest'
import {
  AveragePooling1D,
  AveragePooling2D,
  AveragePooling3D,
  type CallableLayer,
  Conv1D,
  Conv2D,
  Conv2DTranspose,
  Conv3D,
  Conv3DTranspose,
  ConvLSTM2D,
  ConvLSTM3D,
  Cropping2D,
  Cropping3D,
  Dense,
  Flatten,
  GlobalAveragePooling2D,
  GlobalAveragePooling3D,
  GlobalMaxPooling1D,
  GlobalMaxPooling3D,
  Input,
  MaxPooling1D,
  MaxPooling2D,
  MaxPooling3D,
  Sequential,
  type SymbolicTensor,
  UpSampling2D,
  UpSampling3D,
  ZeroPadding2D,
  ZeroPadding3D,
} from '../../src/index.ts'
import { biased, checkLayer, type Definition, type Grid } from '../support/checkLayer.ts'
import { convolveBy, type Lie, offsetOf } from '../support/convolve.ts'

const line = (steps: number, channels = 4): SymbolicTensor => Input([steps, channels])
const image = (height: number, width: number, channels = 4): SymbolicTensor =>
  Input([height, width, channels])
const volume = (depth: number, height: number, width: number): SymbolicTensor =>
  Input([depth, height, width, 4])

test.each<[string, () => SymbolicTensor, (number | null)[]]>([
  ['valid', () => Conv1D(6, 3)(line(10)), [null, 8, 6]],
  ['same', () => Conv1D(6, 4, { padding: 'same', strides: 3 })(line(10)), [null, 4, 6]],
  ['causal', () => Conv1D(6, 3, { padding: 'causal', dilationRate: 4 })(line(10)), [null, 10, 6]],
  ['dilation', () => Conv1D(6, 3, { dilationRate: 2 })(line(10)), [null, 6, 6]],
  ['two axes', () => Conv2D(6, [3, 2], { strides: [2, 1] })(image(9, 8)), [null, 4, 7, 6]],
  ['groups', () => Conv2D(6, 3, { groups: 2 })(image(9, 8)), [null, 7, 6, 6]],
  ['maximum', () => MaxPooling1D()(line(9)), [null, 4, 4]],
  ['maximum, same', () => MaxPooling2D(2, { padding: 'same' })(image(5, 4)), [null, 3, 2, 4]],
  ['mean, strides', () => AveragePooling1D(3, { strides: 1 })(line(9)), [null, 7, 4]],
  ['all there is', () => GlobalMaxPooling1D()(line(9)), [null, 4]],
  ['all there is, axes kept', () => GlobalAveragePooling2D({ keepdims: true })(image(3, 5)), [null, 1, 1, 4]],
  [
    'three axes',
    () => Conv3D(6, [3, 2, 1], { strides: [1, 2, 3], padding: 'same' })(volume(5, 7, 8)),
    [null, 5, 4, 3, 6],
  ],
  ['three axes, open', () => Conv3D(6, 2)(Input([null, 7, null, 4])), [null, null, 6, null, 6]],
  ['maximum of volumes', () => MaxPooling3D([1, 2, 3])(volume(5, 7, 8)), [null, 5, 3, 2, 4]],
  ['all there is of volumes', () => GlobalMaxPooling3D()(volume(5, 7, 8)), [null, 4]],
  [
    'all there is of volumes, axes kept',
    () => GlobalAveragePooling3D({ keepdims: true })(volume(5, 7, 8)),
    [null, 1, 1, 1, 4],
  ],
])('shape: %s', (_, make, shape) => {
  expect(make().shape).toEqual(shape)
})

test.each<[string, () => unknown, string]>([
  [
    'a window larger than its input',
    () => Conv1D(6, 5, { name: 'wide' })(line(4)),
    'Conv1D "wide": expected an input of at least 5 along axis 1, got 4 (input [batch, 4, 4]). Use a smaller window, or padding: \'same\'.',
  ],
  [
    'strides and dilation',
    () => Conv1D(6, 3, { name: 'both', strides: 2, dilationRate: 2 }),
    'Conv1D "both": expected strides or dilationRate of 1, got strides 2 and dilationRate 2.',
  ],
  [
    'filters that groups do not divide',
    () => Conv1D(5, 3, { name: 'odd', groups: 2 }),
    'Conv1D "odd": expected filters that 2 groups divide, got 5.',
  ],
  [
    'channels that groups do not divide',
    () => Conv1D(6, 3, { name: 'odd', groups: 3 })(line(9)),
    'Conv1D "odd": expected channels that 3 groups divide, got 4 (input [batch, 9, 4]).',
  ],
  [
    'causal in two dimensions',
    () => Conv2D(6, 3, { name: 'late', padding: 'causal' }),
    "Conv2D \"late\": expected padding 'valid' or 'same' in two dimensions, got 'causal'.",
  ],
  [
    'causal in three dimensions',
    () => Conv3D(6, 3, { name: 'late', padding: 'causal' }),
    "Conv3D \"late\": expected padding 'valid' or 'same' in three dimensions, got 'causal'.",
  ],
  [
    'an image',
    () => Conv3D(6, 3, { name: 'flat' })(image(9, 8)),
    'Conv3D "flat": expected input [batch, depth, height, width, channels], got [batch, 9, 8, 4].',
  ],
  [
    'an input without channels',
    () => Conv2D(6, 3, { name: 'flat' })(line(9)),
    'Conv2D "flat": expected input [batch, height, width, channels], got [batch, 9, 4].',
  ],
  [
    'three extents for two axes',
    () => Conv2D(6, [3, 3, 3], { name: 'deep' }),
    'Conv2D "deep": expected kernelSize as one integer or a list of 2, got [3, 3, 3].',
  ],
  [
    'a pool larger than its input',
    () => MaxPooling1D(5, { name: 'pool' })(line(4)),
    'MaxPooling1D "pool": expected an input of at least 5 along axis 1, got 4 (input [batch, 4, 4]). Use a smaller window, or padding: \'same\'.',
  ],
])('refused: %s', (_, make, message) => {
  expect(make).toThrow(message)
})

test('a step on volumes is launched as one on images', () => {
  const kernels = (input: SymbolicTensor, layers: readonly CallableLayer[]): readonly string[] => {
    const model = Sequential([input, ...layers, Flatten(), Dense(1)])
    model.compile({ loss: 'mse', optimizer: 'sgd' })
    return model.plan().kernels
  }
  const images = kernels(Input([4, 6, 6, 2]), [
    ConvLSTM2D(2, 3),
    ZeroPadding2D(1),
    Conv2D(3, 2),
    MaxPooling2D(2),
    Conv2DTranspose(2, 2),
    UpSampling2D(2),
    Cropping2D(1),
    AveragePooling2D(2),
  ])
  const volumes = kernels(Input([4, 6, 6, 6, 2]), [
    ConvLSTM3D(2, 3),
    ZeroPadding3D(1),
    Conv3D(3, 2),
    MaxPooling3D(2),
    Conv3DTranspose(2, 2),
    UpSampling3D(2),
    Cropping3D(1),
    AveragePooling3D(2),
  ])
  expect(volumes).toEqual(images)
})

/** kernel [...window, C / groups, F]. */
const convolved =
  (lie: Lie, groups = 1): Definition =>
  (x, { data, shape } = x, bias) => {
    const [channels = 1, filters = 1] = shape.slice(-2)
    const weightOf = (entry: readonly number[], c: number, f: number): number => {
      const group = Math.floor((f * groups) / filters)
      const inGroup = c - group * channels
      return inGroup < 0 || inGroup >= channels ? 0 : (data[offsetOf(shape, [...entry, inGroup, f])] ?? 0)
    }
    return biased(convolveBy(x, shape.slice(0, -2), filters, weightOf, lie), bias)
  }

/** The mean of windows, or of what of them lies inside. */
const meansOf =
  (window: readonly number[], lie: Lie): Definition =>
  ({ data, shape }) => {
    const channels = shape.at(-1) ?? 1
    const sum = (grid: Grid): Grid => convolveBy(grid, window, channels, (_, c, f) => Number(c === f), lie)
    const counts = sum({ data: data.map(() => 1), shape })
    const sums = sum({ data, shape })
    return { data: sums.data.map((total, i) => total / (counts.data[i] ?? 1)), shape: sums.shape }
  }

test.each<[string, () => CallableLayer, readonly number[], Definition]>([
  [
    'Conv3D, strides',
    () => Conv3D(3, [2, 3, 2], { strides: [2, 1, 2], padding: 'same' }),
    [3, 3, 4, 2],
    convolved({
      strides: [2, 1, 2],
      padding: [
        [0, 1],
        [1, 1],
        [0, 0],
      ],
    }),
  ],
  [
    'Conv3D, dilation and groups',
    () => Conv3D(4, 2, { dilationRate: [1, 2, 3], groups: 2, useBias: false }),
    [2, 3, 5, 2],
    convolved({ dilation: [1, 2, 3] }, 2),
  ],
  [
    'AveragePooling3D',
    () => AveragePooling3D([2, 1, 3], { strides: [1, 2, 2], padding: 'same' }),
    [3, 3, 4, 2],
    meansOf([2, 1, 3], {
      strides: [1, 2, 2],
      padding: [
        [0, 1],
        [0, 0],
        [0, 1],
      ],
    }),
  ],
])('%s', async (_, make, inputShape, define) => {
  await checkLayer(make, inputShape, define)
})
