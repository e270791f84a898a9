// Sums over one axis, and the opposite, repetition along an axis. A tensor is seen as [outer, n, inner].

import { LOAD_FLOPS } from '../graph/launch.ts'
import { defineOp, type Gradients } from '../graph/operation.ts'
import { extentOf, sizeOf } from '../util/shape.ts'
import { repeat as repeatKernel, sum as sumKernel } from './kernels.gen.ts'

interface AxisAttributes {
  /** The axis that the sum removes, or that the repetition adds. */
  readonly axis: number
  /** A factor of the result: 1/n makes a mean. 1 by default. */
  readonly scale?: number
}

/** y = scale · Σ x over an axis, which is removed: [B, T, F] over axis 1 → [B, F]. */
export const sum = defineOp({
  kernel: sumKernel,
  dims: { x: '...' },
  shape: ({ x }, { axis }: AxisAttributes) => ({ y: x.filter((_, i) => i !== axis) }),
  params: ({ x, y }, { axis, scale = 1 }) => ({
    size: sizeOf(y),
    n: extentOf(x, axis),
    inner: sizeOf(x.slice(axis + 1)),
    scale,
  }),
  threads: ({ size }) => size,
  flopsEach: ({ n }) => LOAD_FLOPS * (n + 1),
  gradient({ graph, inputs: { x }, attrs: { axis, scale = 1 } }, { y: dy }): Gradients<'x'> {
    return dy === undefined
      ? {}
      : { x: repeat(graph, { x: dy }, { axis, n: extentOf(x.shape, axis), scale }).y }
  },
})

/** y = scale · x, repeated n times over a new axis: [B, F] at axis 1 → [B, n, F]. */
export const repeat = defineOp({
  kernel: repeatKernel,
  dims: { x: '...' },
  shape: ({ x }, { axis, n }: AxisAttributes & { readonly n: number }) => ({
    y: [...x.slice(0, axis), n, ...x.slice(axis)],
  }),
  params: ({ x, y }, { axis, n, scale = 1 }) => ({ size: sizeOf(y), n, inner: sizeOf(x.slice(axis)), scale }),
  threads: ({ size }) => size,
  gradient({ graph, attrs: { axis, scale = 1 } }, { y: dy }): Gradients<'x'> {
    return dy === undefined ? {} : { x: sum(graph, { x: dy }, { axis, scale }).y }
  },
})
