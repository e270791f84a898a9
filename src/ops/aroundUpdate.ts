// What stands before and behind an optimizer's update of all weights: averages of gradients over steps, clipping, weight decay, and
// the moving average of the weights. Parameters, gradients and what is kept of each lie flat, in one layout; a table of chunks says
// where weights are, so that each workgroup works on one of them and sums are added in one order.

import { PLACE_ALIGNMENT } from '../graph/graph.ts'
import { defineOp } from '../graph/operation.ts'
import { type Shape, sizeOf } from '../util/shape.ts'
import {
  averageWeights as averageKernel,
  prepareUpdate as prepareKernel,
  gradientSquares as squaresKernel,
} from './kernels.gen.ts'
import { GATE_SIZE } from './lossScaleState.ts'

/** A weight in flat memory. */
export interface Segment {
  readonly offset: number
  readonly size: number
  /** Its weight decay; 0 for none. */
  readonly decay: number
}

/** Numbers of a chunk in the table: its offset in units of {@link PLACE_ALIGNMENT}, its length, the first chunk of its weight, how many the weight has, and its weight decay. */
const CHUNK_NUMBERS = 5
const LEAST_CHUNK = 1024
/** Chunks of one size for all: few enough that a workgroup adds their squares up in a moment. */
const MOST_CHUNKS = 1024

/** The table of chunks [C, 5] of weights. */
export function chunkTable(segments: readonly Segment[]): {
  readonly values: Float32Array
  readonly shape: Shape
} {
  const all = segments.reduce((sum, { size }) => sum + size, 0)
  const length = PLACE_ALIGNMENT * Math.ceil(Math.max(LEAST_CHUNK, all / MOST_CHUNKS) / PLACE_ALIGNMENT)
  let first = 0
  const chunks = segments.flatMap(({ offset, size, decay }) => {
    const count = Math.ceil(size / length)
    const own = Array.from({ length: count }, (_, i) => [
      (offset + i * length) / PLACE_ALIGNMENT,
      Math.min(length, size - i * length),
      first,
      count,
      decay,
    ])
    first += count
    return own
  })
  return { values: Float32Array.from(chunks.flat()), shape: [chunks.length, CHUNK_NUMBERS] }
}

/** How gradients are clipped: by the norm of each weight's, by that of all, or one by one. */
export const clipCodes = { none: 0, norm: 1, globalNorm: 2, value: 3 } as const

export interface SquaresAttributes {
  /** Steps whose gradients are averaged for an update; 0 where each step is one. */
  readonly steps: number
  /** What gradients are multiplied by. */
  readonly factor: number
}

/** squares [C]: the sum of squares of each chunk of the gradients that an update is to have. */
export const gradientSquares = defineOp({
  kernel: squaresKernel,
  dims: { chunks: 'C _', gradients: '...S', accumulated: '...S', scaling: '_' },
  optional: ['accumulated', 'scaling'],
  shape: ({ C }) => ({ squares: [C] }),
  params: ({ C, scaling }, { steps, factor }: SquaresAttributes) => ({
    count: C,
    unit: PLACE_ALIGNMENT,
    steps,
    factor,
    SCALED: Number(scaling !== undefined),
  }),
  workgroups: ({ count }) => count,
})

export interface PrepareAttributes extends SquaresAttributes {
  readonly clip: keyof typeof clipCodes
  readonly limit: number
}

/**
 * Makes of gradients those that an update takes, where they lie, and lets the weights decay by what the table says, times the step's
 * `decay`. `gate` is what the update is given in place of a loss scale: by what it multiplies gradients, where that is one number for
 * all of them, which stay as they are then; 0 in the steps of an average but the last.
 */
export const prepareUpdate = defineOp({
  kernel: prepareKernel,
  dims: {
    chunks: 'C _',
    squares: 'C',
    gradients: '...S',
    parameters: '...S',
    accumulated: '...S',
    scaling: '_',
  },
  optional: ['squares', 'accumulated', 'scaling'],
  updates: ['gradients', 'parameters', 'accumulated'],
  discardable: ['gate'],
  shape: () => ({ gate: [GATE_SIZE] }),
  params: ({ C, scaling }, { steps, factor, clip, limit }: PrepareAttributes) => ({
    count: C,
    unit: PLACE_ALIGNMENT,
    steps,
    factor,
    clip: clipCodes[clip],
    limit,
    SCALED: Number(scaling !== undefined),
  }),
  workgroups: ({ count }) => count,
})

export interface AverageAttributes {
  readonly momentum: number
  /** Updates after which the weights become their average; 0 for never. */
  readonly frequency: number
}

/** The moving average of the weights: a = µ·a + (1 − µ)·w; every `frequency` updates w = a. */
export const averageWeights = defineOp({
  kernel: averageKernel,
  dims: { parameters: '...S', averages: '...S', scaling: '_' },
  optional: ['scaling'],
  updates: ['parameters', 'averages'],
  shape: () => ({}),
  params: ({ parameters, scaling }, { momentum, frequency }: AverageAttributes) => ({
    size: sizeOf(parameters),
    NEW_SHARE: 1 - momentum,
    OVERWRITES: frequency,
    SCALED: Number(scaling !== undefined),
  }),
  threads: ({ size }) => size,
})
