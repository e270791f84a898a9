// Functions of TensorFlow and of Keras's backend on tensors of a model that `ops` has under other arguments or in several parts: images,
// windows over them, and complex numbers, which are lists of two here.

import { describeValue, fail } from '../errors.ts'
import { SymbolicTensor } from '../layers/symbolicTensor.ts'
import * as ops from '../operations/index.ts'
import { dropout } from '../operations/random.ts'
import { namedWindow } from '../operations/signalWindow.ts'
import { Tensor } from '../util/tensor.ts'

/** Arguments of a call by name. */
export type Given = ReadonlyMap<string, unknown>

/** A function that is made of `ops`, with the names of its parameters in their order. */
export interface Composed {
  readonly parameters: readonly string[]
  readonly make: (given: Given) => unknown
}

/** What says how a call is carried out and named, and not what it computes. */
const BESIDE = ['name', 'dtype', 'validateShape']

/** The arguments of a call by the names of parameters; the first tensor goes by any name that it has elsewhere. */
export function argumentsByName(
  { parameters: [first = '', ...others] }: Composed,
  placed: readonly unknown[],
  named: Given,
): Given {
  const names = [first, ...others]
  const byPlace = placed.map((value, i) => [names[i] ?? `argument ${i + 1}`, value] as const)
  const byName = [...named].map(([name, value]) =>
    names.includes(name) || !/^(x|inputs?|value|features|tensor)$/.test(name)
      ? ([name, value] as const)
      : ([first, value] as const),
  )
  return new Map([...byPlace, ...byName])
}

/** Refuses arguments that the function here does not take. */
export function checkArguments(path: string, { parameters }: Composed, given: Given): void {
  for (const [name, value] of given)
    if (!parameters.includes(name) && !BESIDE.includes(name) && value !== null && value !== false)
      fail(path, { expected: `arguments among ${parameters.join(', ')}`, got: name })
}

type Pair = readonly [real: SymbolicTensor, imaginary: SymbolicTensor]

const isPair = (value: unknown): value is Pair =>
  Array.isArray(value) && value.length === 2 && value.every((part) => part instanceof SymbolicTensor)

const tensorOf = (given: Given, name: string): SymbolicTensor => given.get(name) as SymbolicTensor

const numberOf = (given: Given, name: string, fallback: number): number =>
  (given.get(name) as number | null | undefined) ?? fallback

/** A complex tensor as `ops` has it, of one or of real numbers. */
const complexOf = (value: unknown): Pair =>
  isPair(value) ? value : [value as SymbolicTensor, ops.zerosLike(value as SymbolicTensor)]

/** Extents over space, which TensorFlow may give with those of the batch and of the channels. */
function overSpace(value: unknown): number | number[] {
  if (!Array.isArray(value)) return (value as number | null | undefined) ?? 1
  return (value.length > 3 ? value.slice(1, -1) : value) as number[]
}

function paddingOf(given: Given): 'valid' | 'same' {
  const padding = String(given.get('padding') ?? 'valid').toLowerCase()
  return padding === 'same' || padding === 'valid'
    ? padding
    : fail('padding', { expected: "'valid' or 'same'", got: describeValue(given.get('padding')) })
}

const formatOf = (given: Given): 'channels_first' | 'channels_last' =>
  /^(NC|channels_first)/.test(String(given.get('dataFormat'))) ? 'channels_first' : 'channels_last'

/** A convolution by a function of `ops`, with the names that the kernel, its strides and its dilation have. */
const convolution = (
  convolve: typeof ops.conv,
  [kernel, strides, dilation]: readonly [kernel: string, strides: string, dilation: string],
): Composed => ({
  parameters: ['input', kernel, strides, 'padding', 'dataFormat', dilation],
  make: (given) =>
    convolve(tensorOf(given, 'input'), tensorOf(given, kernel), {
      strides: overSpace(given.get(strides)),
      padding: paddingOf(given),
      dataFormat: formatOf(given),
      dilationRate: overSpace(given.get(dilation)),
    }),
})

