// The geometry of convolutions, channels-last: extents, output shapes, which inputs a window reads. Shared by
// convolutions, poolings and recurrent convolutions.

import type { Shape } from '../util/shape.ts'

type Pair = readonly [height: number, width: number]

export interface ConvolutionAttributes {
  readonly strides: Pair
  readonly dilation: Pair
  /** Rows above and below, columns left and right. */
  readonly padding: readonly [top: number, bottom: number, left: number, right: number]
  readonly groups: number
  /** Code of the activation applied to the result; 0, none, by default. */
  readonly activation?: number
}

/** The extents in the scalars of all convolution kernels. */
export interface Geometry {
  readonly batch: number
  readonly height: number
  readonly width: number
  readonly channels: number
  readonly outHeight: number
  readonly outWidth: number
  readonly filters: number
  readonly groups: number
  readonly kernelHeight: number
  readonly kernelWidth: number
  readonly strideHeight: number
  readonly strideWidth: number
  readonly dilationHeight: number
  readonly dilationWidth: number
  readonly paddingTop: number
  readonly paddingLeft: number
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
export const convolvedExtent = (
  extent: number,
  window: number,
  stride: number,
  dilation: number,
  padding: number,
): number => Math.floor((extent + padding - (window - 1) * dilation - 1) / stride) + 1

export function outputShape(
  x: Shape,
  window: Shape,
  { strides, dilation, padding }: ConvolutionAttributes,
): Shape {
  const [batch = 1, height = 1, width = 1] = x
  const [kernelHeight = 1, kernelWidth = 1, , filters = 1] = window
  const [top, bottom, left, right] = padding
  return [
    batch,
    convolvedExtent(height, kernelHeight, strides[0], dilation[0], top + bottom),
    convolvedExtent(width, kernelWidth, strides[1], dilation[1], left + right),
    filters,
  ]
}

export function geometry(x: Shape, window: Shape, attrs: ConvolutionAttributes): Geometry {
  const [batch = 1, height = 1, width = 1, channels = 1] = x
  const [kernelHeight = 1, kernelWidth = 1, , filters = 1] = window
  const [, outHeight = 1, outWidth = 1] = outputShape(x, window, attrs)
  const { strides, dilation, padding, groups } = attrs
  return {
    batch,
    height,
    width,
    channels,
    outHeight,
    outWidth,
    filters,
    groups,
    kernelHeight,
    kernelWidth,
    strideHeight: strides[0],
    strideWidth: strides[1],
    dilationHeight: dilation[0],
    dilationWidth: dilation[1],
    paddingTop: padding[0],
    paddingLeft: padding[2],
  }
}

/** Calls `visit` with every output position, window entry and the input position that it reads, as offsets. */
export function eachWindow(
  g: Geometry,
  visit: (output: number, input: number, entry: number, group: number) => void,
): void {
  for (let n = 0; n < g.batch * g.outHeight * g.outWidth; n++) {
    const b = Math.floor(n / (g.outHeight * g.outWidth))
    const top = (Math.floor(n / g.outWidth) % g.outHeight) * g.strideHeight - g.paddingTop
    const left = (n % g.outWidth) * g.strideWidth - g.paddingLeft
    for (let i = 0; i < g.kernelHeight; i++) {
      const h = top + i * g.dilationHeight
      if (h < 0 || h >= g.height) continue
      for (let j = 0; j < g.kernelWidth; j++) {
        const w = left + j * g.dilationWidth
        if (w < 0 || w >= g.width) continue
        const input = ((b * g.height + h) * g.width + w) * g.channels
        for (let group = 0; group < g.groups; group++)
          visit(n * g.filters, input, i * g.kernelWidth + j, group)
      }
    }
  }
}
