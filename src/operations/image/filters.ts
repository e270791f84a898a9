// Images under filters: blurred, their edges, and how alike two of them are.

import { checkExtent, checkFinite, describeValue, fail } from '../../errors.ts'
import type { SymbolicTensor } from '../../layers/symbolicTensor.ts'
import { option, readOptions, type TableFor } from '../../util/options.ts'
import { sameShape, showShape } from '../../util/shape.ts'
import { Tensor } from '../../util/tensor.ts'
import { depthwiseConv } from '../convolutions.ts'
import { add, divide, multiply, square, subtract } from '../elementwise.ts'
import { stack } from '../joining.ts'
import { type Operand, shapeOfOperand } from '../operation.ts'
import { operation } from '../operationLayer.ts'
import { mean } from '../reductions.ts'
import { squeeze } from '../shapes.ts'
import {
  channelsOf,
  type ImageOptions,
  type Images,
  imageOptions,
  ofImages,
  readImages,
} from './imageCall.ts'

/** A number for each axis of an image. */
export type Two = readonly [number, number]

/** Reads two numbers, of an option or of an argument. */
const two = (fallback: Two, check: (where: string, name: string, value: unknown) => number) =>
  option<Two>(fallback, (where, name, value) => {
    if (!Array.isArray(value) || value.length !== 2)
      return fail(where, { expected: `${name} as two numbers`, got: describeValue(value) })
    return [check(where, name, value[0]), check(where, name, value[1])]
  })

const positive = (where: string, name: string, value: unknown): number =>
  checkFinite(where, name, value, { min: Number.MIN_VALUE })

/** A bell of so many numbers, whose sum is 1. */
function bell(size: number, sigma: number): readonly number[] {
  const heights = Array.from({ length: size }, (_, i) => Math.exp(-0.5 * ((i - (size - 1) / 2) / sigma) ** 2))
  const total = heights.reduce((sum, height) => sum + height, 0)
  return heights.map((height) => height / total)
}

/** A filter of weights down times weights across for each of `channels`, as a kernel [rows, columns, channels, 1]. */
const kernelOf = (down: readonly number[], across: readonly number[], channels: number): Tensor => {
  const numbers = down.flatMap((row) =>
    across.flatMap((column) => Array.from({ length: channels }, () => row * column)),
  )
  return new Tensor(Float32Array.from(numbers), [down.length, across.length, channels, 1])
}

const filtered = ({ x }: Pick<Images, 'x'>, kernel: Tensor, padding: 'same' | 'valid'): SymbolicTensor =>
  depthwiseConv(x, kernel, { padding, dataFormat: 'channels_last' })

export interface GaussianBlurOptions extends ImageOptions {
  /** Columns and rows of the filter, `[3, 3]` by default. */
  readonly kernelSize?: Two
  /** Its spread along them, in pixels, `[1, 1]` by default. */
  readonly sigma?: Two
}

const blurOptions = {
  kernelSize: two([3, 3], checkExtent),
  sigma: two([1, 1], positive),
  ...imageOptions,
} as const satisfies TableFor<GaussianBlurOptions>

/** Images [batch, rows, columns, channels], each pixel of which is a mixture of those around it. */
export function blurred(images: Images, [columns, rows]: Two, [across, down]: Two): SymbolicTensor {
  return filtered(images, kernelOf(bell(rows, down), bell(columns, across), channelsOf(images)), 'same')
}

/**
 * Images that are blurred by a bell of `kernelSize` pixels, with zeros around them.
 *
 * @see keras/src/ops/image.py
 */
export const gaussianBlur = operation(
  'image',
  'GaussianBlur',
  'images {kernelSize=[3,3] sigma=[1,1] dataFormat=null}',
  (given: Operand, options: GaussianBlurOptions = {}): SymbolicTensor => {
    const name = 'ops.image.gaussianBlur'
    const read = readOptions(name, blurOptions, options)
    return ofImages(name, given, read, (images) => blurred(images, read.kernelSize, read.sigma))
  },
  { name: 'ops.image.gaussianBlur' },
)

/** Sobel's filters change along one axis and smooth along the other. */
const CHANGE = [-1, 0, 1]
const SMOOTH = [1, 2, 1]

