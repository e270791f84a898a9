// Scaling by constants.

import { defineOp, type Gradients } from '../graph/operation.ts'
import { sizeOf } from '../util/shape.ts'
import { affine as affineKernel } from './kernels.gen.ts'

/** y = scale·x + shift. */
export const affine = defineOp({
  kernel: affineKernel,
  dims: { x: '...S' },
  shape: ({ x }) => ({ y: x }),
  params: ({ x }, { scale = 1, shift = 0 }: { readonly scale?: number; readonly shift?: number }) => ({
    size: sizeOf(x),
    scale,
    shift,
  }),
  threads: ({ size }) => size,
  gradient: ({ graph, attrs: { scale = 1 } }, { y: dy }): Gradients<'x'> =>
    dy === undefined ? {} : { x: affine(graph, { x: dy }, { scale }).y },
})
