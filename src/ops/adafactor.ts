// Adafactor's update of all weights in three launches over flat memory. A table of chunks says where weights, and r and c of each
// lie, so that sums are added in one order: a chunk is of some whole rows of one matrix, or of some elements of a vector.

import { alignPlace, PLACE_ALIGNMENT } from '../graph/graph.ts'
import { defineOp } from '../graph/operation.ts'
import { type Shape, sizeOf } from '../util/shape.ts'
import {
  adafactorRows as rowsKernel,
  adafactorSquares as squaresKernel,
  adafactor as updateKernel,
} from './kernels.gen.ts'

/** A weight in flat memory: its shape, and where it, and r and c of it, lie in their tensors. */
export interface FactoredWeight {
  readonly shape: Shape
  readonly offset: number
  readonly r: number
  readonly c: number
}

/** Numbers of a chunk in the table: those of `ChunkRow`. */
export const CHUNK_NUMBERS = 12
/** What lies in front of the sums of a chunk's columns: the sum of its r, and of its squared weights. */
export const CHUNK_HEAD = 2

const LEAST_CHUNK = 1024
/** About so many chunks of all weights, so that a workgroup adds their sums up in a moment. */
const MOST_CHUNKS = 1024
/** A matrix has at most so many, because each of them adds the sums of columns of all up. */
const MOST_BLOCKS = 128
/** The sums of columns take at most a sixteenth of the memory of weights. */
const LEAST_ROWS = 16

/**
 * A chunk: where its weight lies, or itself if it is of a vector; the rows of its matrix's first chunk, and its own; their length; the
 * rows of its matrix, 0 for a vector; where r, c and the sums of its weight begin; the weight's first chunk, how many the weight has,
 * and each of its matrices; elements of the weight. Places are in units of {@link PLACE_ALIGNMENT}.
 */
type ChunkRow = readonly [
  place: number,
  most: number,
  rows: number,
  columns: number,
  height: number,
  r: number,
  c: number,
  partials: number,
  first: number,
  count: number,
  blocks: number,
  size: number,
]

/** The table of chunks [C, 12], and how many sums they have. */
export function factoredChunks(weights: readonly FactoredWeight[]): {
  readonly values: Float32Array
  readonly shape: Shape
  readonly partials: number
} {
  const all = weights.reduce((sum, { shape }) => sum + sizeOf(shape), 0)
  const length = alignPlace(Math.max(LEAST_CHUNK, Math.ceil(all / MOST_CHUNKS)))
  const rows: ChunkRow[] = []
  let partials = 0
  for (const { shape, offset, r, c } of weights) {
    const size = sizeOf(shape)
    const columns = shape.at(-1) ?? 1
    const height = shape.length < 2 ? 0 : (shape.at(-2) ?? 1)
    const most = Math.min(height, Math.ceil(Math.max(LEAST_ROWS, length / columns, height / MOST_BLOCKS)))
    const blocks = height ? Math.ceil(height / most) : 1
    const count = height ? (size / (height * columns)) * blocks : Math.ceil(size / length)
    const first = rows.length
    const unit = (place: number): number => place / PLACE_ALIGNMENT
    for (let i = 0; i < count; i++) {
      const own = height
        ? ([unit(offset), most, Math.min(most, height - (i % blocks) * most), columns] as const)
        : ([unit(offset + i * length), 1, 1, Math.min(length, size - i * length)] as const)
      rows.push([...own, height, unit(r), unit(c), unit(partials), first, count, blocks, size])
    }
    partials += alignPlace(count * (CHUNK_HEAD + (height && columns)))
  }
  return { values: Float32Array.from(rows.flat()), shape: [rows.length, CHUNK_NUMBERS], partials }
}

export interface AdafactorAttributes {
  /** The power of the step that the share of new squares is. */
  readonly decay: number
  /** Added to squared gradients. */
  readonly epsilon: number
}

const sumsOf = (
  { C, scaling }: { readonly C: number; readonly scaling?: Shape | undefined },
  { decay, epsilon }: AdafactorAttributes,
) => ({ count: C, epsilon, decay, SCALED: Number(scaling !== undefined) })

interface RowsAttributes extends AdafactorAttributes {
  /** How many `partials` there are. */
  readonly sums: number
}

/** r += (mean(g² + ε₁) − r)·tᵈ of each row of matrices. partials: sums of each chunk, over its columns, of r, and of squared weights. */
export const adafactorRows = defineOp({
  kernel: rowsKernel,
  dims: { chunks: 'C _', gradients: '...S', parameters: '...S', rows: '_', scaling: '_' },
  optional: ['scaling'],
  updates: ['rows'],
  shape: (_, { sums }: RowsAttributes) => ({ partials: [sums] }),
  params: (shapes, attrs: RowsAttributes) => sumsOf(shapes, attrs),
  workgroups: ({ count }) => count,
})

/** v of each weight, and the sum of squares of g / √v of each chunk. */
export const adafactorSquares = defineOp({
  kernel: squaresKernel,
  dims: {
    chunks: 'C _',
    gradients: '...S',
    velocity: '...S',
    rows: '_',
    columns: '_',
    partials: '_',
    scaling: '_',
  },
  optional: ['scaling'],
  updates: ['velocity'],
  shape: ({ C }) => ({ squares: [C] }),
  params: sumsOf,
  workgroups: ({ count }) => count,
})

/** w −= max(`least`, rms(w))·rate·u / max(1, rms(u) / `threshold`), u = g / √v; and c of each column of matrices. */
export const adafactor = defineOp({
  kernel: updateKernel,
  dims: {
    chunks: 'C _',
    gradients: '...S',
    parameters: '...S',
    velocity: '...S',
    columns: '_',
    partials: '_',
    squares: 'C',
    scaling: '_',
  },
  optional: ['scaling'],
  updates: ['parameters', 'columns'],
  shape: () => ({}),
  params: (
    shapes,
    {
      least,
      threshold,
      ...attrs
    }: AdafactorAttributes & { readonly least: number; readonly threshold: number },
  ) => ({
    ...sumsOf(shapes, attrs),
    least,
    threshold,
  }),
  workgroups: ({ count }) => count,
})
