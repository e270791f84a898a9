// Rectifiers with parameters, elementwise: y = x above a threshold and no more than a limit; below it a line or an exponential.
// The parameters are scalars of the kernel, so that all layers with other ones share a pipeline. The gradient reads x.

import { defineOp } from '../graph/operation.ts'
import { sizeOf } from '../util/shape.ts'
import { rectifierGradient as gradientKernel, rectifier as kernel } from './kernels.gen.ts'

export interface RectifierAttributes {
  /** The slope below the threshold, or the factor of eˣ − 1. */
  readonly alpha: number
  /** 0 by default. */
  readonly threshold?: number
  /** The largest result; none by default. */
  readonly limit?: number | null
  /** Whether it is alpha·(eˣ − 1) below 0, which is then the threshold, in place of a line. */
  readonly exponential?: boolean
}

const scalars = ({ alpha, threshold = 0, limit = null, exponential = false }: RectifierAttributes) => ({
  alpha,
  threshold,
  hasLimit: Number(limit !== null),
  limit: limit ?? 0,
  EXPONENTIAL: Number(exponential),
})

export const rectifierGradient = defineOp({
  kernel: gradientKernel,
  dims: { x: '...S', dy: '...S' },
  shape: ({ x }) => ({ dx: x }),
  params: ({ x }, attrs: RectifierAttributes) => ({ size: sizeOf(x), ...scalars(attrs) }),
  threads: ({ size }) => Math.ceil(size / 4),
})

export const rectifier = defineOp({
  kernel,
  dims: { x: '...S' },
  shape: ({ x }) => ({ y: x }),
  params: ({ x }, attrs: RectifierAttributes) => ({ size: sizeOf(x), ...scalars(attrs) }),
  threads: ({ size }) => Math.ceil(size / 4),
  gradient: ({ graph, inputs: { x }, attrs }, { y: dy }) =>
    dy === undefined ? {} : { x: rectifierGradient(graph, { x, dy }, attrs).dx },
})
