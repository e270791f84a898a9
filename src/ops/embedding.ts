// The rows of a table that ids name, and the gradient by the table. Equal ids are found by sorting positions by id, and what they
// give to a row is added in the order of positions, in chunks, so that the sum has the same bits every time, without float atomics.

import { inThreads, LOAD_FLOPS, launchesOf } from '../graph/launch.ts'
import { defineOp, type Gradients } from '../graph/operation.ts'
import { type Shape, sizeOf } from '../util/shape.ts'
import { CHUNK } from './idRuns.ts'
import { type IdAttributes, orderOf } from './ids.ts'
import {
  embeddingClear as clearKernel,
  embeddingGradient as gradientKernel,
  embedding as kernel,
  embeddingSums as sumsKernel,
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
    const { sums } = embeddingSums(graph, { ids, order, dy }, { ...attrs, rows })
    return { table: embeddingGradient(graph, { ids, order, sums }, { ...attrs, rows }).dTable }
  },
})

export interface RowAttributes extends IdAttributes {
  /** Rows of the table. */
  readonly rows: number
}

/**
 * sums [N, D]: dy over equal ids, in parts: that of a chunk of places at the first place of an id there, zeros at other places.
 * `order` has the positions sorted by id. The table's gradient without the rows that are zero.
 */
export const embeddingSums = defineOp({
  kernel: sumsKernel,
  dims: { ids: '...ids', order: 'N', dy: '...ids D' },
  shape: ({ N, D }): { readonly sums: Shape } => ({ sums: [N, D] }),
  params: ({ N, D }, { rows, isFloat }: RowAttributes) => ({
    count: N,
    chunks: Math.ceil(N / CHUNK),
    columns: D,
    isFloat: Number(isFloat),
    rows,
  }),
  threads: ({ chunks, columns }) => chunks * columns,
  flopsEach: () => 2 * CHUNK * LOAD_FLOPS,
})

/** dTable [rows, columns] = the sums of each id. */
export const embeddingGradient = defineOp({
  kernel: gradientKernel,
  dims: { ids: '...ids', order: 'N', sums: 'N D' },
  shape: ({ D }, { rows }: RowAttributes): { readonly dTable: Shape } => ({ dTable: [rows, D] }),
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
