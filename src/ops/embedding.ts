// The rows of a table that ids name, and the gradient by the table. Equal ids are found by sorting positions by id, and what they
// give to a row is added in the order of positions, so that the sum has the same bits every time, without float atomics.

import { inThreads, launchesOf } from '../graph/launch.ts'
import { defineOp, type Gradients } from '../graph/operation.ts'
import { type Shape, sizeOf } from '../util/shape.ts'
import { type IdAttributes, orderOf } from './ids.ts'
import {
  embeddingClear as clearKernel,
  embeddingGradient as gradientKernel,
  embedding as kernel,
} from './kernels.gen.ts'

/** y [..., columns] = table[ids], zeros for an id without a row. */
export const embedding = defineOp({
  kernel,
  dims: { ids: '...ids', table: 'V D' },
  shape: ({ ids, D }) => ({ y: [...ids, D] }),
  params: ({ y, V, D }, { isFloat }: IdAttributes) => ({
    size: sizeOf(y),
    columns: D,
    rows: V,
    isFloat: Number(isFloat),
  }),
  threads: ({ size }) => size,
  gradient({ graph, inputs: { ids, table }, attrs, wants }, { y: dy }): Gradients<'table' | 'ids'> {
    if (dy === undefined || !wants('table')) return {}
    const order = orderOf(graph, ids, attrs)
    const [rows = 1] = table.shape
    return { table: embeddingGradient(graph, { ids, order, dy }, { ...attrs, rows }).dTable }
  },
})

/** dTable [rows, columns] = Σ of dy over the positions of each id; `order` has the positions sorted by id. */
export const embeddingGradient = defineOp({
  kernel: gradientKernel,
  dims: { ids: '...ids', order: 'N', dy: '...ids D' },
  shape: ({ D }, { rows }: IdAttributes & { readonly rows: number }): { readonly dTable: Shape } => ({
    dTable: [rows, D],
  }),
  params: ({ N, D }, { rows, isFloat }) => ({
    size: rows * D,
    count: N,
    columns: D,
    rows,
    isFloat: Number(isFloat),
  }),
  launches: (params, device) => [
    ...launchesOf(clearKernel, params, inThreads(params.size), device),
    ...launchesOf(gradientKernel, params, inThreads(params.count * params.columns), device),
  ],
})
