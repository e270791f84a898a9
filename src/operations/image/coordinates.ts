// Tensors at other coordinates, and images that are turned, sheared, seen from elsewhere, or bent.

import { checkFinite, checkInteger, fail } from '../../errors.ts'
import type { SymbolicTensor } from '../../layers/symbolicTensor.ts'
import { nullable, option, readOptions, type TableFor } from '../../util/options.ts'
import { type OpenShape, sameShape, showShape, sizeOf } from '../../util/shape.ts'
import { Tensor } from '../../util/tensor.ts'
import { drawn, type Seed } from '../drawing.ts'
import { add, divide, multiply, negative } from '../elementwise.ts'
import { getItem } from '../indexing.ts'
import { concatenate, stack } from '../joining.ts'
import { solve } from '../linearAlgebra.ts'
import { type Operand, shapeOfOperand } from '../operation.ts'
import { operation } from '../operationLayer.ts'
import { SeedGenerator } from '../seedGenerator.ts'
import { expandDims, onesLike, ravel, reshape, squeeze, zerosLike } from '../shapes.ts'
import { take, takeAlongAxis } from '../taking.ts'
import { blurred } from './filters.ts'
import {
  channelsOf,
  type ImageOptions,
  type Images,
  imageOptions,
  ofImages,
  sizeOfImages,
} from './imageCall.ts'
import {
  type FillOptions,
  fillOptions,
  type PixelInterpolation,
  pixelInterpolation,
  type Sampling,
  sampled,
  samplingOf,
} from './sampling.ts'

const mapOptions = fillOptions('constant')

/**
 * What a tensor has at coordinates, of which there is a list for each of its axes: `[axes, …]` → `[…]`.
 *
 * @param order 0 for the nearest entry, 1 for what lies between two on a line.
 * @see keras/src/ops/image.py
 */
export const mapCoordinates = operation(
  'image',
  'MapCoordinates',
  'inputs coordinates order= {fillMode="constant" fillValue=0}',
  (inputs: Operand, coordinates: Operand, order: 0 | 1, options: FillOptions = {}): SymbolicTensor => {
    const name = 'ops.image.mapCoordinates'
    const read = readOptions(name, mapOptions, options)
    const shape = shapeOfOperand(inputs, name)
    const [axes = null, ...places] = shapeOfOperand(coordinates, name)
    if (shape.includes(null) || shape.length === 0)
      fail(name, { expected: 'a tensor of known extents', got: showShape(shape) })
    if (axes !== shape.length || places.length === 0)
      fail(name, {
        expected: `coordinates [${shape.length}, …], a list for each axis of ${showShape(shape)}`,
        got: showShape([axes, ...places]),
      })
    const sampling = { ...read, order: checkInteger(name, 'order', order, { min: 0, max: 1 }) as 0 | 1 }
    const entries = ravel(inputs)
    const along = shape.map((_, axis) => getItem(coordinates, [axis]))
    return sampled(along, shape as readonly number[], sampling, {
      entriesAt: (place) => take(entries, place, 0),
      shaped: (x) => x,
    })
  },
  { name: 'ops.image.mapCoordinates' },
)

/** Rows and columns of each pixel of an image, row by row. */
function pixelsOf([height, width]: readonly [number, number]): {
  readonly rows: Tensor
  readonly columns: Tensor
} {
  const count = height * width
  const numbers = (of: (pixel: number) => number): Tensor =>
    new Tensor(
      Float32Array.from({ length: count }, (_, pixel) => of(pixel)),
      [count],
    )
  return { rows: numbers((pixel) => Math.floor(pixel / width)), columns: numbers((pixel) => pixel % width) }
}

/** Images at coordinates of pixels, [pixels], the same for all, or [batch, pixels]. */
function imagesAt(
  images: Images,
  coordinates: readonly [rows: Operand, columns: Operand],
  sampling: Sampling,
): SymbolicTensor {
  const size = sizeOfImages(images)
  const channels = channelsOf(images)
  const pixels = reshape(images.x, [-1, sizeOf(size), channels])
  const isShared = coordinates.every((each) => shapeOfOperand(each, images.where).length < 2)
  const ones = new Tensor(new Float32Array(channels).fill(1), [channels])
  const result = sampled(coordinates, size, sampling, {
    entriesAt: (place) =>
      isShared ? take(pixels, place, 1) : takeAlongAxis(pixels, multiply(expandDims(place, -1), ones), 1),
    shaped: (x) => expandDims(x, -1),
  })
  return reshape(result, [-1, ...size, channels])
}

