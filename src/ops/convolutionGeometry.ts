// The geometry of convolutions, channels-last: extents, output shapes, which inputs a window reads. Shared by
// convolutions, poolings and recurrent convolutions.

import { fail } from '../errors.ts'
import { lastOf, type Shape, showShape } from '../util/shape.ts'

/** The lie of windows along each axis of space, of which there are one, two or three. */
export interface ConvolutionAttributes {
  readonly strides: Shape
  readonly dilation: Shape
  /** Entries before the first and after the last, axis by axis: front, back, top, bottom, left and right of a volume. */
  readonly padding: readonly number[]
  readonly groups: number
  /** Code of the activation applied to the result; 0, none, by default. */
  readonly activation?: number
  /** What is added to variances where results are normalized; the compiler sets it. */
  readonly epsilon?: number | undefined
}

/**
 * The extents in the scalars of all convolution kernels. A line is an image of one row, and a volume one whose rows are those of all
 * its slices: row d·H + h of D·H.
 */
export interface Geometry {
  readonly batch: number
  readonly rows: number
  readonly width: number
  readonly channels: number
  readonly outRows: number
  readonly outWidth: number
  readonly filters: number
  readonly groups: number
  readonly kernelRows: number
  readonly kernelWidth: number
  readonly strideHeight: number
  readonly strideWidth: number
  readonly dilationHeight: number
  readonly dilationWidth: number
  readonly paddingTop: number
  readonly paddingLeft: number
  /** The rows of a slice: all, where images are not volumes. */
  readonly height: number
  readonly outHeight: number
  readonly kernelHeight: number
  readonly strideDepth: number
  readonly dilationDepth: number
  readonly paddingFront: number
  readonly VOLUMES?: number
}

/** Output positions that one chunk of a weight gradient sums. */
const CHUNK = 512
const MAX_CHUNKS = 64
/** The most numbers in all chunks of a weight gradient, 16 MiB: thousands of tiles, an eighth of WebGPU's smallest binding limit. */
const MAX_PARTS = 2 ** 22

/** Parts into which the gradient of `size` weights, a sum over output positions, is cut. */
export const chunksOf = (positions: number, size: number): number =>
  Math.max(1, Math.min(MAX_CHUNKS, Math.ceil(positions / CHUNK), Math.floor(MAX_PARTS / size)))

/** Output extent along an axis. */
const convolvedExtent = (
  extent: number,
  window: number,
  stride: number,
  dilation: number,
  padding: number,
): number => Math.floor((extent + padding - (window - 1) * dilation - 1) / stride) + 1

/** Throws unless numbers along axes of space are as many as the axes of x. */
function checkAxes(x: Shape, window: Shape, { strides, dilation, padding }: ConvolutionAttributes): void {
  const axes = x.length - 2
  const given = [window.length - 2, strides.length, dilation.length, padding.length / 2]
  if (axes >= 1 && axes <= 3 && given.every((count) => count === axes)) return
  fail('convolution', {
    expected:
      'x [batch, ...space, channels] with one to three axes of space, and as many of windows, strides, dilation and padding',
    got: `${showShape(x)} and ${given.join(', ')}`,
  })
}

export function outputShape(x: Shape, window: Shape, attrs: ConvolutionAttributes): Shape {
  checkAxes(x, window, attrs)
  const { strides, dilation, padding } = attrs
  const space = x.slice(1, -1).map((extent, axis) => {
    const sides = (padding[2 * axis] ?? 0) + (padding[2 * axis + 1] ?? 0)
    return convolvedExtent(extent, window[axis] ?? 1, strides[axis] ?? 1, dilation[axis] ?? 1, sides)
  })
  return [x[0] ?? 1, ...space, lastOf(window)]
}

/** The numbers of three axes, from those of up to three: axes that are missing have `missing`. */
export function alongSpace(
  numbers: readonly number[],
  missing = 1,
): readonly [depth: number, height: number, width: number] {
  return [numbers.at(-3) ?? missing, numbers.at(-2) ?? missing, numbers.at(-1) ?? missing]
}

export function geometry(x: Shape, window: Shape, attrs: ConvolutionAttributes): Geometry {
  const y = outputShape(x, window, attrs)
  const [depth, height, width] = alongSpace(x.slice(1, -1))
  const [outDepth, outHeight, outWidth] = alongSpace(y.slice(1, -1))
  const [kernelDepth, kernelHeight, kernelWidth] = alongSpace(window.slice(0, -2))
  const [strideDepth, strideHeight, strideWidth] = alongSpace(attrs.strides)
  const [dilationDepth, dilationHeight, dilationWidth] = alongSpace(attrs.dilation)
  const before = attrs.padding.filter((_, side) => side % 2 === 0)
  const [paddingFront, paddingTop, paddingLeft] = alongSpace(before, 0)
  return {
    batch: x[0] ?? 1,
    rows: depth * height,
    width,
    channels: lastOf(x),
    outRows: outDepth * outHeight,
    outWidth,
    filters: lastOf(y),
    groups: attrs.groups,
    kernelRows: kernelDepth * kernelHeight,
    kernelWidth,
    strideHeight,
    strideWidth,
    dilationHeight,
    dilationWidth,
    paddingTop,
    paddingLeft,
    height,
    outHeight,
    kernelHeight,
    strideDepth,
    dilationDepth,
    paddingFront,
    VOLUMES: Number(x.length > 4),
  }
}

/** The row of x that row i of a window reads, of the windows whose outputs are in `row`; −1 in the padding. */
function rowSeen(g: Geometry, row: number, i: number): number {
  const slice =
    Math.floor(row / g.outHeight) * g.strideDepth +
    Math.floor(i / g.kernelHeight) * g.dilationDepth -
    g.paddingFront
  const inSlice =
    (row % g.outHeight) * g.strideHeight + (i % g.kernelHeight) * g.dilationHeight - g.paddingTop
  const isInside = slice >= 0 && slice < g.rows / g.height && inSlice >= 0 && inSlice < g.height
  return isInside ? slice * g.height + inSlice : -1
}

/** Calls `visit` with every output position, window entry and the input position that it reads, as offsets. */
export function eachWindow(
  g: Geometry,
  visit: (output: number, input: number, entry: number, group: number) => void,
): void {
  for (let n = 0; n < g.batch * g.outRows * g.outWidth; n++) {
    const b = Math.floor(n / (g.outRows * g.outWidth))
    const row = Math.floor(n / g.outWidth) % g.outRows
    const left = (n % g.outWidth) * g.strideWidth - g.paddingLeft
    for (let i = 0; i < g.kernelRows; i++) {
      const h = rowSeen(g, row, i)
      if (h < 0) continue
      for (let j = 0; j < g.kernelWidth; j++) {
        const w = left + j * g.dilationWidth
        if (w < 0 || w >= g.width) continue
        const input = ((b * g.rows + h) * g.width + w) * g.channels
        for (let group = 0; group < g.groups; group++)
          visit(n * g.filters, input, i * g.kernelWidth + j, group)
      }
    }
  }
}
