// y = softmax(x) over the last axis, or its logarithm.

import { LOAD_FLOPS } from '../graph/launch.ts'
import { defineOp } from '../graph/operation.ts'
import { sizeOf } from '../util/shape.ts'
import { softmaxGradient as gradientKernel, softmax as kernel } from './kernels.gen.ts'

interface SoftmaxAttributes {
  readonly logarithm?: boolean
}

export const softmaxGradient = defineOp({
  kernel: gradientKernel,
  dims: { y: '...rows C', dy: '...rows C' },
  shape: ({ y }) => ({ dx: y }),
  params: ({ rows, C }, { logarithm }: SoftmaxAttributes) => ({
    size: sizeOf(rows),
    columns: C,
    logarithm: Number(logarithm ?? false),
  }),
  threads: ({ size }) => size,
  flopsEach: ({ columns }) => 5 * LOAD_FLOPS * columns,
})

export const softmax = defineOp({
  kernel,
  dims: { x: '...rows C' },
  shape: ({ x }) => ({ y: x }),
  params: ({ rows, C }, { logarithm }: SoftmaxAttributes) => ({
    size: sizeOf(rows),
    columns: C,
    logarithm: Number(logarithm ?? false),
  }),
  threads: ({ size }) => size,
  flopsEach: ({ columns }) => 4 * LOAD_FLOPS * columns,
  gradient({ graph, outputs: { y }, attrs }, { y: dy }) {
    return dy === undefined ? {} : { x: softmaxGradient(graph, { y, dy }, attrs).dx }
  },
})
