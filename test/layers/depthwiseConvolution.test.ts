/** Depthwise and separable convolutions against their definition, their shapes, and what they refuse. */
import { expect, test } from 'vitest'
import { layerFromConfig } from '../../src/formats/config/layerConfig.ts'
import {
  type CallableLayer,
  Conv1D,
  DepthwiseConv1D,
  DepthwiseConv2D,
  Input,
  SeparableConv1D,
  SeparableConv2D,
  Sequential,
  tensor,
} from '../../src/index.ts'
import { onCpuFirst } from '../support/backends.ts'
import { biased, checkLayer, type Definition, type Grid, product } from '../support/checkLayer.ts'
import { convolveBy, type Lie, offsetOf } from '../support/convolve.ts'

/** kernel [...window, C, M]: output c·M + m is channel c by kernel m. */
function channelsApart(x: Grid, { data, shape }: Grid, lie: Lie): Grid {
  const [channels = 1, multiplier = 1] = shape.slice(-2)
  const weightOf = (entry: readonly number[], c: number, f: number): number => {
    const [from, m] = [Math.floor(f / multiplier), f % multiplier]
    return from === c ? (data[offsetOf(shape, [...entry, c, m])] ?? 0) : 0
  }
  return convolveBy(x, shape.slice(0, -2), channels * multiplier, weightOf, lie)
}

const depthwise =
  (lie: Lie): Definition =>
  (x, kernel = x, bias) =>
    biased(channelsApart(x, kernel, lie), bias)

const separable =
  (lie: Lie): Definition =>
  (x, kernel = x, pointwise = x, bias) =>
    biased(product(channelsApart(x, kernel, lie), pointwise), bias)

const tanh =
  (define: Definition): Definition =>
  (...given) => {
    const { data, shape } = define(...given)
    return { data: data.map(Math.tanh), shape }
  }

/** Windows in one dimension. */
const line = (stride: number, dilation: number, before: number, after: number): Lie => ({
  strides: [stride],
  dilation: [dilation],
  padding: [[before, after]],
})

const lines = [7, 3]
const images = [5, 6, 3]

test.each<[string, () => CallableLayer, readonly number[], Definition]>([
  ['depthwise', () => DepthwiseConv1D(3), lines, depthwise(line(1, 1, 0, 0))],
  [
    'depthwise, two kernels per channel, strides',
    () => DepthwiseConv1D(3, { depthMultiplier: 2, strides: 2, padding: 'same' }),
    lines,
    depthwise(line(2, 1, 1, 1)),
  ],
  [
    'depthwise, dilation, activation, no bias',
    () => DepthwiseConv1D(2, { dilationRate: 3, padding: 'same', activation: 'tanh', useBias: false }),
    lines,
    tanh(depthwise(line(1, 3, 1, 2))),
  ],
  [
    'depthwise, strides and dilation',
    () => DepthwiseConv1D(2, { dilationRate: 2, strides: 2 }),
    lines,
    depthwise(line(2, 2, 0, 0)),
  ],
  [
    'depthwise, two axes',
    () => DepthwiseConv2D([2, 3], { depthMultiplier: 2, strides: [2, 1], padding: 'same' }),
    images,
    depthwise({
      strides: [2, 1],
      padding: [
        [0, 1],
        [1, 1],
      ],
    }),
  ],
  [
    'depthwise, more kernels per channel than a tile has columns',
    () => DepthwiseConv1D(2, { depthMultiplier: 35 }),
    [4, 3],
    depthwise(line(1, 1, 0, 0)),
  ],
  ['separable', () => SeparableConv1D(4, 3), lines, separable(line(1, 1, 0, 0))],
  [
    'separable, two kernels per channel, strides, activation',
    () => SeparableConv1D(4, 3, { depthMultiplier: 2, strides: 3, padding: 'same', activation: 'tanh' }),
    lines,
    tanh(separable(line(3, 1, 1, 1))),
  ],
  [
    'separable, dilation, no bias',
    () => SeparableConv1D(1, 3, { dilationRate: 2, useBias: false }),
    lines,
    separable(line(1, 2, 0, 0)),
  ],
  [
    'separable, two axes',
    () => SeparableConv2D(4, [2, 3], { dilationRate: [1, 2] }),
    images,
    separable({ dilation: [1, 2] }),
  ],
])('%s', async (_, make, inputShape, define) => {
  await checkLayer(make, inputShape, define)
})

onCpuFirst(() => {
  test('the outputs of one channel lie side by side', async () => {
    const model = Sequential([DepthwiseConv1D(1, { depthMultiplier: 2, inputShape: [1, 2] })])
    model.setWeights([tensor([1, 2, 3, 4], [1, 2, 2]), tensor([0, 0, 0, 0.5], [4])])
    const y = await model.predict(tensor([10, 100], [1, 1, 2]))
    expect(y.toArray()).toEqual([[[10, 20, 300, 400.5]]])
  })
})

