// Losses: one value a row, weighted, and the derivative of their mean by the prediction, in one launch.
//   predictions [..., C], targets [..., C] (or [...] class indices), weights [B] or [B, T] → losses [...], dPredictions
//
// Differentiation starts at a loss: its gradient is its second output, whatever gradient its first output receives.

import type { Value } from '../graph/graph.ts'
import { LOAD_FLOPS } from '../graph/launch.ts'
import { defineOp } from '../graph/operation.ts'
import { type Shape, sizeOf } from '../util/shape.ts'
import { checkWeights } from './checkWeights.ts'
import {
  categoricalCrossentropy as categoricalKernel,
  elementwiseLoss as elementwiseKernel,
} from './kernels.gen.ts'

interface LossShapes {
  readonly rows: Shape
  readonly C: number
  readonly weights?: Shape | undefined
}

/** The scalars of both kernels: rows, columns, and for how many rows a weight is. */
const lossParams = ({
  rows,
  C,
  weights,
  dPredictions,
}: LossShapes & { readonly dPredictions?: Shape | undefined }) => ({
  size: sizeOf(rows),
  columns: C,
  hasWeights: Number(weights !== undefined),
  group: weights === undefined ? 1 : sizeOf(rows) / sizeOf(weights),
  keepGradient: Number(dPredictions !== undefined),
})

function lossShape({ rows, C, weights = [] }: LossShapes) {
  checkWeights('loss', weights, rows)
  return { losses: rows, dPredictions: [...rows, C] }
}

const ownGradient = ({ outputs }: { readonly outputs: { readonly dPredictions: Value } }) => ({
  predictions: outputs.dPredictions,
})

export interface ElementwiseLossAttributes {
  /** One of elementwiseLossCodes. */
  readonly code: number
  /** Huber's delta; binary cross-entropy's label smoothing, 0 by default. */
  readonly number?: number
}

export const elementwiseLoss = defineOp({
  kernel: elementwiseKernel,
  dims: { predictions: '...rows C', targets: '...rows C', weights: '...' },
  optional: ['weights'],
  discardable: ['dPredictions'],
  shape: lossShape,
  params: (shapes, { code, number = 0 }: ElementwiseLossAttributes) => ({
    ...lossParams(shapes),
    code,
    number,
  }),
  threads: ({ size }) => size,
  flopsEach: ({ columns }) => 3 * LOAD_FLOPS * columns,
  gradient: ownGradient,
})

export interface CategoricalAttributes {
  /** Whether targets are class indices. */
  readonly sparse: boolean
  readonly fromLogits: boolean
  /** Label smoothing: how far targets move towards the uniform distribution, from 0, the default, to 1. */
  readonly smoothing?: number
}

export const categoricalCrossentropy = defineOp({
  kernel: categoricalKernel,
  dims: ({ sparse }: CategoricalAttributes) => ({
    predictions: '...rows C',
    targets: sparse ? '...rows' : '...rows C',
    weights: '...',
  }),
  optional: ['weights'],
  discardable: ['dPredictions'],
  shape: lossShape,
  params: (shapes, { sparse, fromLogits, smoothing = 0 }: CategoricalAttributes) => ({
    ...lossParams(shapes),
    sparse: Number(sparse),
    fromLogits: Number(fromLogits),
    smoothing,
  }),
  threads: ({ size }) => size,
  flopsEach: ({ columns }) => 6 * LOAD_FLOPS * columns,
  gradient: ownGradient,
})
