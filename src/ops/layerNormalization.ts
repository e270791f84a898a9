// y = gamma·x̂ + beta, x̂ = (x − mean) / √(variance + ε), over the last axis: x, y [..., F], gamma and beta [F].
// Ba et al. 2016. The variance divides by F, not by F − 1.

import type { Value } from '../graph/graph.ts'
import { LOAD_FLOPS } from '../graph/launch.ts'
import { defineOp, type Gradients } from '../graph/operation.ts'
import { lastOf, rowsOf, sizeOf } from '../util/shape.ts'
import { layerNormalizationGradient as gradientKernel, layerNormalization as kernel } from './kernels.gen.ts'
import { sum } from './reduce.ts'
import { reshape } from './view.ts'

export interface LayerNormalizationAttributes {
  /** Added to the variance. */
  readonly epsilon: number
}

/** The gradient by x, and products whose sum over rows is the gradient by gamma. */
export const layerNormalizationGradient = defineOp({
  kernel: gradientKernel,
  dims: { x: '...rows C', gamma: 'C', dy: '...rows C' },
  optional: ['gamma'],
  discardable: ['products'],
  shape: ({ x }) => ({ dx: x, products: x }),
  params: ({ rows, C, gamma, products }, { epsilon }: LayerNormalizationAttributes) => ({
    size: sizeOf(rows),
    columns: C,
    epsilon,
    hasGamma: Number(gamma !== undefined),
    hasProducts: Number(products !== undefined),
  }),
  threads: ({ size }) => size,
  flopsEach: ({ columns }) => 7 * LOAD_FLOPS * columns,
})

export const layerNormalization = defineOp({
  kernel,
  dims: { x: '...rows C', gamma: 'C', beta: 'C' },
  optional: ['gamma', 'beta'],
  shape: ({ x }, _attrs: LayerNormalizationAttributes) => ({ y: x }),
  params: ({ rows, C, gamma, beta }, { epsilon }) => ({
    size: sizeOf(rows),
    columns: C,
    epsilon,
    hasGamma: Number(gamma !== undefined),
    hasBeta: Number(beta !== undefined),
  }),
  threads: ({ size }) => size,
  flopsEach: ({ columns }) => 6 * LOAD_FLOPS * columns,
  gradient({ graph, inputs: { x, gamma }, attrs, wants }, { y: dy }): Gradients<'x' | 'gamma' | 'beta'> {
    if (dy === undefined) return {}
    const shape = [rowsOf(x.shape), lastOf(x.shape)]
    const overRows = (value: Value): Value =>
      sum(graph, { x: reshape(graph, value, { shape }) }, { axis: 0 }).y
    const { dx, products } = layerNormalizationGradient(graph, { x, gamma, dy }, attrs)
    return {
      x: dx,
      gamma: wants('gamma') ? overRows(products) : undefined,
      beta: wants('beta') ? overRows(dy) : undefined,
    }
  },
})
