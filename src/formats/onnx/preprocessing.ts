// Layers that prepare numbers on the device: scaled, normalized, in bins, and ids as vectors.

import type { CategoryEncodingLayer } from '../../layers/preprocessing/categoryEncoding.ts'
import type { DiscretizationLayer } from '../../layers/preprocessing/discretization.ts'
import type { Encoding } from '../../layers/preprocessing/encoding.ts'
import type { NormalizationLayer } from '../../layers/preprocessing/normalization.ts'
import type { RescalingLayer } from '../../layers/preprocessing/rescaling.ts'
import { Tensor } from '../../util/tensor.ts'
import { type Lowerings, type OnnxCall, weightsOf } from './call.ts'
import {
  add,
  compare,
  divide,
  multiply,
  pointwise,
  reduce,
  squeeze,
  subtract,
  unsqueeze,
} from './expressions.ts'
import type { OnnxGraph, OnnxValue } from './graph.ts'

function rescaling({ layer, graph, inputs: [x] }: OnnxCall<RescalingLayer>) {
  const operand = (value: number | Tensor): OnnxValue =>
    value instanceof Tensor ? graph.constant(value.data, value.shape) : graph.scalar(value)
  const { scale, offset } = layer.config
  return [add(graph, multiply(graph, x, operand(scale)), operand(offset))]
}

function normalization({ layer, graph, inputs: [x] }: OnnxCall<NormalizationLayer>) {
  const { mean, variance } = weightsOf(layer)
  const axes = layer.config.axis.map((axis) => (axis < 0 ? axis + x.shape.length : axis))
  const shape = x.shape.map((extent, axis) => (axes.includes(axis) ? (extent ?? 1) : 1))
  const means = graph.derived([mean], 'mean', shape, () => mean.value)
  const deviations = graph.derived([variance], 'deviation', shape, () =>
    variance.value.map((value) => Math.max(Math.sqrt(value), 1e-7)),
  )
  return [
    layer.config.invert
      ? add(graph, multiply(graph, x, deviations), means)
      : divide(graph, subtract(graph, x, means), deviations),
  ]
}

/** The tensor with a last axis of 1. */
const column = (graph: OnnxGraph, x: OnnxValue): OnnxValue => unsqueeze(graph, x, [x.shape.length])

/** Indices one-hot, or counted over a sample. */
function encode(
  graph: OnnxGraph,
  given: OnnxValue,
  mode: Encoding,
  depth: number,
  weights: OnnxValue | null = null,
): OnnxValue {
  const isSqueezed = mode === 'one_hot' && given.shape.length > 1 && given.shape.at(-1) === 1
  const indices = isSqueezed ? squeeze(graph, given, [given.shape.length - 1]) : given
  const places = graph.constant(Float32Array.from({ length: depth }, (_, i) => i))
  const each = compare(graph, 'Equal', column(graph, indices), places)
  if (mode === 'one_hot') return each
  const weighted = weights ? multiply(graph, each, column(graph, weights)) : each
  const counts = reduce(graph, 'ReduceSum', weighted, [indices.shape.length - 1])
  return mode === 'count' ? counts : pointwise(graph, 'Min', [counts, graph.scalar(1)])
}

function categoryEncoding({ layer, graph, inputs: [x], options }: OnnxCall<CategoryEncodingLayer>) {
  const { numTokens, outputMode } = layer.config
  return [encode(graph, x, outputMode, numTokens, options.countWeights as OnnxValue | null | undefined)]
}

function discretization({ layer, graph, inputs: [x] }: OnnxCall<DiscretizationLayer>) {
  const { boundaries } = weightsOf(layer)
  const isBehind = compare(graph, 'GreaterOrEqual', column(graph, x), graph.weight(boundaries))
  const bins = reduce(graph, 'ReduceSum', isBehind, [x.shape.length])
  const { outputMode: mode } = layer.config
  return [mode === 'int' ? bins : encode(graph, bins, mode, boundaries.value.length + 1)]
}

export const preprocessingLowerings = {
  CategoryEncoding: categoryEncoding,
  Discretization: discretization,
  Normalization: normalization,
  Rescaling: rescaling,
} satisfies Lowerings
