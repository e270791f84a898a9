// y = x · min(1 / ‖x‖, most) along an axis: vectors of length one, but for those of zeros.

import { LOAD_FLOPS } from '../graph/launch.ts'
import { defineOp, type Gradients } from '../graph/operation.ts'
import { extentOf, type Shape, sizeOf } from '../util/shape.ts'
import { l2NormalizeGradient as gradientKernel, l2Normalize as kernel } from './kernels.gen.ts'

export interface L2NormalizeAttributes {
  readonly axis: number
  /** The largest factor. */
  readonly most: number
}

const vectorsOf = (x: Shape, { axis, most }: L2NormalizeAttributes) => ({
  size: sizeOf(x) / extentOf(x, axis),
  n: extentOf(x, axis),
  inner: sizeOf(x.slice(axis + 1)),
  most,
})

export const l2NormalizeGradient = defineOp({
  kernel: gradientKernel,
  dims: { x: '...S', dy: '...S' },
  shape: ({ x }) => ({ dx: x }),
  params: ({ x }, attrs: L2NormalizeAttributes) => vectorsOf(x, attrs),
  threads: ({ size }) => size,
  flopsEach: ({ n }) => 4 * LOAD_FLOPS * n,
})

export const l2Normalize = defineOp({
  kernel,
  dims: { x: '...S' },
  shape: ({ x }) => ({ y: x }),
  params: ({ x }, attrs: L2NormalizeAttributes) => vectorsOf(x, attrs),
  threads: ({ size }) => size,
  flopsEach: ({ n }) => 2 * LOAD_FLOPS * n,
  gradient: ({ graph, inputs: { x }, attrs }, { y: dy }): Gradients<'x'> =>
    dy === undefined ? {} : { x: l2NormalizeGradient(graph, { x, dy }, attrs).dx },
})
