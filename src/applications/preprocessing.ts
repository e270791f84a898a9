// Images as networks take them, from numbers of 0 to 255.

import { fail } from '../errors.ts'
import { DATA_FORMATS, type DataFormat, imageDataFormat } from '../layers/convolutional/imageDataFormat.ts'
import { SymbolicTensor } from '../layers/symbolicTensor.ts'
import type { ArrayData } from '../models/data/data.ts'
import { add, divide, multiply, subtract } from '../operations/elementwise.ts'
import { flip } from '../operations/indexing.ts'
import { nullable, oneOf, option, readOptions, type TableFor } from '../util/options.ts'
import { showShape } from '../util/shape.ts'
import { type Tensor, tensor, toTensor } from '../util/tensor.ts'

const where = 'preprocessInput'

const MODES = ['caffe', 'tf', 'torch'] as const

/**
 * How images are prepared: `'caffe'`, blue first and green and red behind it, less the mean of ImageNet's images; `'tf'`, from -1 to 1;
 * `'torch'`, from 0 to 1, then less the mean and divided by the deviation of ImageNet's images.
 */
export type PreprocessingMode = (typeof MODES)[number]

export interface PreprocessingOptions {
  /** Whether channels come first or last; `null`, the default, as `imageDataFormat()` says. */
  readonly dataFormat?: DataFormat | null
}

export interface ImagenetPreprocessingOptions extends PreprocessingOptions {
  /** How the images are prepared, `'caffe'` by default. */
  readonly mode?: PreprocessingMode
}

/** Prepares images: data become a tensor, symbolic tensors become what layers compute of them. */
export interface PreprocessInput<Options = PreprocessingOptions> {
  (x: SymbolicTensor, options?: Options | null): SymbolicTensor
  (x: ArrayData, options?: Options | null): Tensor
}

const DEVIATIONS = [0.229, 0.224, 0.225]

/** By channel: `scale·x + offset`. */
const FACTORS: Readonly<
  Record<
    Exclude<PreprocessingMode, 'tf'>,
    { readonly scale: readonly number[]; readonly offset: readonly number[] }
  >
> = {
  caffe: { scale: [1, 1, 1], offset: [-103.939, -116.779, -123.68] },
  torch: {
    scale: DEVIATIONS.map((deviation) => 1 / 255 / deviation),
    offset: [0.485, 0.456, 0.406].map((mean, i) => -mean / (DEVIATIONS[i] ?? 1)),
  },
}

/** The axis of three channels, from the end; images may be of batches and of videos. */
function channelAxisOf(shape: readonly (number | null)[], format: DataFormat): number {
  const axis = format === 'channels_first' ? -3 : -1
  if (shape.length < 3 || shape.at(axis) !== 3)
    fail(where, {
      expected: `images [${format === 'channels_first' ? '3, rows, columns' : 'rows, columns, 3'}], or a batch of such`,
      got: showShape(shape),
    })
  return axis
}

/** Prepares images as a network was trained with. */
function prepare(x: SymbolicTensor | ArrayData, mode: PreprocessingMode, format: DataFormat) {
  if (x instanceof SymbolicTensor) {
    // All channels alike, however many there are.
    if (mode === 'tf') return subtract(divide(x, 127.5), 1)
    const axis = channelAxisOf(x.shape, format)
    const { scale, offset } = FACTORS[mode]
    const along = (numbers: readonly number[]) =>
      axis === -1 ? numbers : numbers.map((number) => [[number]])
    const scaled = mode === 'caffe' ? flip(x, axis) : multiply(x, along(scale))
    return add(scaled, along(offset))
  }
  const images = toTensor(x, where)
  if (mode === 'tf')
    return tensor(
      Float32Array.from(images.data, (value) => value / 127.5 - 1),
      images.shape,
    )
  const axis = channelAxisOf(images.shape, format)
  const { scale, offset } = FACTORS[mode]
  const stride = axis === -1 ? 1 : (images.shape.at(-1) ?? 1) * (images.shape.at(-2) ?? 1)
  const data = Float32Array.from(images.data, (_, i) => {
    const channel = Math.floor(i / stride) % 3
    const from = mode === 'caffe' ? i + (2 - 2 * channel) * stride : i
    return (images.data[from] ?? 0) * (scale[channel] ?? 1) + (offset[channel] ?? 0)
  })
  return tensor(data, images.shape)
}

const table = {
  dataFormat: nullable(oneOf(DATA_FORMATS)),
} as const satisfies TableFor<PreprocessingOptions>

const imagenetTable = {
  ...table,
  mode: option<PreprocessingMode>('caffe', oneOf(MODES)),
} as const satisfies TableFor<ImagenetPreprocessingOptions>

/** `preprocessInput` of a network; null for one that takes images as they are. */
const preprocessInputOf = (mode: PreprocessingMode | null): PreprocessInput =>
  ((x: SymbolicTensor | ArrayData, options?: PreprocessingOptions | null) => {
    const { dataFormat } = readOptions(where, table, options)
    if (mode !== null) return prepare(x, mode, dataFormat ?? imageDataFormat())
    return x instanceof SymbolicTensor ? x : toTensor(x, where)
  }) as PreprocessInput

/** Prepares images, a batch or a video of such, of numbers from 0 to 255: blue comes first, and ImageNet's mean is taken away. */
export const preprocessCaffe = preprocessInputOf('caffe')
/** Prepares images, a batch or a video of such, of numbers from 0 to 255: they go from -1 to 1. */
export const preprocessTf = preprocessInputOf('tf')
/** Prepares images, a batch or a video of such, of numbers from 0 to 255: they go from 0 to 1, less ImageNet's mean, divided by its deviation. */
export const preprocessTorch = preprocessInputOf('torch')
/** Leaves images as they are: the networks of this module prepare them themselves. */
export const preprocessNothing = preprocessInputOf(null)

/**
 * Prepares images `[rows, columns, 3]` or a batch of such, of numbers from 0 to 255, by a mode.
 *
 * @see keras/src/applications/imagenet_utils.py
 */
export const preprocessInput = ((
  x: SymbolicTensor | ArrayData,
  options?: ImagenetPreprocessingOptions | null,
) => {
  const { mode, dataFormat } = readOptions(where, imagenetTable, options)
  return prepare(x, mode, dataFormat ?? imageDataFormat())
}) as PreprocessInput<ImagenetPreprocessingOptions>
