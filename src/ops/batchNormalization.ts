// Batch normalization (Ioffe & Szegedy 2015) by columns of x [rows, columns]:
//   x̂ = (x − mean) / √(variance + epsilon)    y = gamma·x̂ + beta
// Mean and variance are either the batch's (`moments`), and then functions of x in y's gradient, or given constants.

import { LOAD_FLOPS } from '../graph/launch.ts'
import { defineOp, type Gradients } from '../graph/operation.ts'
import { lastOf, rowsOf, sizeOf } from '../util/shape.ts'
import {
  batchNormalizationGradient as gradientKernel,
  batchNormalization as kernel,
  moments as momentsKernel,
  batchNormalizationSums as sumsKernel,
} from './kernels.gen.ts'

/** Mean and variance of each column of x. Differentiated as a part of {@link batchNormalization} only. */
export const moments = defineOp({
  kernel: momentsKernel,
  shape: ({ x }) => ({ mean: [lastOf(x)], variance: [lastOf(x)] }),
  params: ({ x }, _attrs: object) => ({ rows: rowsOf(x), columns: lastOf(x) }),
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
  optional: ['gamma', 'beta'],
  shape: ({ x }) => ({ y: x }),
  params: ({ x, gamma, beta }, { epsilon }: NormalizationAttributes) => ({
    size: sizeOf(x),
    columns: lastOf(x),
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
  shape: ({ mean }) => ({ dGamma: mean, dBeta: mean }),
  params: ({ x }, { epsilon }: { readonly epsilon: number }) => ({
    rows: rowsOf(x),
    columns: lastOf(x),
    epsilon,
  }),
  workgroups: ({ columns }) => columns,
  flopsEach: ({ rows }) => 2 * LOAD_FLOPS * rows,
})

export const batchNormalizationGradient = defineOp({
  kernel: gradientKernel,
  optional: ['gamma'],
  shape: ({ x }) => ({ dx: x }),
  params: ({ x, gamma }, { epsilon, ofBatch }: NormalizationAttributes) => ({
    size: sizeOf(x),
    columns: lastOf(x),
    epsilon,
    hasGamma: Number(gamma !== undefined),
    ofBatch: Number(ofBatch),
  }),
  threads: ({ size }) => size,
})