/**
 * How images change down and across, by Sobel's filters with zeros around: a batch of images with two more numbers in a last axis.
 *
 * @see keras/src/ops/image.py
 */
export const sobelEdges = operation(
  'image',
  'SobelEdges',
  'images {dataFormat=null}',
  (given: Operand, options: ImageOptions = {}): SymbolicTensor => {
    const name = 'ops.image.sobelEdges'
    const { length: rank } = shapeOfOperand(given, name)
    if (rank !== 4) fail(name, { expected: 'a batch of images', got: showShape(shapeOfOperand(given, name)) })
    const { images, put } = readImages(name, given, readOptions(name, imageOptions, options))
    const channels = channelsOf(images)
    const edges = (down: readonly number[], across: readonly number[]): SymbolicTensor =>
      put(filtered(images, kernelOf(down, across, channels), 'same'))
    return stack([edges(CHANGE, SMOOTH), edges(SMOOTH, CHANGE)], -1)
  },
  { name: 'ops.image.sobelEdges' },
)

export interface SsimOptions extends ImageOptions {
  /** The largest value of a pixel, 1 by default. */
  readonly maxVal?: number
  /** Rows and columns of the bell over which images are compared, 11 by default. */
  readonly filterSize?: number
  /** The spread of the bell, in pixels, 1.5 by default. */
  readonly filterSigma?: number
  /** What keeps the comparison of brightness from dividing by nothing, 0.01 by default. */
  readonly k1?: number
  /** The same for contrast, 0.03 by default. */
  readonly k2?: number
}

const ssimOptions = {
  maxVal: option(1, positive),
  filterSize: option(11, checkExtent),
  filterSigma: option(1.5, positive),
  k1: option(0.01, (where, name, value) => checkFinite(where, name, value, { min: 0 })),
  k2: option(0.03, (where, name, value) => checkFinite(where, name, value, { min: 0 })),
  ...imageOptions,
} as const satisfies TableFor<SsimOptions>

/**
 * How alike two images are, 1 where they are the same: a number for each image of a batch.
 *
 * @see Wang, Bovik, Sheikh and Simoncelli, Image quality assessment: from error visibility to structural similarity, 2004
 * @see keras/src/ops/image.py
 */
export const ssim = operation(
  'image',
  'SSIM',
  'image1 image2 {maxVal=1 filterSize=11 filterSigma=1.5 k1=0.01 k2=0.03 dataFormat=null}',
  (image1: Operand, image2: Operand, options: SsimOptions = {}): SymbolicTensor => {
    const name = 'ops.image.ssim'
    const read = readOptions(name, ssimOptions, options)
    const [first, second] = [image1, image2].map((image) => readImages(name, image, read).images) as [
      Images,
      Images,
    ]
    if (!sameShape(first.shape.slice(1), second.shape.slice(1)))
      fail(name, {
        expected: 'two images of one shape',
        got: `${showShape(first.shape)} and ${showShape(second.shape)}`,
      })
    const weights = bell(read.filterSize, read.filterSigma)
    const kernel = kernelOf(weights, weights, channelsOf(first))
    const around = (x: Operand): SymbolicTensor => filtered({ x }, kernel, 'valid')
    const [mean1, mean2] = [around(first.x), around(second.x)]
    const [square1, square2, product] = [square(mean1), square(mean2), multiply(mean1, mean2)]
    const spread1 = subtract(around(square(first.x)), square1)
    const spread2 = subtract(around(square(second.x)), square2)
    const covariance = subtract(around(multiply(first.x, second.x)), product)
    const [c1, c2] = [(read.k1 * read.maxVal) ** 2, (read.k2 * read.maxVal) ** 2]
    const likeness = multiply(add(multiply(product, 2), c1), add(multiply(covariance, 2), c2))
    const most = multiply(add(add(square1, square2), c1), add(add(spread1, spread2), c2))
    const values = mean(divide(likeness, most), [1, 2, 3])
    return shapeOfOperand(image1, name).length === 3 ? squeeze(values, 0) : values
  },
  { name: 'ops.image.ssim' },
)