test.each<[string, () => CallableLayer, (number | null)[], (number | null)[]]>([
  ['depthwise', () => DepthwiseConv1D(3, { depthMultiplier: 4, strides: 2 }), [9, 5], [null, 4, 20]],
  ['depthwise, same', () => DepthwiseConv2D(3, { padding: 'same', strides: 2 }), [9, 8, 5], [null, 5, 4, 5]],
  ['separable', () => SeparableConv1D(6, 3, { dilationRate: 2 }), [9, 5], [null, 5, 6]],
  ['separable, unknown length', () => SeparableConv1D(6, 3), [null, 5], [null, null, 6]],
])('shape: %s', (_, make, input, shape) => {
  expect(make()(Input(input)).shape).toEqual(shape)
})

test('weights are named as in Keras', () => {
  const x = Input([9, 5])
  const weights = [
    DepthwiseConv1D(3, { name: 'deep', depthMultiplier: 2 }),
    SeparableConv1D(6, 3, { name: 'apart', depthMultiplier: 2 }),
    SeparableConv2D(6, [3, 2], { name: 'wide', useBias: false }),
  ].flatMap((layer, i) => {
    layer(i === 2 ? Input([9, 9, 5]) : x)
    return layer.variables.map(({ path, shape }) => `${path} ${shape.join()}`)
  })
  expect(weights).toEqual([
    'deep/kernel 3,5,2',
    'deep/bias 10',
    'apart/depthwise_kernel 3,5,2',
    'apart/pointwise_kernel 1,10,6',
    'apart/bias 6',
    'wide/depthwise_kernel 3,2,5,1',
    'wide/pointwise_kernel 1,1,5,6',
  ])
})

const zeros = { module: 'keras.initializers', class_name: 'Zeros', config: {}, registered_name: null }
const uniform = {
  module: 'keras.initializers',
  class_name: 'GlorotUniform',
  config: { seed: null },
  registered_name: null,
}

test.each([
  ['DepthwiseConv1D', {}],
  [
    'SeparableConv1D',
    {
      filters: 6,
      pointwise_initializer: uniform,
      pointwise_regularizer: null,
      pointwise_constraint: null,
    },
  ],
])('%s is read from a file', (className, own) => {
  const config = {
    name: 'read',
    trainable: true,
    dtype: 'float32',
    depth_multiplier: 2,
    kernel_size: [3],
    strides: [2],
    padding: 'same',
    data_format: 'channels_last',
    dilation_rate: [1],
    activation: 'relu',
    use_bias: true,
    depthwise_initializer: uniform,
    bias_initializer: zeros,
    depthwise_regularizer: null,
    bias_regularizer: null,
    activity_regularizer: null,
    depthwise_constraint: null,
    bias_constraint: null,
    ...own,
  }
  const layer = layerFromConfig({ class_name: className, config }, 'model.keras')
  expect(layer.outputShapes([[null, 9, 5]])).toEqual([[null, 5, className === 'DepthwiseConv1D' ? 10 : 6]])
  expect(layer.config).toMatchObject({ depthMultiplier: 2, strides: [2], activation: 'relu' })
})

test.each<[string, () => unknown, string]>([
  [
    'a window larger than its input',
    () => DepthwiseConv1D(5, { name: 'wide' })(Input([4, 3])),
    'DepthwiseConv1D "wide": expected an input of at least 5 along axis 1, got 4 (input [batch, 4, 3]). Use a smaller window, or padding: \'same\'.',
  ],
  [
    'causal padding',
    () =>
      layerFromConfig(
        {
          class_name: 'SeparableConv1D',
          config: { name: 'late', filters: 2, kernel_size: [3], padding: 'causal' },
        },
        'file',
      ),
    'SeparableConv1D "late": expected padding to be one of \'valid\', \'same\', got "causal".',
  ],
  [
    'a multiplier of zero',
    () => SeparableConv1D(2, 3, { name: 'none', depthMultiplier: 0 }),
    'SeparableConv1D "none": expected depthMultiplier to be a positive integer, got 0.',
  ],
  [
    'an unknown number of channels',
    () => DepthwiseConv1D(2, { name: 'open' })(Input([4, null])),
    'DepthwiseConv1D "open": expected a known number of channels (axis 2), got [batch, 4, null]. Give it in inputShape.',
  ],
  [
    'an input without channels',
    () => SeparableConv2D(6, 3, { name: 'flat' })(Input([9, 4])),
    'SeparableConv2D "flat": expected input [batch, height, width, channels], got [batch, 9, 4].',
  ],
  [
    'other channels than it was built for',
    () => {
      const layer = DepthwiseConv1D(2, { name: 'twice' })
      layer(Input([4, 3]))
      layer(Input([4, 5]))
    },
    'DepthwiseConv1D "twice": expected 3 channels, for which it has its weights, got [batch, 4, 5]. Make another layer for other channels.',
  ],
  [
    'other channels than it was built for, in groups',
    () => {
      const layer = Conv1D(4, 2, { name: 'twice', groups: 2 })
      layer(Input([4, 6]))
      layer(Input([4, 8]))
    },
    'Conv1D "twice": expected 6 channels, for which it has its weights, got [batch, 4, 8]. Make another layer for other channels.',
  ],
])('refused: %s', (_, make, message) => {
  expect(make).toThrow(message)
})
