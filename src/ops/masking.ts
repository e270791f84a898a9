// Where masks come from.

import { LOAD_FLOPS } from '../graph/launch.ts'
import { defineOp, type Gradients } from '../graph/operation.ts'
import { sizeOf } from '../util/shape.ts'
import { masking as maskingKernel } from './kernels.gen.ts'
import { maskedOutput } from './masks.ts'

/** mask [...rows]: whether some number of a row of x [...rows, C] is not `value`; y = x there, else 0. */
export const masking = defineOp({
  kernel: maskingKernel,
  dims: { x: '...rows C' },
  shape: ({ x, rows }) => ({ y: x, mask: rows }),
  params: ({ rows, C }, { value }: { readonly value: number }) => ({ rows: sizeOf(rows), columns: C, value }),
  threads: ({ rows }) => rows,
  flopsEach: ({ columns }) => 2 * LOAD_FLOPS * columns,
  gradient: ({ graph, outputs: { mask } }, { y: dy }): Gradients<'x'> =>
    dy === undefined ? {} : { x: maskedOutput(graph, { x: dy, mask }, {}).y },
})