const pooling = (pool: typeof ops.maxPool): Composed => ({
  parameters: ['input', 'ksize', 'strides', 'padding', 'dataFormat'],
  make: (given) =>
    pool(tensorOf(given, 'input'), overSpace(given.get('ksize')) as number[], {
      strides: overSpace(given.get('strides') ?? given.get('ksize')) as number[],
      padding: paddingOf(given),
      dataFormat: formatOf(given),
    }),
})

type Widths = readonly [before: number, behind: number]

/** Zeros around the axes over space, as the argument `padding` says it of each. */
const zeroPadding = (widthsOf: (padding: unknown) => readonly Widths[]): Composed => ({
  parameters: ['x', 'padding', 'dataFormat'],
  make(given) {
    const widths = widthsOf(given.get('padding'))
    const none: Widths = [0, 0]
    const isFirst = formatOf(given) === 'channels_first'
    return ops.pad(tensorOf(given, 'x'), isFirst ? [none, none, ...widths] : [none, ...widths, none])
  },
})

/** Where a window over one axis begins, how often, and the zeros around the axis for padding 'same'. */
function windowsOver(extent: number | null, size: number, stride: number, rate: number, isSame: boolean) {
  const reach = (size - 1) * rate + 1
  if (extent === null)
    return fail('extract_patches', { expected: 'images of known extents', got: 'an open extent' })
  const count = isSame ? Math.ceil(extent / stride) : Math.floor((extent - reach) / stride) + 1
  const around = isSame ? Math.max(0, (count - 1) * stride + reach - extent) : 0
  const before = Math.floor(around / 2)
  return { count, padding: [before, around - before] as const }
}

/** Windows of images, row by row in the last axis: `[batch, h, w, c]` → `[batch, rows, columns, size² · c]`. */
function extractPatches(given: Given): SymbolicTensor {
  const images = tensorOf(given, 'images')
  const both = (name: string): [number, number] => {
    const value = overSpace(given.get(name))
    return typeof value === 'number' ? [value, value] : [value[0] ?? 1, value[1] ?? value[0] ?? 1]
  }
  const [sizes, strides, rates] = [both('sizes'), both('strides'), both('rates')]
  const isSame = paddingOf(given) === 'same'
  const [rows, columns] = [0, 1].map((axis) =>
    windowsOver(
      images.shape[axis + 1] ?? null,
      sizes[axis] as number,
      strides[axis] as number,
      rates[axis] as number,
      isSame,
    ),
  ) as [ReturnType<typeof windowsOver>, ReturnType<typeof windowsOver>]
  const x = isSame ? ops.pad(images, [[0, 0], rows.padding, columns.padding, [0, 0]]) : images
  const along = (axis: 0 | 1, at: number, count: number): readonly number[] => {
    const first = at * rates[axis]
    return [first, first + (count - 1) * strides[axis] + 1, strides[axis]]
  }
  const parts = Array.from({ length: sizes[0] * sizes[1] }, (_, i) =>
    ops.getItem(x, [
      null,
      along(0, Math.floor(i / sizes[1]), rows.count),
      along(1, i % sizes[1], columns.count),
    ]),
  )
  return ops.concatenate(parts, -1)
}

/** The transforms of windows over the last axis, as TensorFlow has them: each begins where it lies, with zeros behind it. */
function shortTimeTransform(given: Given): unknown {
  const length = numberOf(given, 'frameLength', 1)
  const frames = ops.extractSequences(
    tensorOf(given, 'signals'),
    length,
    numberOf(given, 'frameStep', length),
  )
  const size = numberOf(given, 'fftLength', 2 ** Math.ceil(Math.log2(length)))
  const window = new Tensor(Float32Array.from(namedWindow('hann', length, length)), [length])
  return ops.rfft(ops.multiply(frames, window), size)
}

/** A part of images by its corner and its extents. */
function cropped(given: Given): SymbolicTensor {
  const image = tensorOf(given, 'image')
  const [top, left, height, width] = ['offsetHeight', 'offsetWidth', 'targetHeight', 'targetWidth'].map(
    (name) => numberOf(given, name, 0),
  ) as [number, number, number, number]
  return ops.getItem(image, ['...', [top, top + height], [left, left + width], [null]])
}

