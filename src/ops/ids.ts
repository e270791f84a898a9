// Ids, integers or floats that are to be whole: their masks, their order, and the report of one that a table has no row for.

import type { Graph, Value } from '../graph/graph.ts'
import { LOAD_FLOPS } from '../graph/launch.ts'
import { defineOp } from '../graph/operation.ts'
import { sizeOf } from '../util/shape.ts'
import {
  checkIds as checkKernel,
  idMask as maskKernel,
  mergeIds as mergeKernel,
  sortIds as sortKernel,
  toFloat as toFloatKernel,
} from './kernels.gen.ts'

/** Whether ids are floats. */
export interface IdAttributes {
  readonly isFloat: boolean
  /** Whether updates of the table write all of its rows. */
  readonly isWhole?: boolean
}

/** y = 1 where an id is not 0, else 0. */
export const idMask = defineOp({
  kernel: maskKernel,
  dims: { ids: '...S' },
  shape: ({ ids }) => ({ y: ids }),
  params: ({ ids }, { isFloat }: IdAttributes) => ({ size: sizeOf(ids), isFloat: Number(isFloat) }),
  threads: ({ size }) => size,
})

/** y = integers as floats, which are exact up to 2²⁴. */
export const toFloat = defineOp({
  kernel: toFloatKernel,
  dims: { ids: '...S' },
  shape: ({ ids }) => ({ y: ids }),
  params: ({ ids }, _attrs: object) => ({ size: sizeOf(ids) }),
  threads: ({ size }) => size,
})

export interface CheckAttributes extends IdAttributes {
  /** Samples of the batch. */
  readonly batch: number
  /** Rows of the table. */
  readonly rows: number
  /** The layer's number in reports, from 1. */
  readonly layer: number
}

/** Words of a report, behind the one that counts skipped steps: layer, sample, id, whether it is a float. */
export const checkIds = defineOp({
  kernel: checkKernel,
  dims: { ids: '...S', permutation: '_', record: '_' },
  updates: ['record'],
  shape: () => ({}),
  params: ({ ids }, { batch, rows, layer, isFloat }: CheckAttributes) => ({
    count: sizeOf(ids),
    each: sizeOf(ids) / batch,
    rows,
    layer,
    isFloat: Number(isFloat),
  }),
  workgroups: () => 1,
  flopsEach: ({ count }) => LOAD_FLOPS * count,
})

interface SortAttributes extends IdAttributes {
  /** Positions of a sorted block: of the result, or of what is merged. */
  readonly block: number
}

const sortIds = defineOp({
  kernel: sortKernel,
  dims: { ids: '...S' },
  shape: ({ ids }) => ({ order: [sizeOf(ids)] }),
  params: ({ ids }, { block, isFloat }: SortAttributes) => ({
    size: sizeOf(ids),
    block,
    isFloat: Number(isFloat),
  }),
  threads: ({ size }) => size,
  flopsEach: ({ block }) => LOAD_FLOPS * block,
})

const mergeIds = defineOp({
  kernel: mergeKernel,
  dims: { ids: '...S', sorted: 'N' },
  shape: ({ sorted }) => ({ order: sorted }),
  params: ({ N }, { block, isFloat }: SortAttributes) => ({ size: N, block, isFloat: Number(isFloat) }),
  threads: ({ size }) => size,
  flopsEach: ({ block }) => 2 * LOAD_FLOPS * Math.log2(block),
})

/** Ids that are sorted by counting: a thread reads so many. */
const BLOCK = 256

/** The positions of ids, sorted by id, equal ones by position. */
export function orderOf(graph: Graph, ids: Value, { isFloat }: IdAttributes): Value {
  const count = sizeOf(ids.shape)
  let { order } = sortIds(graph, { ids }, { block: BLOCK, isFloat })
  for (let block = BLOCK; block < count; block *= 2) {
    order = mergeIds(graph, { ids, sorted: order }, { block, isFloat }).order
  }
  return order
}

export { mergeIds, sortIds }
