/** Transposed convolutions against their definition, every rule of their extents, and what they refuse. */
import { expect, test } from 'vitest'
import { layerFromConfig } from '../../src/formats/config/layerConfig.ts'
import {
  type CallableLayer,
  Conv1DTranspose,
  Conv2DTranspose,
  Conv3DTranspose,
  Input,
  Sequential,
  type Tensor,
  tensor,
} from '../../src/index.ts'
import { chooseBackend, onEachBackend } from '../support/backends.ts'
import { biased, checkLayer, type Definition, type Grid } from '../support/checkLayer.ts'
import { expectClose } from '../support/compare.ts'
import { convolveBy, indexesOf, offsetOf } from '../support/convolve.ts'
import { sampled } from '../support/sampled.ts'

/** One axis of a transposed convolution. */
interface Axis {
  readonly stride: number
  readonly dilation: number
  /** Zeros before and after the stretched input. */
  readonly sides: readonly [number, number]
}

const axis = (stride: number, dilation: number, before: number, after: number): Axis => ({
  stride,
  dilation,
  sides: [before, after],
})

/** Entries of x, `strides` apart, with zeros between them. */
function stretched({ data, shape: [batch = 1, ...rest] }: Grid, strides: readonly number[]): Grid {
  const wide = [batch, ...rest.map((extent, k) => (extent - 1) * (strides[k] ?? 1) + 1)]
  const y = Array<number>(wide.reduce((product, extent) => product * extent, 1)).fill(0)
  indexesOf([batch, ...rest]).forEach(([b = 0, ...index], i) => {
    y[offsetOf(wide, [b, ...index.map((at, k) => at * (strides[k] ?? 1))])] = data[i] ?? 0
  })
  return { data: y, shape: wide }
}

/** The stretched input by the kernel [...window, F, C] turned around. */
const transposed =
  (...axes: readonly Axis[]): Definition =>
  (x, { data, shape } = x, bias) => {
    const window = shape.slice(0, -2)
    const y = convolveBy(
      stretched(x, [...axes.map(({ stride }) => stride), 1]),
      window,
      shape.at(-2) ?? 1,
      (entry, c, f) => {
        const turned = entry.map((i, k) => (window[k] ?? 1) - 1 - i)
        return data[offsetOf(shape, [...turned, f, c])] ?? 0
      },
      { dilation: axes.map(({ dilation }) => dilation), padding: axes.map(({ sides }) => sides) },
    )
    return biased(y, bias)
  }

const lines = [5, 3]
const images = [4, 3, 3]
const volumes = [2, 3, 3, 2]

test.each<[string, () => CallableLayer, readonly number[], Definition]>([
  ['valid', () => Conv1DTranspose(4, 3), lines, transposed(axis(1, 1, 2, 2))],
  ['valid, strides', () => Conv1DTranspose(4, 3, { strides: 2 }), lines, transposed(axis(2, 1, 2, 2))],
  [
    'valid, strides longer than the window',
    () => Conv1DTranspose(4, 2, { strides: 3 }),
    lines,
    transposed(axis(3, 1, 1, 2)),
  ],
  [
    'same, strides',
    () => Conv1DTranspose(4, 4, { strides: 2, padding: 'same' }),
    lines,
    transposed(axis(2, 1, 2, 2)),
  ],
  [
    'same, an odd number cut off',
    () => Conv1DTranspose(4, 3, { strides: 2, padding: 'same', useBias: false }),
    lines,
    transposed(axis(2, 1, 2, 1)),
  ],
  [
    'same, dilation',
    () => Conv1DTranspose(4, 3, { dilationRate: 2, padding: 'same' }),
    lines,
    transposed(axis(1, 2, 2, 2)),
  ],
  [
    'same, output padding',
    () => Conv1DTranspose(4, 5, { strides: 3, padding: 'same', outputPadding: 1 }),
    lines,
    transposed(axis(3, 1, 3, 2)),
  ],
  [
    'more filters than a tile has columns, activation',
    () => Conv1DTranspose(35, 2, { strides: 2, activation: 'tanh' }),
    [3, 2],
    (...given) => {
      const { data, shape } = transposed(axis(2, 1, 1, 1))(...given)
      return { data: data.map(Math.tanh), shape }
    },
  ],
  [
    'two axes',
    () => Conv2DTranspose(4, [2, 3], { strides: [1, 2] }),
    images,
    transposed(axis(1, 1, 1, 1), axis(2, 1, 2, 2)),
  ],
  [
    'two axes, same, output padding',
    () => Conv2DTranspose(2, [3, 4], { strides: [2, 3], padding: 'same', outputPadding: [1, 2] }),
    images,
    transposed(axis(2, 1, 2, 1), axis(3, 1, 2, 2)),
  ],
  [
    'three axes, same, output padding',
    () => Conv3DTranspose(3, [3, 2, 1], { strides: [2, 1, 3], padding: 'same', outputPadding: [1, 0, 2] }),
    volumes,
    transposed(axis(2, 1, 2, 1), axis(1, 1, 0, 0), axis(3, 1, 0, 2)),
  ],
  [
    'three axes, valid, dilation',
    () => Conv3DTranspose(2, 2, { dilationRate: [1, 2, 1], activation: 'linear' }),
    volumes,
    transposed(axis(1, 1, 1, 1), axis(1, 2, 2, 2), axis(1, 1, 1, 1)),
  ],
])('%s', async (_, make, inputShape, define) => {
  await checkLayer(make, inputShape, define)
})

