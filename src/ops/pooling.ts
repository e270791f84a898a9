// Maxima and means of windows over one to three axes, channels-last: x [B, H, W, C] → y [B, OH, OW, C]. Padding does not count: a
// mean divides by the number of the window's entries inside the input.

import { fail } from '../errors.ts'
import { LOAD_FLOPS } from '../graph/launch.ts'
import { defineOp, type Gradients } from '../graph/operation.ts'
import { lastOf, type Shape, sameShape, showShape, sizeOf } from '../util/shape.ts'
import { alongSpace, outputShape as convolvedShape } from './convolutionGeometry.ts'
import { poolingGradient as gradientKernel, pooling as kernel } from './kernels.gen.ts'

export interface PoolingAttributes {
  /** Extents of a window, and distances from one to the next, axis by axis. */
  readonly window: Shape
  readonly strides: Shape
  /** Entries before the first and after the last, axis by axis. */
  readonly padding: readonly number[]
  /** Whether windows give their mean, not their maximum. */
  readonly mean: boolean
}

const outputShape = (x: Shape, { window, strides, padding }: PoolingAttributes): Shape => {
  const dilation = window.map(() => 1)
  return convolvedShape(x, [...window, 1, lastOf(x)], { strides, dilation, padding, groups: 1 })
}

function params(x: Shape, attrs: PoolingAttributes, size: number) {
  const [depth, height, width] = alongSpace(x.slice(1, -1))
  const [outDepth, outHeight, outWidth] = alongSpace(outputShape(x, attrs).slice(1, -1))
  const [windowDepth, windowHeight, windowWidth] = alongSpace(attrs.window)
  const [strideDepth, strideHeight, strideWidth] = alongSpace(attrs.strides)
  const before = attrs.padding.filter((_, side) => side % 2 === 0)
  const [paddingFront, paddingTop, paddingLeft] = alongSpace(before, 0)
  return {
    size,
    rows: depth * height,
    width,
    channels: lastOf(x),
    outRows: outDepth * outHeight,
    outWidth,
    windowHeight,
    windowWidth,
    strideHeight,
    strideWidth,
    paddingTop,
    paddingLeft,
    height,
    outHeight,
    windowDepth,
    strideDepth,
    paddingFront,
    mean: Number(attrs.mean),
    VOLUMES: Number(x.length > 4),
  }
}

type Windows = Omit<ReturnType<typeof params>, 'VOLUMES'>

/** Entries of a window. */
const entriesOf = ({ windowDepth, windowHeight, windowWidth }: Windows): number =>
  windowDepth * windowHeight * windowWidth

/** Every window that contains an entry is searched for its first maximum. */
const gradientFlops = (p: Windows): number => {
  const windows =
    Math.ceil(p.windowDepth / p.strideDepth) *
    Math.ceil(p.windowHeight / p.strideHeight) *
    Math.ceil(p.windowWidth / p.strideWidth)
  return 2 * LOAD_FLOPS * windows * (p.mean ? 1 : entriesOf(p))
}

export const pooling = defineOp({
  kernel,
  dims: { x: 'B ...S C' },
  shape: ({ x }, attrs: PoolingAttributes) => ({ y: outputShape(x, attrs) }),
  params: ({ x, y }, attrs) => params(x, attrs, sizeOf(y)),
  threads: ({ size }) => size,
  flopsEach: (p) => 2 * LOAD_FLOPS * entriesOf(p),
  gradient({ graph, inputs: { x }, attrs }, { y: dy }): Gradients<'x'> {
    return dy === undefined ? {} : { x: poolingGradient(graph, { x, dy }, attrs).dx }
  },
})

export const poolingGradient = defineOp({
  kernel: gradientKernel,
  dims: { x: 'B ...S C', dy: 'B ...P C' },
  shape({ x, dy }, attrs: PoolingAttributes) {
    const y = outputShape(x, attrs)
    if (!sameShape(dy, y)) fail('poolingGradient', { expected: `dy ${showShape(y)}`, got: showShape(dy) })
    return { dx: x }
  },
  params: ({ x }, attrs) => params(x, attrs, sizeOf(x)),
  threads: ({ size }) => size,
  flopsEach: gradientFlops,
})