const ofComplex = (
  name: string,
  make: (parts: Pair) => unknown,
  otherwise: (x: SymbolicTensor) => unknown,
): Composed => ({
  parameters: [name],
  make(given) {
    const [value] = [...given.values()]
    return isPair(value) ? make(value) : otherwise(value as SymbolicTensor)
  },
})

const transform = (make: (x: Pair) => unknown): Composed => ({
  parameters: ['input'],
  make: (given) => make(complexOf([...given.values()][0])),
})

const realPart = ofComplex(
  'input',
  ([real]) => real,
  (x) => x,
)
const imaginaryPart = ofComplex(
  'input',
  ([, imaginary]) => imaginary,
  (x) => ops.zerosLike(x),
)
const magnitude = ofComplex(
  'x',
  ([real, imaginary]) => ops.sqrt(ops.add(ops.square(real), ops.square(imaginary))),
  (x) => ops.absolute(x),
)
const crop: Composed = {
  parameters: ['image', 'offsetHeight', 'offsetWidth', 'targetHeight', 'targetWidth'],
  make: cropped,
}
const flipped = (axis: number): Composed => ({
  parameters: ['image'],
  make: (given) => ops.flip(tensorOf(given, 'image'), axis),
})

const KERNEL = ['filters', 'strides', 'dilations'] as const
const BACKEND = ['kernel', 'strides', 'dilationRate'] as const

/** By the last two names of their paths, or by the last alone. */
export const tensorflowCalls: Readonly<Record<string, Composed>> = {
  pad: {
    parameters: ['tensor', 'paddings', 'mode', 'constantValues'],
    make(given) {
      const mode = String(given.get('mode') ?? 'constant').toLowerCase()
      return ops.pad(
        tensorOf(given, 'tensor'),
        given.get('paddings') as [number, number][],
        mode as 'constant',
        mode === 'constant' ? numberOf(given, 'constantValues', 0) : null,
      )
    },
  },
  'nn.dropout': {
    parameters: ['x', 'rate', 'noiseShape', 'seed'],
    make: (given) =>
      dropout(
        tensorOf(given, 'x'),
        numberOf(given, 'rate', 0),
        (given.get('noiseShape') as number[] | undefined) ?? null,
        (given.get('seed') as number | undefined) ?? null,
      ),
  },
  'nn.conv1d': convolution(ops.conv, ['filters', 'stride', 'dilations']),
  'nn.conv2d': convolution(ops.conv, KERNEL),
  'nn.conv3d': convolution(ops.conv, KERNEL),
  'nn.depthwise_conv2d': convolution(ops.depthwiseConv, ['filter', 'strides', 'dilations']),
  'backend.conv1d': convolution(ops.conv, BACKEND),
  'backend.conv2d': convolution(ops.conv, BACKEND),
  'nn.max_pool': pooling(ops.maxPool),
  'nn.max_pool1d': pooling(ops.maxPool),
  'nn.max_pool2d': pooling(ops.maxPool),
  'nn.avg_pool': pooling(ops.averagePool),
  'nn.avg_pool1d': pooling(ops.averagePool),
  'nn.avg_pool2d': pooling(ops.averagePool),
  temporal_padding: zeroPadding((widths = [1, 1]) => [widths as Widths]),
  spatial_2d_padding: zeroPadding(
    (
      widths = [
        [1, 1],
        [1, 1],
      ],
    ) => widths as Widths[],
  ),
  'image.extract_patches': {
    parameters: ['images', 'sizes', 'strides', 'rates', 'padding'],
    make: extractPatches,
  },
  'image.crop_to_bounding_box': crop,
  'image.flip_left_right': flipped(-2),
  'image.flip_up_down': flipped(-3),
  'signal.stft': {
    parameters: ['signals', 'frameLength', 'frameStep', 'fftLength'],
    make: shortTimeTransform,
  },
  'signal.fft': transform((x) => ops.fft(x)),
  'signal.fft2d': transform((x) => ops.fft2(x)),
  'signal.ifft2d': transform((x) => ops.ifft2(x)),
  // Other types are passed over before.
  cast: { parameters: ['x', 'dtype'], make: (given) => complexOf(tensorOf(given, 'x')) },
  complex: { parameters: ['real', 'imag'], make: (given) => [...given.values()] },
  real: realPart,
  imag: imaginaryPart,
  abs: magnitude,
}