onEachBackend(() => {
  test.each<['valid' | 'same', number[]]>([
    ['valid', [1, 10, 102, 20, 203, 30, 300]],
    ['same', [1, 10, 102, 20, 203, 30]],
  ])('each entry writes a window: %s', async (padding, expected) => {
    const model = Sequential([Conv1DTranspose(1, 3, { strides: 2, padding, inputShape: [3, 1] })])
    model.setWeights([tensor([1, 10, 100], [3, 1, 1]), tensor([0], [1])])
    const y = await model.predict<Tensor>(tensor([1, 2, 3], [1, 3, 1]))
    expect([...y.data]).toEqual(expected)
  })
})

/**
 * The zeros before and after the stretched input, by Keras's rules for the backend that asks for them.
 *
 * @see keras/src/backend/common/backend_utils.py, _convert_conv_transpose_padding_args_from_keras_to_jax
 */
function sidesOf(
  span: number,
  stride: number,
  padding: 'valid' | 'same',
  outputPadding: number | null,
): readonly [number, number] {
  if (padding === 'valid') return [span - 1, span - 1 + (outputPadding ?? Math.max(span, stride) - span)]
  const both = outputPadding === null ? stride + span - 2 : span + (span % 2) - 2 + outputPadding
  const before = Math.min(Math.ceil(both / 2), span - 1)
  return [before, both - before]
}

const small = [1, 2, 3, 4]
const rules = small.flatMap((window) =>
  small.flatMap((stride) =>
    ([null, 0, 1, 2, 3] as const)
      .filter((extra) => extra === null || extra < stride)
      .flatMap((outputPadding) =>
        (['valid', 'same'] as const).map((padding) => ({ window, stride, padding, outputPadding })),
      ),
  ),
)

test.each(sampled(rules, 6))('window $window, stride $stride, $padding, $outputPadding', async (rule) => {
  await chooseBackend('cpu')
  const { window, stride, padding, outputPadding } = rule
  const model = Sequential([
    Conv1DTranspose(1, window, { strides: stride, padding, outputPadding, inputShape: [3, 1] }),
  ])
  const kernel = { data: Array.from({ length: window }, (_, k) => 1 + k), shape: [window, 1, 1] }
  const x = { data: [1, 2, 4], shape: [1, 3, 1] }
  const sides = sidesOf(window, stride, padding, outputPadding)
  const expected = transposed({ stride, dilation: 1, sides })(x, kernel)
  model.setWeights([tensor(kernel.data, kernel.shape), tensor([0], [1])])
  const y = await model.predict<Tensor>(tensor(x.data, x.shape))
  expect(y.shape).toEqual(expected.shape)
  expectClose('output', y.data, expected.data, 0)
})

