// Batch normalization (Ioffe & Szegedy 2015) by columns of x [rows, columns]:
//   x̂ = (x − mean) / √(variance + epsilon)    y = gamma·x̂ + beta
// Mean and variance are either the batch's (`moments`), and then functions of x in y's gradient, or given constants.

import { LOAD_FLOPS } from '../graph/launch.ts'
import { defineOp, type Gradients } from '../graph/operation.ts'
import { sizeOf } from '../util/shape.ts'
import {
  batchNormalizationGradient as gradientKernel,
  batchNormalization as kernel,
  moments as momentsKernel,
  batchNormalizationSums as sumsKernel,
} from './kernels.gen.ts'

/** Mean and variance of each column of x. Differentiated as a part of {@link batchNormalization} only. */
export const moments = defineOp({
  kernel: momentsKernel,
  dims: { x: '...rows C' },
  shape: ({ C }) => ({ mean: [C], variance: [C] }),
  params: ({ rows, C }, _attrs: object) => ({ rows: sizeOf(rows), columns: C }),
  workgroups: ({ columns }) => columns,
  flopsEach: ({ rows }) => 2 * LOAD_FLOPS * rows,
  // The gradient of batchNormalization already contains the part by which x enters through mean and variance.
  gradient: () => ({}),
})

interface NormalizationAttributes {
  readonly epsilon: number
  /** Whether mean and variance are moments of x, so that the gradient goes through them. */
  readonly ofBatch: boolean
}

export const batchNormalization = defineOp({
  kernel,
  dims: { x: '...rows C', mean: 'C', variance: 'C', gamma: 'C', beta: 'C' },
  optional: ['gamma', 'beta'],
  shape: ({ x }) => ({ y: x }),
  params: ({ x, C, gamma, beta }, { epsilon }: NormalizationAttributes) => ({
    size: sizeOf(x),
    columns: C,
    epsilon,
    hasGamma: Number(gamma !== undefined),
    hasBeta: Number(beta !== undefined),
  }),
  threads: ({ size }) => size,
  gradient({ graph, inputs, attrs, wants }, { y: dy }): Gradients<'x' | 'gamma' | 'beta'> {
    if (dy === undefined) return {}
    const { x, mean, variance, gamma } = inputs
    const { dGamma, dBeta } = batchNormalizationSums(graph, { x, mean, variance, dy }, attrs)
    const given = { x, mean, variance, gamma, dy, dGamma, dBeta }
    return {
      x: wants('x') ? batchNormalizationGradient(graph, given, attrs).dx : undefined,
      gamma: dGamma,
      beta: dBeta,
    }
  },
})

export const batchNormalizationSums = defineOp({
  kernel: sumsKernel,
  dims: { x: '...rows C', mean: 'C', variance: 'C', dy: '...rows C' },
  shape: ({ mean }) => ({ dGamma: mean, dBeta: mean }),
  params: ({ rows, C }, { epsilon }: { readonly epsilon: number }) => ({
    rows: sizeOf(rows),
    columns: C,
    epsilon,
  }),
  workgroups: ({ columns }) => columns,
  flopsEach: ({ rows }) => 2 * LOAD_FLOPS * rows,
})

export const batchNormalizationGradient = defineOp({
  kernel: gradientKernel,
  dims: { x: '...rows C', mean: 'C', variance: 'C', gamma: 'C', dy: '...rows C', dGamma: 'C', dBeta: 'C' },
  optional: ['gamma'],
  shape: ({ x }) => ({ dx: x }),
  params: ({ x, C, gamma }, { epsilon, ofBatch }: NormalizationAttributes) => ({
    size: sizeOf(x),
    columns: C,
    epsilon,
    hasGamma: Number(gamma !== undefined),
    ofBatch: Number(ofBatch),
  }),
  threads: ({ size }) => size,
})
