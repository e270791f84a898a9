// Joins and cuts along the last axis: concat puts two tensors side by side, copyColumns copies a range of columns.

import { defineOp, type Gradients } from '../graph/operation.ts'
import { lastOf, sizeOf } from '../util/shape.ts'
import { concat as concatKernel, copyColumns as copyKernel } from './kernels.gen.ts'

export interface ColumnRange {
  /** First column read, first column written, how many; the result's other columns are zero. */
  readonly first: number
  readonly start: number
  readonly count: number
  /** Number of columns of the result. */
  readonly width: number
}

/** y [rows, width]: y[:, start + j] = x[:, first + j] for j < count, zeros elsewhere. */
export const copyColumns = defineOp({
  kernel: copyKernel,
  dims: { x: '...rows C' },
  shape: ({ rows }, { width }: ColumnRange) => ({ y: [...rows, width] }),
  params: ({ C, y }, { first, start, count, width }) => ({
    size: sizeOf(y),
    columns: C,
    width,
    first,
    start,
    count,
  }),
  threads: ({ size }) => size,
  gradient({ graph, inputs: { x }, attrs: { first, start, count } }, { y: dy }): Gradients<'x'> {
    const back = { first: start, start: first, count, width: lastOf(x.shape) }
    return dy === undefined ? {} : { x: copyColumns(graph, { x: dy }, back).y }
  },
})

/** y [..., p + q] = a [..., p] beside b [..., q]. */
export const concat = defineOp({
  kernel: concatKernel,
  dims: { a: '...rows P', b: '...rows Q' },
  shape: ({ rows, P, Q }) => ({ y: [...rows, P + Q] }),
  params: ({ P, Q, y }, _attrs: object) => ({ size: sizeOf(y), p: P, q: Q }),
  threads: ({ size }) => size,
  gradient({ graph, inputs: { a, b }, wants }, { y: dy }) {
    if (dy === undefined) return {}
    const [p, q] = [lastOf(a.shape), lastOf(b.shape)]
    const take = (first: number, width: number) =>
      copyColumns(graph, { x: dy }, { first, start: 0, count: width, width }).y
    return { a: wants('a') ? take(0, p) : undefined, b: wants('b') ? take(p, q) : undefined }
  },
})