test.each<[string, () => CallableLayer, (number | null)[], (number | null)[]]>([
  ['dilation', () => Conv1DTranspose(6, 3, { dilationRate: 2 }), [9, 5], [null, 13, 6]],
  ['unknown length', () => Conv1DTranspose(6, 3, { strides: 2 }), [null, 5], [null, null, 6]],
  [
    'one output padding',
    () => Conv2DTranspose(6, 3, { strides: 2, outputPadding: 0 }),
    [4, 3, 5],
    [null, 9, 7, 6],
  ],
])('shape: %s', (_, make, input, shape) => {
  expect(make()(Input(input)).shape).toEqual(shape)
})

test('weights are named as in Keras', () => {
  const layers = [Conv1DTranspose(6, 3, { name: 'up' }), Conv2DTranspose(6, [3, 2], { name: 'wide' })]
  layers.forEach((layer, i) => {
    layer(Input(i === 0 ? [9, 5] : [9, 9, 5]))
  })
  const weights = layers.flatMap((layer) =>
    layer.variables.map(({ path, shape }) => `${path} ${shape.join()}`),
  )
  expect(weights).toEqual(['up/kernel 3,6,5', 'up/bias 6', 'wide/kernel 3,2,6,5', 'wide/bias 6'])
})

test('is read from a file', () => {
  const initializer = (className: string, own: object = {}) => ({
    module: 'keras.initializers',
    class_name: className,
    config: { ...own },
    registered_name: null,
  })
  const config = {
    name: 'read',
    trainable: true,
    dtype: 'float32',
    filters: 6,
    kernel_size: [3, 3],
    strides: [2, 2],
    padding: 'same',
    output_padding: [1, 0],
    data_format: 'channels_last',
    dilation_rate: [1, 1],
    activation: 'relu',
    use_bias: true,
    kernel_initializer: initializer('GlorotUniform', { seed: null }),
    bias_initializer: initializer('Zeros'),
    kernel_regularizer: null,
    bias_regularizer: null,
    activity_regularizer: null,
    kernel_constraint: null,
    bias_constraint: null,
  }
  const layer = layerFromConfig({ class_name: 'Conv2DTranspose', config }, 'model.keras')
  expect(layer.outputShapes([[null, 4, 4, 5]])).toEqual([[null, 8, 7, 6]])
  expect(layer.config).toMatchObject({ outputPadding: [1, 0], activation: 'relu' })
})

test.each<[string, () => unknown, string]>([
  [
    'output padding of a stride',
    () => Conv2DTranspose(6, 3, { name: 'up', strides: [2, 3], outputPadding: 2 }),
    'Conv2DTranspose "up": expected outputPadding below the strides, 2,3, got 2,2.',
  ],
  [
    'negative output padding',
    () => Conv1DTranspose(6, 3, { name: 'up', outputPadding: -1 }),
    'Conv1DTranspose "up": expected outputPadding to be an integer of at least 0, got -1.',
  ],
  [
    'three extents for two axes',
    () => Conv2DTranspose(6, 3, { name: 'up', strides: 2, outputPadding: [1, 1, 1] }),
    'Conv2DTranspose "up": expected outputPadding as one integer or a list of 2, got [1, 1, 1].',
  ],
  [
    'strides and dilation',
    () => Conv2DTranspose(6, 3, { name: 'both', strides: [1, 2], dilationRate: [2, 1] }),
    'Conv2DTranspose "both": expected strides or dilationRate of 1, got strides 1, 2 and dilationRate 2, 1.',
  ],
  [
    'nothing left',
    () =>
      Conv1DTranspose(6, 2, { name: 'gone', padding: 'same', strides: 2, outputPadding: 0 })(Input([1, 3])),
    'Conv1DTranspose "gone": expected an output of at least 1 along axis 1, got 0 (input [batch, 1, 3]). Leave outputPadding out, or use padding: \'valid\'.',
  ],
  [
    'an input without channels',
    () => Conv2DTranspose(6, 3, { name: 'flat' })(Input([9, 4])),
    'Conv2DTranspose "flat": expected input [batch, height, width, channels], got [batch, 9, 4].',
  ],
  [
    'other channels than it was built for',
    () => {
      const layer = Conv1DTranspose(6, 2, { name: 'twice' })
      layer(Input([4, 3]))
      layer(Input([4, 6]))
    },
    'Conv1DTranspose "twice": expected 3 channels, for which it has its weights, got [batch, 4, 6]. Make another layer for other channels.',
  ],
])('refused: %s', (_, make, message) => {
  expect(make).toThrow(message)
})
