// Cross-entropy of classes, as a loss: see losses.ts. Targets are distributions [..., C], or class indices [...].

import { LOAD_FLOPS } from '../graph/launch.ts'
import { defineOp } from '../graph/operation.ts'
import { categoricalCrossentropy as categoricalKernel } from './kernels.gen.ts'
import type { LossCount } from './lossCount.ts'
import { lossParams, lossShape, ownGradient } from './losses.ts'

export interface CategoricalAttributes extends LossCount {
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
  params: (shapes, { sparse, fromLogits, smoothing = 0, ...count }: CategoricalAttributes) => ({
    ...lossParams(shapes, count),
    sparse: Number(sparse),
    fromLogits: Number(fromLogits),
    smoothing,
  }),
  threads: ({ size }) => size,
  flopsEach: ({ columns }) => 6 * LOAD_FLOPS * columns,
  gradient: ownGradient,
})
