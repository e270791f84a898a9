// Penalties l1·Σ|w| + l2·Σw² on any of the weights that lie in one flat tensor, and their gradients: one launch for all.

import type { Graph, Value } from '../graph/graph.ts'
import { defineOp, type Gradients } from '../graph/operation.ts'
import { sizeOf } from '../util/shape.ts'
import { penalty as kernel, penaltySlope as slopeKernel } from './kernels.gen.ts'

/** A weight with the factors of its penalty. */
export interface PenalizedWeight {
  readonly offset: number
  readonly size: number
  readonly l1: number
  readonly l2: number
}

/** Chunks are so long at least; they are longer where there would be more than this many. */
const CHUNK = 1024
const MANY = 256

/** The factors of all weights, where they are a tensor of their own by which training differentiates. */
interface PenaltyAttributes {
  readonly l1?: number
  readonly l2?: number
}

const penaltySlope = defineOp({
  kernel: slopeKernel,
  dims: { x: '...S' },
  shape: ({ x }) => ({ slope: x }),
  params: ({ x }, { l1 = 0, l2 = 0 }: PenaltyAttributes) => ({ size: sizeOf(x), l1, l2 }),
  threads: ({ size }) => size,
})

/**
 * sums [chunks]: losses of rows, whose mean is the penalty. Where gradients are given, those of the penalty are added, times the scale
 * of the loss if `scaling` is.
 */
export const penalty = defineOp({
  kernel,
  dims: { weights: '...S', gradients: '...S', chunks: '4N', scaling: '_' },
  optional: ['gradients', 'scaling'],
  updates: ['gradients'],
  shape: ({ N }) => ({ sums: [N] }),
  params: ({ N, gradients, scaling }, _attrs: PenaltyAttributes) => ({
    count: N,
    ADDS: Number(gradients !== undefined),
    SCALED: Number(scaling !== undefined),
  }),
  workgroups: ({ count }) => count,
  gradient: ({ graph, inputs: { weights }, attrs }): Gradients<'weights'> => ({
    weights: penaltySlope(graph, { x: weights }, attrs).slope,
  }),
})

/** What `penalty` is told of weights. */
export function chunksOf(graph: Graph, weights: readonly PenalizedWeight[]): Value {
  const total = weights.reduce((sum, { size }) => sum + size, 0)
  const length = Math.max(CHUNK, Math.ceil(total / MANY))
  const chunks = weights.flatMap(({ offset, size, l1, l2 }) =>
    Array.from({ length: Math.ceil(size / length) }, (_, i) => [
      offset + i * length,
      Math.min(length, size - i * length),
      ...bitsOf(l1, l2),
    ]),
  )
  return wordsOf(graph, chunks.flat())
}

/** The bits of floats, as integers. */
export const bitsOf = (...numbers: readonly number[]): Uint32Array =>
  new Uint32Array(Float32Array.from(numbers).buffer)

/** A constant of integers. */
export function wordsOf(graph: Graph, words: readonly number[]): Value {
  const { buffer } = Uint32Array.from(words)
  return { ...graph.constant(new Float32Array(buffer), [words.length]), dtype: 'u32' }
}
