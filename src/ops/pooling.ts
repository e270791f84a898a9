// Maxima and means of windows, channels-last: x [B, H, W, C] → y [B, OH, OW, C]. Padding counts for nothing: a mean is of
// the entries that are there. One-dimensional pooling has height one.

import { LOAD_FLOPS } from '../graph/launch.ts'
import { defineOp, type Gradients } from '../graph/operation.ts'
import { type Shape, sizeOf } from '../util/shape.ts'
import { convolvedExtent } from './convolutionGeometry.ts'
import { exceeds } from './exceeds.ts'
import { poolingGradient as gradientKernel, pooling as kernel } from './kernels.gen.ts'

export interface PoolingAttributes {
  readonly window: readonly [height: number, width: number]
  readonly strides: readonly [height: number, width: number]
  /** Rows above and below, columns left and right. */
  readonly padding: readonly [top: number, bottom: number, left: number, right: number]
  /** Means instead of maxima. */
  readonly mean: boolean
}

function outputShape(
  [batch = 1, height = 1, width = 1, channels = 1]: Shape,
  attrs: PoolingAttributes,
): Shape {
  const { window, strides, padding } = attrs
  const [top, bottom, left, right] = padding
  return [
    batch,
    convolvedExtent(height, window[0], strides[0], 1, top + bottom),
    convolvedExtent(width, window[1], strides[1], 1, left + right),
    channels,
  ]
}

function params(x: Shape, attrs: PoolingAttributes, size: number) {
  const [, height = 1, width = 1, channels = 1] = x
  const [, outHeight = 1, outWidth = 1] = outputShape(x, attrs)
  return {
    size,
    height,
    width,
    channels,
    outHeight,
    outWidth,
    windowHeight: attrs.window[0],
    windowWidth: attrs.window[1],
    strideHeight: attrs.strides[0],
    strideWidth: attrs.strides[1],
    paddingTop: attrs.padding[0],
    paddingLeft: attrs.padding[2],
    mean: Number(attrs.mean),
  }
}

type Geometry = ReturnType<typeof params>

/** Where the window of an output entry starts and ends in the input, for one axis. */
const startOf = (o: number, stride: number, padding: number): number => Math.max(o * stride - padding, 0)
const endOf = (o: number, stride: number, window: number, padding: number, extent: number): number =>
  Math.min(o * stride + window - padding, extent)

/** Calls `visit` with the first output entry of each window, one for each channel, and with the rows and columns it covers. */
function eachWindow(
  outputs: number,
  g: Geometry,
  visit: (output: number, batch: number, top: number, bottom: number, left: number, right: number) => void,
): void {
  for (let output = 0, i = 0; output < outputs; output += g.channels, i++) {
    const column = i % g.outWidth
    const row = Math.floor(i / g.outWidth) % g.outHeight
    visit(
      output,
      Math.floor(i / (g.outWidth * g.outHeight)),
      startOf(row, g.strideHeight, g.paddingTop),
      endOf(row, g.strideHeight, g.windowHeight, g.paddingTop, g.height),
      startOf(column, g.strideWidth, g.paddingLeft),
      endOf(column, g.strideWidth, g.windowWidth, g.paddingLeft, g.width),
    )
  }
}

/** Each window that holds an entry is searched for its first maximum. */
const gradientFlops = ({
  windowHeight,
  windowWidth,
  strideHeight,
  strideWidth,
  mean,
}: ReturnType<typeof params>): number => {
  const windows = Math.ceil(windowHeight / strideHeight) * Math.ceil(windowWidth / strideWidth)
  return 2 * LOAD_FLOPS * windows * (mean ? 1 : windowHeight * windowWidth)
}

export const pooling = defineOp({
  kernel,
  shape: ({ x }, attrs: PoolingAttributes) => ({ y: outputShape(x, attrs) }),
  params: ({ x, y }, attrs) => params(x, attrs, sizeOf(y)),
  threads: ({ size }) => size,
  flopsEach: ({ windowHeight, windowWidth }) => 2 * LOAD_FLOPS * windowHeight * windowWidth,
  cpu({ x, y }, p) {
    const { channels, width } = p
    eachWindow(p.size, p, (output, b, top, bottom, left, right) => {
      const count = (bottom - top) * (right - left)
      for (let c = 0; c < channels; c++) {
        let sum = 0
        let largest = -Infinity
        for (let h = top; h < bottom; h++) {
          const row = (b * p.height + h) * width * channels + c
          for (let w = left; w < right; w++) {
            const value = x[row + w * channels]!
            sum += value
            if (exceeds(value, largest)) largest = value
          }
        }
        y[output + c] = p.mean ? sum / count : largest
      }
    })
  },
  gradient({ graph, inputs: { x }, attrs }, { y: dy }): Gradients<'x'> {
    return dy === undefined ? {} : { x: poolingGradient(graph, { x, dy }, attrs).dx }
  },
})

export const poolingGradient = defineOp({
  kernel: gradientKernel,
  shape: ({ x }) => ({ dx: x }),
  params: ({ x }, attrs: PoolingAttributes) => params(x, attrs, sizeOf(x)),
  threads: ({ size }) => size,
  flopsEach: gradientFlops,
  cpu({ x, dy, dx }, p) {
    dx.fill(0)
    const { channels, width } = p
    eachWindow(dy.length, p, (output, b, top, bottom, left, right) => {
      const count = (bottom - top) * (right - left)
      for (let c = 0; c < channels; c++) {
        const share = dy[output + c]! / count
        let first = -1
        for (let h = top; h < bottom; h++) {
          const row = (b * p.height + h) * width * channels + c
          for (let w = left; w < right; w++) {
            const k = row + w * channels
            if (p.mean) dx[k]! += share
            else if (first < 0 || exceeds(x[k]!, x[first]!)) first = k
          }
        }
        if (!p.mean) dx[first]! += dy[output + c]!
      }
    })
  },
})
