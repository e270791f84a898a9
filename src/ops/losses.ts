// Losses: one value a row, weighted, and the derivative of their mean, or sum, by the prediction, in one launch.
//   predictions [..., C], targets [..., C], weights [B] or [B, T] → losses [...], dPredictions
//
// Differentiation starts at a loss: its gradient is its second output, whatever gradient its first output receives.

import type { Value } from '../graph/graph.ts'
import { LOAD_FLOPS } from '../graph/launch.ts'
import { defineOp } from '../graph/operation.ts'
import { type Shape, sizeOf } from '../util/shape.ts'
import { checkWeights } from './checkWeights.ts'
import { elementwiseLoss as elementwiseKernel } from './kernels.gen.ts'
import { type LossCount, slopeOf } from './lossCount.ts'

interface LossShapes {
  readonly rows: Shape
  readonly C: number
  readonly weights?: Shape | undefined
}

/** The scalars of kernels of losses: rows, columns, for how many rows a weight is, and how a row counts in what training minimizes. */
export const lossParams = (
  { rows, C, weights, dPredictions }: LossShapes & { readonly dPredictions?: Shape | undefined },
  count: LossCount,
) => ({
  size: sizeOf(rows),
  columns: C,
  hasWeights: Number(weights !== undefined),
  group: weights === undefined ? 1 : sizeOf(rows) / sizeOf(weights),
  keepGradient: Number(dPredictions !== undefined),
  scale: slopeOf(count, sizeOf(rows)),
})

/** The shapes of their outputs. */
export function lossShape({ rows, C, weights = [] }: LossShapes) {
  checkWeights('loss', weights, rows)
  return { losses: rows, dPredictions: [...rows, C] }
}

export const ownGradient = ({ outputs }: { readonly outputs: { readonly dPredictions: Value } }) => ({
  predictions: outputs.dPredictions,
})

export interface ElementwiseLossAttributes extends LossCount {
  /** One of elementwiseLossCodes, or of rareLossCodes. */
  readonly code: number
  /** Huber's delta; binary cross-entropy's label smoothing; the columns of the Kullback-Leibler divergence; 0 by default. */
  readonly number?: number
}

/** The definition of a loss that is a mean, but for its kernel. */
export const elementwiseDefinition = {
  dims: { predictions: '...rows C', targets: '...rows C', weights: '...' },
  optional: ['weights'],
  discardable: ['dPredictions'],
  shape: lossShape,
  params: (
    shapes: Parameters<typeof lossParams>[0],
    { code, number = 0, ...count }: ElementwiseLossAttributes,
  ) => ({ ...lossParams(shapes, count), code, number }),
  threads: ({ size }: { readonly size: number }) => size,
  flopsEach: ({ columns }: { readonly columns: number }) => 3 * LOAD_FLOPS * columns,
  gradient: ownGradient,
} as const

/** The mean over the last axis of one of the common losses. */
export const elementwiseLoss = defineOp({ kernel: elementwiseKernel, ...elementwiseDefinition })
