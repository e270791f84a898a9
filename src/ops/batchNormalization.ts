// Batch normalization (Ioffe & Szegedy 2015) by columns of x [rows, columns]:
//   x̂ = (x − mean) / √(variance + epsilon)    y = act(gamma·x̂ + beta)
// Mean and variance are either the batch's (`moments`), and then functions of x in y's gradient, or given constants.

import type { Graph, Node, Value } from '../graph/graph.ts'
import { LOAD_FLOPS } from '../graph/launch.ts'
import { defineOp, type Gradients } from '../graph/operation.ts'
import { sourcesIn } from '../graph/readers.ts'
import { lastOf, sizeOf } from '../util/shape.ts'
import { affine } from './affine.ts'
import { add, binary } from './elementwise.ts'
import {
  batchNormalizationGradient as gradientKernel,
  batchNormalization as kernel,
  moments as momentsKernel,
  batchNormalizationSums as sumsKernel,
} from './kernels.gen.ts'
import { reshape } from './view.ts'

/**
 * Mean and variance of each column of x; with weights of rows, which add to the number of rows or are all 0, weighted ones. Those
 * without weights are differentiated as a part of {@link batchNormalization} only.
 */
export const moments = defineOp({
  kernel: momentsKernel,
  dims: { x: '...rows C', weights: '...rows' },
  optional: ['weights'],
  shape: ({ C }) => ({ mean: [C], variance: [C] }),
  params: ({ rows, C, weights }, _attrs: object) => ({
    rows: sizeOf(rows),
    columns: C,
    hasWeights: Number(weights !== undefined),
  }),
  workgroups: ({ columns }) => columns,
  flopsEach: ({ rows }) => 2 * LOAD_FLOPS * rows,
  gradient({ graph, inputs: { x, weights }, outputs: { mean } }, { mean: dMean, variance }): Gradients<'x'> {
    // Without weights the gradient of batchNormalization contains the part by which x enters through mean and variance.
    if (!weights || !dMean || !variance) return {}
    const difference = binary(graph, { a: x, b: mean }, { fn: 'subtract' }).y
    const ofVariance = binary(graph, { a: difference, b: variance }, { fn: 'multiply' }).y
    const d = add(graph, affine(graph, { x: ofVariance }, { scale: 2 }).y, dMean)
    const share = affine(graph, { x: weights }, { scale: 1 / sizeOf(weights.shape) }).y
    const column = reshape(graph, share, { shape: [...weights.shape, 1] })
    return { x: binary(graph, { a: d, b: column }, { fn: 'multiply' }).y }
  },
})

interface NormalizationAttributes {
  readonly epsilon: number
  /** Whether mean and variance are moments of x without weights, so that x's gradient goes through them. */
  readonly ofBatch: boolean
  /** The code of an activation; the compiler sets it. */
  readonly activation?: number
}

export const batchNormalization = defineOp({
  kernel,
  dims: { x: '...rows C', mean: 'C', variance: 'C', gamma: 'C', beta: 'C' },
  optional: ['gamma', 'beta'],
  shape: ({ x }) => ({ y: x }),
  params: ({ x, C, gamma, beta }, { epsilon, activation = 0 }: NormalizationAttributes) => ({
    size: sizeOf(x),
    columns: C,
    epsilon,
    hasGamma: Number(gamma !== undefined),
    hasBeta: Number(beta !== undefined),
    ACTIVATION: activation,
  }),
  threads: ({ size }) => Math.ceil(size / 4),
  gradient(
    { graph, inputs, attrs, wants },
    { y: dy },
  ): Gradients<'x' | 'gamma' | 'beta' | 'mean' | 'variance'> {
    if (dy === undefined) return {}
    const { x, mean, variance, gamma } = inputs
    const { dGamma, dBeta } = batchNormalizationSums(graph, { x, mean, variance, dy }, attrs)
    const given = { x, mean, variance, gamma, dy, dGamma, dBeta }
    // d, by columns, times gamma / √(variance + epsilon), or without gamma.
    const perColumn = (d: Value, by: Value | undefined, scale: number): Value => {
      const dRow = affine(graph, { x: d }, { scale }).y
      return batchNormalizationGradient(
        graph,
        { ...given, x: dRow, dy: dRow, gamma: by },
        { ...attrs, ofBatch: false },
      ).dx
    }
    const throughMoments = !attrs.ofBatch && wants('mean')
    return {
      mean: throughMoments ? perColumn(dBeta, gamma, -1) : undefined,
      variance: throughMoments ? perColumn(perColumn(dGamma, gamma, -0.5), undefined, 1) : undefined,
      x: wants('x') ? batchNormalizationGradient(graph, given, attrs).dx : undefined,
      gamma: dGamma,
      beta: dBeta,
    }
  },
  epilogue: {
    output: 'y',
    fuse: (attrs, { activation }) => (attrs.activation ? null : { ...attrs, activation }),
  },
  absorb: (node, graph) => absorbsProducer(node, graph),
})

/**
 * Makes a node that normalizes by what is in memory, as moving means are, the operation whose output it reads, if that can do the same
 * as it stores, and nothing else reads it.
 */
function absorbsProducer(node: Node, graph: Graph): boolean {
  const { x, ...columns } = node.inputs
  const made = x && sourcesIn(graph)(x)
  if (!made) return false
  const producer = made.node
  if (!producer?.op.normalized) return false
  if (lastOf(made.shape) !== lastOf(x.shape) || producer.mixed !== node.mixed) return false
  const { epsilon, activation = 0 } = node.attrs as NormalizationAttributes
  const attrs = producer.op.normalized(producer.attrs, { epsilon, activation })
  if (!attrs || !Object.values(columns).every(isInMemory)) return false
  node.op = producer.op
  node.inputs = { ...producer.inputs, ...columns }
  node.attrs = attrs
  return true
}

const isInMemory = ({ node }: Value): boolean =>
  node === null || (node.op.view && Object.values(node.inputs).every(isInMemory))

export const batchNormalizationSums = defineOp({
  kernel: sumsKernel,
  dims: { x: '...rows C', mean: 'C', variance: 'C', dy: '...rows C' },
  shape: ({ mean }, _attrs: NormalizationAttributes) => ({ dGamma: mean, dBeta: mean }),
  params: ({ rows, C }, { epsilon }) => ({
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
