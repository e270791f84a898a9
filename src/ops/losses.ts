// Losses: one value a row, weighted, and the derivative of their mean by the prediction, in one launch.
//   predictions [..., C], targets [..., C] (or [...] class indices), weights [B] or [B, T] → losses [...], dPredictions
//
// A loss is where differentiation starts: its gradient is its own second output, whatever comes from above.

import { fail } from '../errors.ts'
import type { Value } from '../graph/graph.ts'
import { LOAD_FLOPS } from '../graph/launch.ts'
import { defineOp } from '../graph/operation.ts'
import { type Shape, sameShape, showShape, sizeOf } from '../util/shape.ts'
import {
  categoricalCrossentropy as categoricalKernel,
  elementwiseLoss as elementwiseKernel,
} from './kernels.gen.ts'

export const elementwiseLossCodes = {
  meanSquaredError: 0,
  meanAbsoluteError: 1,
  binaryCrossentropy: 2,
  binaryCrossentropyFromLogits: 3,
} as const

interface LossShapes {
  readonly rows: Shape
  readonly C: number
  readonly weights?: Shape | undefined
}

/** What both kernels are told of shapes: rows, columns, how many rows a weight serves. */
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

/** Weights are of samples, or of all that the first axes of the rows count: [B], [B, T]. */
function lossShape({ rows, C, weights = [] }: LossShapes) {
  if (!sameShape(weights, rows.slice(0, weights.length))) {
    fail('loss', { expected: `weights of the first axes of ${showShape(rows)}`, got: showShape(weights) })
  }
  return { losses: rows, dPredictions: [...rows, C] }
}

const ownGradient = ({ outputs }: { readonly outputs: { readonly dPredictions: Value } }) => ({
  predictions: outputs.dPredictions,
})

export const elementwiseLoss = defineOp({
  kernel: elementwiseKernel,
  dims: { predictions: '...rows C', targets: '...rows C', weights: '...' },
  optional: ['weights'],
  discardable: ['dPredictions'],
  shape: lossShape,
  params: (shapes, { code }: { readonly code: number }) => ({ ...lossParams(shapes), code }),
  threads: ({ size }) => size,
  flopsEach: ({ columns }) => 3 * LOAD_FLOPS * columns,
  gradient: ownGradient,
})

export interface CategoricalAttributes {
  /** Targets are class indices. */
  readonly sparse: boolean
  readonly fromLogits: boolean
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
  params: (shapes, { sparse, fromLogits }: CategoricalAttributes) => ({
    ...lossParams(shapes),
    sparse: Number(sparse),
    fromLogits: Number(fromLogits),
  }),
  threads: ({ size }) => size,
  flopsEach: ({ columns }) => 6 * LOAD_FLOPS * columns,
  gradient: ownGradient,
})
