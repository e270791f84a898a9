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

const EPSILON = Math.fround(1e-7)
const MOST = Math.fround(1 - EPSILON)

interface PointLoss {
  value(p: number, t: number): number
  slope(p: number, t: number): number
}

/** Functions of one prediction and one target, by the codes of shaders/lib/loss.wgsl. */
const pointLosses: readonly PointLoss[] = [
  { value: (p, t) => (p - t) ** 2, slope: (p, t) => 2 * (p - t) },
  { value: (p, t) => Math.abs(p - t), slope: (p, t) => Math.sign(p - t) },
  {
    value(p, t) {
      const q = Math.min(Math.max(p, EPSILON), MOST)
      return -(t * Math.log(q) + (1 - t) * Math.log(1 - q))
    },
    slope: (p, t) => (p <= EPSILON || p >= MOST ? 0 : (p - t) / (p * (1 - p))),
  },
  {
    value: (p, t) => Math.max(p, 0) - p * t + Math.log1p(Math.exp(-Math.abs(p))),
    slope: (p, t) => 1 / (1 + Math.exp(-p)) - t,
  },
]

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
  cpu({ predictions, targets, weights, losses, dPredictions }, p) {
    const { value, slope } = pointLosses[p.code]!
    for (let i = 0; i < p.size; i++) {
      const weight = p.hasWeights ? weights[Math.floor(i / p.group)]! : 1
      const scale = weight / (p.columns * p.size)
      let sum = 0
      for (let j = i * p.columns; j < (i + 1) * p.columns; j++) {
        sum += value(predictions[j]!, targets[j]!)
        if (p.keepGradient) dPredictions[j] = scale * slope(predictions[j]!, targets[j]!)
      }
      losses[i] = (weight * sum) / p.columns
    }
  },
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
  cpu({ predictions, targets, weights, losses, dPredictions }, p) {
    const { columns, size, sparse, fromLogits } = p
    for (let i = 0; i < size; i++) {
      const first = i * columns
      const weight = p.hasWeights ? weights[Math.floor(i / p.group)]! : 1
      let largest = fromLogits ? -Infinity : 0
      if (fromLogits) for (let j = 0; j < columns; j++) largest = Math.max(largest, predictions[first + j]!)
      let total = 0
      for (let j = 0; j < columns; j++) {
        const x = predictions[first + j]!
        total += fromLogits ? Math.exp(x - largest) : x
      }
      let loss = 0
      // Σ of the slopes by q, weighted by q: what normalization takes back from each entry.
      let normalizer = 0
      for (let j = 0; j < columns; j++) {
        const t = sparse ? Number(targets[i] === j) : targets[first + j]!
        const x = predictions[first + j]!
        if (fromLogits) {
          loss -= t * (x - largest - Math.log(total))
          normalizer += t
        } else {
          const q = x / total
          loss -= t * Math.log(Math.min(Math.max(q, EPSILON), MOST))
          if (q > EPSILON && q < MOST) normalizer -= t
        }
      }
      losses[i] = weight * loss
      if (!p.keepGradient) continue
      const scale = weight / size
      for (let j = 0; j < columns; j++) {
        const t = sparse ? Number(targets[i] === j) : targets[first + j]!
        const x = predictions[first + j]!
        const q = x / total
        dPredictions[first + j] = fromLogits
          ? scale * ((normalizer * Math.exp(x - largest)) / total - t)
          : (scale / total) * ((q > EPSILON && q < MOST ? -t / q : 0) - normalizer)
      }
    }
  },
  gradient: ownGradient,
})
