// Attention, as products, masks and softmax. Scores are [batch, heads, queries, keys].

import { fail, impossible } from '../../errors.ts'
import type { AdditiveAttentionLayer, AttentionLayer } from '../../layers/attention/attention.ts'
import { axesFor } from '../../layers/attention/attentionShapes.ts'
import {
  type AttentionPlan,
  isUnseenZero,
  type ProjectedAttentionLayer,
} from '../../layers/attention/projectedAttention.ts'
import type { LayerTable } from '../../layers/layer.ts'
import type { Variable } from '../../layers/weights/variable.ts'
import { sizeOf } from '../../util/shape.ts'
import { type Lowerings, type MaskedOnnx, type OnnxCall, weightsOf } from './call.ts'
import {
  add,
  cast,
  compare,
  type Extent,
  extentOf,
  extentsOf,
  indices,
  masked,
  matmul,
  multiply,
  reduce,
  reshape,
  scale,
  softmax,
  subtract,
  transpose,
  unary,
  unsqueeze,
  where,
} from './expressions.ts'
import type { OnnxGraph, OnnxValue } from './graph.ts'

/** What is added to scores that do not count, as Keras has it for f32. */
const MASKED = 1e9

/** What decides which keys a query sees; masks broadcast to the scores. */
interface Seen {
  readonly masks: readonly (OnnxValue | null)[]
  readonly causal?: boolean
  readonly window?: number | null
}

/** 1 where a score counts, else 0; null where all do. */
function countsOf(
  graph: OnnxGraph,
  scores: OnnxValue,
  { masks, causal, window = null }: Seen,
): OnnxValue | null {
  const rank = scores.shape.length
  const query = unsqueeze(graph, indices(graph, scores, rank - 2), [1])
  const key = indices(graph, scores, rank - 1)
  const distance = unary(graph, 'Abs', subtract(graph, query, key))
  const all = [
    ...masks,
    causal ? compare(graph, 'LessOrEqual', key, query) : null,
    window === null ? null : compare(graph, 'Less', distance, graph.scalar(window)),
  ].filter((mask) => mask !== null)
  return all.length === 0
    ? null
    : all
        .map((mask) => cast(graph, cast(graph, mask, 'bool'), 'float'))
        .reduce((a, b) => multiply(graph, a, b))
}

/** The weights that scores become; of a query that sees no key they are 0, or equal. */
function weigh(graph: OnnxGraph, scores: OnnxValue, seen: Seen, zeroWhereNone: boolean): OnnxValue {
  const counts = countsOf(graph, scores, seen)
  if (!counts) return softmax(graph, scores)
  const far = zeroWhereNone ? graph.scalar(-MASKED) : subtract(graph, scores, graph.scalar(MASKED))
  const weights = softmax(graph, where(graph, counts, scores, far))
  return zeroWhereNone ? multiply(graph, weights, counts) : weights
}

type Weighing = AttentionLayer | AdditiveAttentionLayer

/** The scores of queries [batch, T, d] by keys [batch, S, d]: [batch, T, S]. */
function scoresOf({ layer, graph }: OnnxCall<Weighing>, query: OnnxValue, key: OnnxValue): OnnxValue {
  const { scale: factor, concatScoreWeight } = weightsOf(layer)
  const isAdditive = layer.className === 'AdditiveAttention'
  const weight = (variable: Variable): OnnxValue => graph.weight(variable)
  const scaled = (x: OnnxValue): OnnxValue => (factor && !isAdditive ? multiply(graph, x, weight(factor)) : x)
  if (!isAdditive && !concatScoreWeight) return matmul(graph, scaled(query), transpose(graph, key, [0, 2, 1]))
  const sum = add(graph, unsqueeze(graph, scaled(query), [2]), unsqueeze(graph, scaled(key), [1]))
  const bent = unary(graph, 'Tanh', sum)
  const terms = isAdditive && factor ? multiply(graph, bent, weight(factor)) : bent
  const scores = reduce(graph, 'ReduceSum', terms, [3])
  return concatScoreWeight ? multiply(graph, scores, weight(concatScoreWeight)) : scores
}

function attention(call: OnnxCall<Weighing>): readonly MaskedOnnx[] {
  const { layer, graph, inputs, masks, options } = call
  const [query, value, key = value] = inputs
  if (!value || !key) impossible(`${layer.where} is called without values`)
  const [queryMask = null, valueMask = null] = masks
  const seen = {
    masks: [valueMask && unsqueeze(graph, valueMask, [1])],
    causal: options.useCausalMask === true,
  }
  const weights = weigh(graph, scoresOf(call, query, key), seen, false)
  const means = matmul(graph, weights, value)
  const output = queryMask ? masked(graph, means, queryMask) : means
  const shown = options.returnAttentionScores === true ? [{ value: weights, mask: null }] : []
  return [{ value: output, mask: queryMask }, ...shown]
}

/** x [rows, positions, C] times a kernel [C, …], and a bias: [rows, positions, product of the kernel's other axes]. */
function projected(graph: OnnxGraph, x: OnnxValue, weights: readonly Variable[], inputs = 1): OnnxValue {
  const [kernel, bias] = weights
  if (!kernel) impossible('a projection without a kernel')
  const shape = [sizeOf(kernel.shape.slice(0, inputs)), sizeOf(kernel.shape.slice(inputs))]
  const y = matmul(
    graph,
    x,
    graph.derived([kernel], 'matrix', shape, () => kernel.value),
  )
  if (!bias) return y
  return add(
    graph,
    y,
    graph.derived([bias], 'row', [sizeOf(bias.shape)], () => bias.value),
  )
}