/**
 * Images whose pixel at column x and row y is that of the given ones at column (a0·x + a1·y + a2) / k and row (b0·x + b1·y + b2) / k, with
 * k = c0·x + c1·y + 1.
 *
 * @param transforms [a0, a1, a2, b0, b1, b2, c0, c1], for all images or for each.
 */
function projected(images: Images, transforms: Operand, sampling: Sampling): SymbolicTensor {
  const isShared = shapeOfOperand(transforms, images.where).length === 1
  const number = (k: number): SymbolicTensor => {
    const value = getItem(transforms, ['...', k])
    return isShared ? value : expandDims(value, -1)
  }
  const { rows, columns } = pixelsOf(sizeOfImages(images))
  const along = (k: number): SymbolicTensor =>
    add(multiply(number(k), columns), multiply(number(k + 1), rows))
  const depth = add(along(6), 1)
  const [row, column] = [3, 0].map((k) => divide(add(along(k), number(k + 2)), depth)) as [
    SymbolicTensor,
    SymbolicTensor,
  ]
  return imagesAt(images, [row, column], sampling)
}

export interface AffineTransformOptions extends ImageOptions, FillOptions {
  /** What lies between pixels: `'bilinear'`, the default, or `'nearest'`, the nearest of them. */
  readonly interpolation?: PixelInterpolation
}

const affineOptions = {
  interpolation: pixelInterpolation,
  ...fillOptions('constant'),
  ...imageOptions,
} as const satisfies TableFor<AffineTransformOptions>

/**
 * Images that are turned, sheared, scaled or moved: the pixel at column x and row y is that of the given image at column
 * (a0·x + a1·y + a2) / k and row (b0·x + b1·y + b2) / k, with k = c0·x + c1·y + 1.
 *
 * @param transform `[a0, a1, a2, b0, b1, b2, c0, c1]`, or such a row for each image.
 * @see keras/src/ops/image.py
 */
export const affineTransform = operation(
  'image',
  'AffineTransform',
  'images transform {interpolation="bilinear" fillMode="constant" fillValue=0 dataFormat=null}',
  (given: Operand, transform: Operand, options: AffineTransformOptions = {}): SymbolicTensor => {
    const name = 'ops.image.affineTransform'
    const read = readOptions(name, affineOptions, options)
    const shape = shapeOfOperand(transform, name)
    if (shape.at(-1) !== 8 || shape.length > 2)
      fail(name, { expected: 'a transform [8], or one for each image', got: showShape(shape) })
    return ofImages(name, given, read, (images) =>
      projected(images, transform, samplingOf(read.interpolation, read)),
    )
  },
  { name: 'ops.image.affineTransform' },
)

export interface PerspectiveTransformOptions extends ImageOptions {
  /** What lies between pixels: `'bilinear'`, the default, or `'nearest'`, the nearest of them. */
  readonly interpolation?: PixelInterpolation
  /** The number behind the edges, 0 by default. */
  readonly fillValue?: number
}

const perspectiveOptions = {
  interpolation: pixelInterpolation,
  fillValue: mapOptions.fillValue,
  ...imageOptions,
} as const satisfies TableFor<PerspectiveTransformOptions>

const isFourPoints = (shape: OpenShape): boolean =>
  (shape.length === 2 || shape.length === 3) && shape.at(-2) === 4 && shape.at(-1) === 2

/** The transform by which four points of a result are four points of an image. @see keras/src/backend/jax/image.py */
function homography(start: Operand, end: Operand): SymbolicTensor {
  const [startX, startY, endX, endY] = [start, start, end, end].map((points, i) =>
    getItem(points, ['...', i % 2]),
  ) as [SymbolicTensor, SymbolicTensor, SymbolicTensor, SymbolicTensor]
  const [one, zero] = [onesLike(endX), zerosLike(endX)]
  const behind = (of: SymbolicTensor): SymbolicTensor[] => [endX, endY].map((x) => negative(multiply(of, x)))
  const rows = [
    stack([endX, endY, one, zero, zero, zero, ...behind(startX)], -1),
    stack([zero, zero, zero, endX, endY, one, ...behind(startY)], -1),
  ]
  const goals = concatenate([startX, startY], -1)
  return squeeze(solve(concatenate(rows, -2), expandDims(goals, -1)), -1)
}

