// y = softmax(x) over the last axis, or its logarithm.

import { defineOp } from '../graph/operation.ts'
import { sizeOf } from '../util/shape.ts'
import {
  softmaxGradient as gradientKernel,
  softmax as kernel,
  softmaxGradientWorkgroup,
  softmaxWorkgroup,
} from './kernels.gen.ts'
import { rowLaunches, rowStrategies } from './softmaxStrategies.ts'

interface SoftmaxAttributes {
  readonly logarithm?: boolean
}

export const softmaxGradient = defineOp({
  kernel: gradientKernel,
  dims: { y: '...rows C', dy: '...rows C' },
  shape: ({ y }, _attrs: SoftmaxAttributes & { readonly scale?: number }) => ({ dx: y }),
  strategies: ({ C }, _attrs, device) => rowStrategies(C, device),
  params: ({ rows, C }, { logarithm, scale = 1 }) => ({
    size: sizeOf(rows),
    columns: C,
    logarithm: Number(logarithm ?? false),
    scale,
  }),
  launches: (params, device, strategy) =>
    rowLaunches(params, device, strategy, [gradientKernel, softmaxGradientWorkgroup], 5),
})

export const softmax = defineOp({
  kernel,
  dims: { x: '...rows C' },
  shape: ({ x }) => ({ y: x }),
  strategies: ({ C }, _attrs, device) => rowStrategies(C, device),
  params: ({ rows, C }, { logarithm }: SoftmaxAttributes) => ({
    size: sizeOf(rows),
    columns: C,
    logarithm: Number(logarithm ?? false),
  }),
  launches: (params, device, strategy) =>
    rowLaunches(params, device, strategy, [kernel, softmaxWorkgroup], 5),
  gradient({ graph, outputs: { y }, attrs }, { y: dy }) {
    return dy === undefined ? {} : { x: softmaxGradient(graph, { y, dy }, attrs).dx }
  },
})