type Projected = ProjectedAttentionLayer<LayerTable>

function projectedAttention(call: OnnxCall<Projected>): readonly MaskedOnnx[] {
  const { layer, graph, inputs, masks, options } = call
  const plan = Reflect.get(layer, 'plan') as AttentionPlan
  const weights = weightsOf(layer)
  const [query, value = query, key = value] = inputs
  const { attended, free } = axesFor(layer, query.shape, plan.axes)
  const order = [0, ...free, ...attended, query.shape.length - 1]
  const moved = (x: OnnxValue): OnnxValue => transpose(graph, x, order)
  /** [batch · free, positions, features] */
  const positions = (x: OnnxValue): OnnxValue =>
    reshape(graph, moved(x), [null, positionsOf(call, x, attended), extentOf(x, x.shape.length - 1)])
  const { heads, keyHeads, keyDim, valueDim } = plan
  const groups = heads / keyHeads
  /** [rows, key heads, heads of each, positions, d] */
  const byHead = (x: OnnxValue, own: readonly Variable[], count: number, dim: number): OnnxValue => {
    const source = positions(x)
    const y = projected(graph, source, own)
    const apart = reshape(graph, y, [extentOf(y, 0), extentOf(y, 1), keyHeads, count / keyHeads, dim])
    return transpose(graph, apart, [0, 2, 3, 1, 4])
  }
  const q = scale(graph, byHead(query, weights.query, heads, keyDim), 1 / Math.sqrt(keyDim))
  const k = byHead(key, weights.key, keyHeads, keyDim)
  const v = byHead(value, weights.value, keyHeads, valueDim)
  const product = matmul(graph, q, transpose(graph, k, [0, 1, 2, 4, 3]))
  const [rows, queries, keys] = [extentOf(product, 0), extentOf(product, 3), extentOf(product, 4)]
  const scores = reshape(graph, product, [rows, heads, queries, keys])
  const given = options.attentionMask as OnnxValue | null | undefined
  const weighed = weigh(
    graph,
    scores,
    {
      masks: [
        masks[0] ? unsqueeze(graph, masks[0], [1, 3]) : null,
        ...masks.slice(1).map((mask) => mask && unsqueeze(graph, mask, [1, 2])),
        given ? pairMask(call, given) : null,
      ],
      causal: options.useCausalMask === true,
      window: plan.window,
    },
    isUnseenZero(plan, query.shape, options),
  )
  const grouped = reshape(graph, weighed, [rows, keyHeads, groups, queries, keys])
  const means = matmul(graph, grouped, v)
  const joined = reshape(graph, transpose(graph, means, [0, 3, 1, 2, 4]), [rows, queries, heads * valueDim])
  const gated = plan.useGate
    ? multiply(graph, joined, unary(graph, 'Sigmoid', projected(graph, positions(query), weights.gate)))
    : joined
  const output = projected(graph, gated, weights.output, 2)
  const source = moved(query)
  const outputs: readonly Extent[] = plan.outputs ?? [extentOf(query, query.shape.length - 1)]
  const apart = reshape(graph, output, [
    ...extentsOf(source, 0, source.shape.length - 1),
    extentOf(output, 2),
  ])
  const back = transpose(
    graph,
    apart,
    order.map((_, axis) => order.indexOf(axis)),
  )
  const placed = reshape(graph, back, [...extentsOf(back, 0, back.shape.length - 1), ...outputs])
  const places = (x: OnnxValue): readonly Extent[] => attended.map((axis) => extentOf(x, axis))
  const frees = [0, ...free].map((axis) => extentOf(query, axis))
  const shown =
    options.returnAttentionScores === true
      ? [
          {
            value: reshape(graph, weighed, [...frees, heads, ...places(query), ...places(value)]),
            mask: null,
          },
        ]
      : []
  return [{ value: placed, mask: masks[0] ?? null }, ...shown]
}

/** The number of positions along the axes over which attention goes. */
function positionsOf({ layer }: OnnxCall, x: OnnxValue, attended: readonly number[]): number | Extent {
  const [only] = attended
  if (only !== undefined && attended.length === 1) return extentOf(x, only)
  const extents = attended.map((axis) => x.shape[axis] ?? null)
  if (extents.includes(null))
    fail(layer.where, {
      expected: 'known extents along several attentionAxes, in an ONNX file',
      got: `open ones`,
      remedy: "Give the model's input all extents but the batch.",
    })
  return sizeOf(extents.map((extent) => extent ?? 1))
}

/** A mask of queries and keys as scores have it. */
function pairMask({ layer, graph, inputs: [query] }: OnnxCall, mask: OnnxValue): OnnxValue {
  if (query.shape.length !== 3)
    fail(layer.where, {
      expected: 'an attentionMask beside inputs of three axes, in an ONNX file',
      got: `one beside inputs of ${query.shape.length}`,
    })
  const missing = mask.shape.length === 4 ? [] : mask.shape.length === 3 ? [1] : [0, 1]
  return unsqueeze(graph, mask, missing)
}

export const attentionLowerings = {
  Attention: attention,
  AdditiveAttention: attention,
  MultiHeadAttention: projectedAttention,
  GroupedQueryAttention: projectedAttention,
} satisfies Lowerings
