// Functions of TensorFlow and of Keras's backend on tensors of a model that `ops` has under other arguments or in several parts: images,
// windows over them, and complex numbers, which are lists of two here.

import { describeValue, fail } from '../errors.ts'
import type { Sides } from '../layers/convolutional/spatial.ts'
import { INTERPOLATIONS } from '../layers/reshaping/resampling.ts'
import { SymbolicTensor } from '../layers/symbolicTensor.ts'
import * as ops from '../operations/index.ts'
import { dropout } from '../operations/random.ts'
import { namedWindow } from '../operations/signalWindow.ts'
import { showShape } from '../util/shape.ts'
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
export function argumentsByName({ parameters }: Composed, placed: readonly unknown[], named: Given): Given {
  const [first = ''] = parameters
  const nameOf = (name: string): string =>
    !parameters.includes(name) && /^(x|inputs?|value|features|tensor)$/.test(name) ? first : name
  return new Map([
    ...placed.map((value, i) => [parameters[i] ?? `argument ${i + 1}`, value] as const),
    ...[...named].map(([name, value]) => [nameOf(name), value] as const),
  ])
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
function spaceOf(value: unknown): number | number[] {
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
      strides: spaceOf(given.get(strides)),
      padding: paddingOf(given),
      dataFormat: formatOf(given),
      dilationRate: spaceOf(given.get(dilation)),
    }),
})

const pooling = (pool: typeof ops.maxPool): Composed => ({
  parameters: ['input', 'ksize', 'strides', 'padding', 'dataFormat'],
  make: (given) =>
    pool(tensorOf(given, 'input'), spaceOf(given.get('ksize')) as number[], {
      strides: spaceOf(given.get('strides') ?? given.get('ksize')) as number[],
      padding: paddingOf(given),
      dataFormat: formatOf(given),
    }),
})

/** Zeros around so many axes over space, of which one alone has its widths without a list around them. */
const zeroPadding = (axes: number): Composed => ({
  parameters: ['x', 'padding', 'dataFormat'],
  make(given) {
    const padding = given.get('padding')
    const listed = axes === 1 && padding !== undefined ? [padding] : padding
    const widths = (listed ?? Array.from({ length: axes }, () => [1, 1])) as Sides[]
    const none: Sides = [0, 0]
    const isFirst = formatOf(given) === 'channels_first'
    return ops.pad(tensorOf(given, 'x'), isFirst ? [none, none, ...widths] : [none, ...widths, none])
  },
})

function resized(given: Given): SymbolicTensor {
  const method = String(given.get('method') ?? 'bilinear').toLowerCase()
  // Those of Keras are TensorFlow's, too, which has others besides.
  const interpolation = INTERPOLATIONS.find((one) => one === method)
  if (interpolation === undefined)
    return fail('image.resize', {
      expected: `method among ${INTERPOLATIONS.join(', ')}`,
      got: describeValue(method),
    })
  const images = tensorOf(given, 'images')
  const size = given.get('size') as [number, number]
  const keepsRatio = given.get('preserveAspectRatio') === true
  return ops.image.resize(images, keepsRatio ? sizeOfRatio(images, size) : size, {
    interpolation,
    antialias: given.get('antialias') === true,
    dataFormat: 'channels_last',
  })
}

/** The largest size within another that has the sides' ratio of images. */
function sizeOfRatio(
  { shape }: SymbolicTensor,
  [height, width]: readonly [number, number],
): [number, number] {
  const [rows, columns] = shape.slice(-3, -1)
  if (!rows || !columns)
    return fail('image.resize', { expected: 'images of known extents', got: showShape(shape) })
  const scale = Math.min(height / rows, width / columns)
  return [Math.round(rows * scale), Math.round(columns * scale)]
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

const ofComplex = (make: (parts: Pair) => unknown, otherwise: (x: SymbolicTensor) => unknown): Composed => ({
  parameters: ['input'],
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
  ([real]) => real,
  (x) => x,
)
const imaginaryPart = ofComplex(
  ([, imaginary]) => imaginary,
  (x) => ops.zerosLike(x),
)
const magnitude = ofComplex(
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
  temporal_padding: zeroPadding(1),
  spatial_2d_padding: zeroPadding(2),
  'image.extract_patches': {
    parameters: ['images', 'sizes', 'strides', 'rates', 'padding'],
    make: (given) =>
      ops.image.extractPatches(tensorOf(given, 'images'), spaceOf(given.get('sizes')), {
        strides: spaceOf(given.get('strides')),
        dilationRate: spaceOf(given.get('rates')),
        padding: paddingOf(given),
        dataFormat: 'channels_last',
      }),
  },
  'image.resize': {
    parameters: ['images', 'size', 'method', 'preserveAspectRatio', 'antialias'],
    make: resized,
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
