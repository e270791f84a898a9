// Layers of matrix products: Dense and its kin, tables of vectors, dot products, and normalizations by weights.

import { impossible } from '../../errors.ts'
import { axesOf } from '../../layers/axes.ts'
import type { DenseLayer } from '../../layers/core/dense.ts'
import type { EinsumDenseLayer } from '../../layers/core/einsumDense.ts'
import { bindEquation } from '../../layers/core/einsumEquation.ts'
import type { EmbeddingLayer } from '../../layers/core/embedding.ts'
import type { ReversibleEmbeddingLayer } from '../../layers/core/reversibleEmbedding.ts'
import type { DotLayer } from '../../layers/merging/dot.ts'
import type { BatchNormalizationLayer } from '../../layers/normalization/batchNormalization.ts'
import type { LayerNormalizationLayer } from '../../layers/normalization/layerNormalization.ts'
import type { Variable } from '../../layers/weights/variable.ts'
import { activate } from './activations.ts'
import { type Lowerings, type OnnxCall, weightsOf } from './call.ts'
import {
  add,
  cast,
  divide,
  type Extent,
  extentOf,
  extentsOf,
  matmul,
  multiply,
  pointwise,
  reduce,
  reshape,
  subtract,
  transpose,
  unary,
} from './expressions.ts'
import type { OnnxGraph, OnnxValue } from './graph.ts'

function dense({ layer, step, graph, inputs: [x] }: OnnxCall<DenseLayer>) {
  const { kernel, bias } = weightsOf(layer)
  const W = graph.weight(kernel)
  const { units, activation } = layer.config
  const shape = [...x.shape.slice(0, -1), units]
  const b = bias ? graph.weight(bias) : null
  if (x.shape.length === 2)
    return [activate(step, graph.node('Gemm', [x, W, b], { shape, type: 'float' }), activation)]
  const product = matmul(graph, x, W)
  return [activate(step, b ? add(graph, product, b) : product, activation)]
}

function einsumDense({ layer, step, graph, inputs: [x] }: OnnxCall<EinsumDenseLayer>) {
  const { letters, outputShape } = bindEquation(layer.where, layer.config, x.shape)
  const { kernel, bias } = weightsOf(layer)
  const y = einsum(graph, [x, graph.weight(kernel)], [letters.input, letters.kernel], letters.output)
  const product = { ...y, shape: outputShape }
  const biased = bias ? add(graph, product, graph.weight(bias)) : product
  return [activate(step, biased, layer.config.activation)]
}

