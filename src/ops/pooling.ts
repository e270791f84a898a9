// Maxima and means of windows, channels-last: x [B, H, W, C] → y [B, OH, OW, C]. Padding does not count: a mean divides by
// the number of the window's entries inside the input. One-dimensional pooling has height one.

import { fail } from '../errors.ts'
import { LOAD_FLOPS } from '../graph/launch.ts'
import { defineOp, type Gradients } from '../graph/operation.ts'
import { type Shape, sameShape, showShape, sizeOf } from '../util/shape.ts'
import { convolvedExtent } from './convolutionGeometry.ts'
import { poolingGradient as gradientKernel, pooling as kernel } from './kernels.gen.ts'

export interface PoolingAttributes {
  readonly window: readonly [height: number, width: number]
  readonly strides: readonly [height: number, width: number]
  /** Rows above and below, columns left and right. */
  readonly padding: readonly [top: number, bottom: number, left: number, right: number]
  /** Whether windows give their mean, not their maximum. */
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

/** Every window that contains an entry is searched for its first maximum. */
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
  dims: { x: 'B H W C' },
  shape: ({ x }, attrs: PoolingAttributes) => ({ y: outputShape(x, attrs) }),
  params: ({ x, y }, attrs) => params(x, attrs, sizeOf(y)),
  threads: ({ size }) => size,
  flopsEach: ({ windowHeight, windowWidth }) => 2 * LOAD_FLOPS * windowHeight * windowWidth,
  gradient({ graph, inputs: { x }, attrs }, { y: dy }): Gradients<'x'> {
    return dy === undefined ? {} : { x: poolingGradient(graph, { x, dy }, attrs).dx }
  },
})

export const poolingGradient = defineOp({
  kernel: gradientKernel,
  dims: { x: 'B H W C', dy: 'B P Q C' },
  shape({ x, dy }, attrs: PoolingAttributes) {
    const y = outputShape(x, attrs)
    if (!sameShape(dy, y)) fail('poolingGradient', { expected: `dy ${showShape(y)}`, got: showShape(dy) })
    return { dx: x }
  },
  params: ({ x }, attrs) => params(x, attrs, sizeOf(x)),
  threads: ({ size }) => size,
  flopsEach: gradientFlops,
})