/**
 * Images as they are seen from elsewhere: four points of them, `startPoints`, come to lie at `endPoints`.
 *
 * @param startPoints `[4, 2]`, columns and rows, or such for each image.
 * @param endPoints The same.
 * @see keras/src/ops/image.py
 */
export const perspectiveTransform = operation(
  'image',
  'PerspectiveTransform',
  'images startPoints endPoints {interpolation="bilinear" fillValue=0 dataFormat=null}',
  (
    given: Operand,
    startPoints: Operand,
    endPoints: Operand,
    options: PerspectiveTransformOptions = {},
  ): SymbolicTensor => {
    const name = 'ops.image.perspectiveTransform'
    const read = readOptions(name, perspectiveOptions, options)
    const [start, end] = [startPoints, endPoints].map((points) => shapeOfOperand(points, name)) as [
      OpenShape,
      OpenShape,
    ]
    if (!isFourPoints(start) || !sameShape(start, end))
      fail(name, {
        expected: 'startPoints and endPoints [4, 2], or such for each image',
        got: `${showShape(start)} and ${showShape(end)}`,
      })
    const sampling = samplingOf(read.interpolation, { fillMode: 'constant', fillValue: read.fillValue })
    return ofImages(name, given, read, (images) =>
      projected(images, homography(startPoints, endPoints), sampling),
    )
  },
  { name: 'ops.image.perspectiveTransform' },
)

export interface ElasticTransformOptions extends ImageOptions, FillOptions {
  /** How far pixels move, 20 by default. */
  readonly alpha?: number
  /** How far pixels move together, in pixels, 5 by default. */
  readonly sigma?: number
  /** What lies between pixels: `'bilinear'`, the default, or `'nearest'`, the nearest of them. */
  readonly interpolation?: PixelInterpolation
  /** An integer, for the same draws in every step; a stream of seeds, or `null`, the default, for draws of each step's own. */
  readonly seed?: Seed
}

const elasticOptions = {
  alpha: option(20, checkFinite),
  sigma: option(5, (where, name, value) => checkFinite(where, name, value, { min: 0.01, max: 100 })),
  interpolation: pixelInterpolation,
  ...fillOptions('reflect'),
  seed: nullable<Exclude<Seed, null>>((where, name, value) =>
    value instanceof SeedGenerator ? value : checkInteger(where, name, value, { min: 0 }),
  ),
  ...imageOptions,
} as const satisfies TableFor<ElasticTransformOptions>

/**
 * Images that are bent at random, as rubber is: pixels move by normal draws that are blurred.
 *
 * @see Simard, Steinkraus and Platt, Best practices for convolutional neural networks, 2003
 * @see keras/src/ops/image.py
 */
export const elasticTransform = operation(
  'image',
  'ElasticTransform',
  'images {alpha=20 sigma=5 interpolation="bilinear" fillMode="reflect" fillValue=0 seed=null dataFormat=null}',
  (given: Operand, options: ElasticTransformOptions = {}): SymbolicTensor => {
    const name = 'ops.image.elasticTransform'
    const read = readOptions(name, elasticOptions, options)
    return ofImages(name, given, read, (images) => {
      const size = sizeOfImages(images)
      const extent = Math.trunc(6 * read.sigma) | 1
      const plane = getItem(images.x, ['...', [0, 1]])
      const shape = [...images.shape.slice(0, 3), 1]
      const seeds = [read.seed, typeof read.seed === 'number' ? read.seed + 1 : read.seed]
      const [down, across] = seeds.map((seed) => {
        const draws = drawn(name, plane, { fn: 'normal', low: 0, high: read.sigma }, seed)
        const bent = blurred({ ...images, x: draws, shape }, [extent, extent], [read.sigma, read.sigma])
        return multiply(reshape(bent, [-1, sizeOf(size)]), read.alpha)
      }) as [SymbolicTensor, SymbolicTensor]
      const { rows, columns } = pixelsOf(size)
      return imagesAt(images, [add(rows, down), add(columns, across)], samplingOf(read.interpolation, read))
    })
  },
  { name: 'ops.image.elasticTransform' },
)