const LETTERS = [...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ']

/** A sum of products by Einstein's notation; axes are named by any words. */
export function einsum(
  graph: OnnxGraph,
  operands: readonly OnnxValue[],
  inputs: readonly (readonly string[])[],
  output: readonly string[],
): OnnxValue {
  const words = [...new Set(inputs.flat())]
  const written = (axes: readonly string[]): string =>
    axes.map((axis) => LETTERS[words.indexOf(axis)] ?? '').join('')
  const extents = new Map<string, number | null>()
  inputs.forEach((axes, i) => {
    axes.forEach((axis, k) => {
      extents.set(axis, extents.get(axis) ?? operands[i]?.shape[k] ?? null)
    })
  })
  const shape = output.map((axis) => extents.get(axis) ?? null)
  const equation = `${inputs.map(written).join(',')}->${written(output)}`
  return graph.node('Einsum', operands, { shape, type: 'float' }, { equation })
}

function embedding({ layer, graph, inputs: [x] }: OnnxCall<EmbeddingLayer>) {
  const ids = cast(graph, x, 'int64')
  const shape = [...x.shape, layer.config.outputDim]
  const table = graph.weight(weightsOf(layer).embeddings)
  const value = graph.node('Gather', [table, ids], { shape, type: 'float' }, { axis: 0 })
  if (!layer.config.maskZero) return [value]
  const isPadding = pointwise(graph, 'Equal', [ids, graph.constant([0], [])], 'bool')
  const isId = graph.node('Not', [isPadding], { shape: x.shape, type: 'bool' })
  return [{ value, mask: cast(graph, isId, 'float') }]
}

/** Vectors to a number for each id, or ids to vectors. */
function reversibleEmbedding(call: OnnxCall<ReversibleEmbeddingLayer>) {
  const { layer, graph, inputs, options } = call
  if (!options.reverse) return embedding(call as unknown as OnnxCall<EmbeddingLayer>)
  const { embeddings, reverseEmbeddings } = weightsOf(layer)
  const kernel = reverseEmbeddings
    ? graph.weight(reverseEmbeddings)
    : transpose(graph, graph.weight(embeddings), [1, 0])
  const y = matmul(graph, inputs[0], kernel)
  const { logitSoftCap: cap } = layer.config
  if (cap === null) return [y]
  const bounded = unary(graph, 'Tanh', divide(graph, y, graph.scalar(cap)))
  return [multiply(graph, bounded, graph.scalar(cap))]
}

function dot({ layer, graph, inputs }: OnnxCall<DotLayer>) {
  const [a, b] = inputs
  if (!b) impossible(`${layer.where} is called on one input`)
  const { axes, normalize } = layer.config
  const [p, q] = typeof axes === 'number' ? [axes, axes] : axes
  const [first, second] = [p < 0 ? p + a.shape.length : p, q < 0 ? q + b.shape.length : q]
  const prepared = (x: OnnxValue, axis: number): OnnxValue => {
    if (!normalize) return x
    const norm = reduce(graph, 'ReduceL2', x, [axis], true)
    return divide(graph, x, pointwise(graph, 'Max', [norm, graph.scalar(1e-7)]))
  }
  /** x [batch, …] as [batch, all other axes, axis]. */
  const matrices = (x: OnnxValue, axis: number): OnnxValue => {
    const others = x.shape.map((_, k) => k).filter((k) => k !== axis)
    return reshape(graph, transpose(graph, x, [...others, axis]), [extentOf(x, 0), null, extentOf(x, axis)])
  }
  const left = matrices(prepared(a, first), first)
  const right = transpose(graph, matrices(prepared(b, second), second), [0, 2, 1])
  const rest = (x: OnnxValue, axis: number): readonly Extent[] =>
    extentsOf(x).filter((_, k) => k !== 0 && k !== axis)
  const extents = [extentOf(a, 0), ...rest(a, first), ...rest(b, second)]
  return [reshape(graph, matmul(graph, left, right), extents.length === 1 ? [...extents, 1] : extents)]
}

function batchNormalization({ layer, graph, inputs: [x] }: OnnxCall<BatchNormalizationLayer>) {
  const { gamma, beta, movingMean, movingVariance } = weightsOf(layer)
  const { epsilon, axis: given } = layer.config
  const axis = given < 0 ? given + x.shape.length : given
  const extents = [...movingMean.shape, ...x.shape.slice(axis + 1).map(() => 1)]
  const along = (variable: Variable, what: string): OnnxValue =>
    graph.derived([variable], `${what}_${extents.length}`, extents, () => variable.value)
  const sources = [movingVariance, ...(gamma ? [gamma] : [])] as const
  const factor = graph.derived(sources, `factor_${extents.length}`, extents, () =>
    movingVariance.value.map((variance, i) => (gamma?.value[i] ?? 1) / Math.sqrt(variance + epsilon)),
  )
  const y = multiply(graph, subtract(graph, x, along(movingMean, 'mean')), factor)
  return [beta ? add(graph, y, along(beta, 'shift')) : y]
}

function layerNormalization({ layer, graph, inputs: [x] }: OnnxCall<LayerNormalizationLayer>) {
  const { gamma, beta } = weightsOf(layer)
  const { epsilon, rmsScaling } = layer.config
  const axes = axesOf(layer, layer.config.axis, x.shape)
  const others = x.shape.map((_, k) => k).filter((k) => !axes.includes(k))
  const order = [...others, ...axes]
  const last = transpose(graph, x, order)
  const extents = axes.map((axis) => x.shape[axis] ?? 1)
  const size = extents.reduce((a, b) => a * b, 1)
  const scale = gamma ? graph.weight(gamma) : graph.constant(new Float32Array(size).fill(1), extents)
  const back = order.map((_, k) => order.indexOf(k))
  if (rmsScaling) {
    const over = axes.map((_, k) => others.length + k)
    const centered = subtract(graph, last, reduce(graph, 'ReduceMean', last, over, true))
    const variance = reduce(graph, 'ReduceMean', multiply(graph, centered, centered), over, true)
    const deviation = pointwise(graph, 'Sqrt', [add(graph, variance, graph.scalar(epsilon))])
    return [transpose(graph, multiply(graph, divide(graph, last, deviation), scale), back)]
  }
  const y = graph.node(
    'LayerNormalization',
    [last, scale, beta ? graph.weight(beta) : null],
    { shape: last.shape, type: 'float' },
    { axis: others.length, epsilon },
  )
  return [transpose(graph, y, back)]
}

export const productLowerings = {
  Dense: dense,
  EinsumDense: einsumDense,
  Embedding: embedding,
  ReversibleEmbedding: reversibleEmbedding,
  Dot: dot,
  BatchNormalization: batchNormalization,
  LayerNormalization: layerNormalization,
} satisfies Lowerings
