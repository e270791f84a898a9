// The first and last operations of a training or prediction step: gather copies its rows out of the resident data set, emit
// stores its outputs among the results, assign stores a state for the next batch.

import { defineOp } from '../graph/operation.ts'
import { sizeOf } from '../util/shape.ts'
import { assign as assignKernel, emit as emitKernel, gather as gatherKernel } from './kernels.gen.ts'

/** One array of the data set: words a row, and where its batch starts in `batch`. */
export interface Field {
  readonly length: number
  readonly offset: number
}

interface GatherAttributes {
  readonly rows: number
  /** The number of the first field among those of the data set. */
  readonly first: number
  /** At most {@link MAX_FIELDS}. */
  readonly fields: readonly Field[]
  /** Words of the batch, all fields. */
  readonly size: number
}

/** The most fields of one launch. */
export const MAX_FIELDS = 16

export const gather = defineOp({
  kernel: gatherKernel,
  dims: { data: '_', sources: '_', permutation: '_' },
  shape: (_inputs, { size }: GatherAttributes) => ({ batch: [size] }),
  params(_shapes, { rows, first, fields }) {
    let until = 0
    const packed = fields.flatMap(({ length, offset }) => {
      until += Math.ceil((rows * length) / 64)
      return [length, offset, until, 0]
    })
    // Of more fields there would be less than none, which throws.
    return { rows, first, fields: [...packed, ...Array<number>(4 * MAX_FIELDS - packed.length).fill(0)] }
  },
  workgroups: ({ fields }) => Math.max(...fields.filter((_, i) => i % 4 === 2)),
})

/** results[start of the batch + row] = x[row]; of a number without axes results[start of the batch]. */
export const emit = defineOp({
  kernel: emitKernel,
  dims: { x: '...S', results: '...' },
  updates: ['results'],
  shape: () => ({}),
  params: ({ x }, _attrs: object) => ({ size: sizeOf(x), length: sizeOf(x.slice(1)) }),
  threads: ({ size }) => size,
})

/** destination = x. */
export const assign = defineOp({
  kernel: assignKernel,
  dims: { x: '...S', destination: '...S' },
  updates: ['destination'],
  shape: () => ({}),
  params: ({ x }, _attrs: object) => ({ size: sizeOf(x) }),
  threads: ({ size }) => size,
})
