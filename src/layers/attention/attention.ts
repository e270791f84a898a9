// Attention without projections: means of values, weighted by how queries and keys agree. Attention scores them by products (Luong
// et al. 2015) or by tanh of their sum, AdditiveAttention by tanh of their sum with a weight for each feature (Bahdanau et al. 2015).

import { impossible } from '../../errors.ts'
import type { Graph, Value } from '../../graph/graph.ts'
import { additiveScores } from '../../ops/additiveScores.ts'
import { broadcast } from '../../ops/broadcasting.ts'
import { binary } from '../../ops/elementwise.ts'
import { maskedOutput } from '../../ops/masks.ts'
import { repeat } from '../../ops/reduce.ts'
import { reshape } from '../../ops/view.ts'
import { oneOf, option, type TableFor } from '../../util/options.ts'
import { drawKey, nextSeed } from '../../util/seed.ts'
import { lastOf, type OpenShape, showShape } from '../../util/shape.ts'
import type { LayerCall, MaskedValue } from '../call.ts'
import { defineLayer, type LayerConstructor } from '../callable.ts'
import { knownExtent } from '../inputChecks.ts'
import { Layer } from '../layer.ts'
import { flag, type LayerOptions, layerOptions, readShare, seed } from '../options.ts'
import type { SymbolicCall, SymbolicTensor } from '../symbolicTensor.ts'
import { getInitializer } from '../weights/getInitializer.ts'
import type { Variable } from '../weights/variable.ts'
import {
  attentionCallOptions,
  type CallableAttention,
  dotScores,
  refuse,
  weigh,
  withKeyMask,
} from './attentionCall.ts'

export interface AdditiveAttentionOptions extends LayerOptions {
  /** Whether scores are multiplied by a learned scale: `true` by default for `AdditiveAttention`, `false` for `Attention`. */
  readonly useScale?: boolean
  /** The share of the weights to drop in training, from 0 to 1, which leaves none; `0` by default. */
  readonly dropout?: number
  /** Fixes the draws of the dropout; `null`, the default, takes the next seed of `setSeed`. */
  readonly seed?: number | null
}

export interface AttentionOptions extends AdditiveAttentionOptions {
  /** What scores are: `'dot'`, the default, products of query and key; `'concat'`, sums of tanh of their sum. */
  readonly scoreMode?: 'dot' | 'concat'
}

const dropoutOptions = { dropout: option(0, readShare), seed }

const additiveTable = {
  ...layerOptions,
  useScale: flag(true),
  ...dropoutOptions,
} as const satisfies TableFor<AdditiveAttentionOptions>

const table = {
  ...layerOptions,
  useScale: flag(false),
  scoreMode: option<'dot' | 'concat'>('dot', oneOf(['dot', 'concat'])),
  ...dropoutOptions,
} as const satisfies TableFor<AttentionOptions>

type CallTable = { readonly useCausalMask: boolean; readonly returnAttentionScores: boolean }
type Weights = { readonly scale: Variable | undefined; readonly concatScoreWeight: Variable | undefined }
type Table = typeof table | typeof additiveTable

abstract class WeighingLayer<Options extends Table> extends Layer<Options, Weights> {
  readonly readsLists = true

  readonly #seed = this.config.seed ?? nextSeed()

  override get callOptions(): typeof attentionCallOptions {
    return attentionCallOptions
  }

  override get passesMask(): boolean {
    return true
  }

  override get takesMask(): boolean {
    return true
  }

  override connect(inputs: readonly SymbolicTensor[], call: SymbolicCall = {}): readonly SymbolicTensor[] {
    return super.connect(inputs, withKeyMask(call, inputs))
  }

  override outputShapes(
    inputs: readonly OpenShape[],
    _source?: Layer,
    options?: Partial<CallTable>,
  ): readonly OpenShape[] {
    const got = inputs.map(showShape).join(' and ') || 'none'
    const [query, value, key = value] = inputs
    if (!query || !value || !key || inputs.length > 3)
      return refuse(this, 'a list of inputs, [query, value] or [query, value, key]', got)
    if (inputs.some((shape) => shape.length !== 3))
      refuse(this, 'a query [batch, queries, features] and values [batch, keys, features]', got)
    const differ = (a: OpenShape, b: OpenShape, axis: number): boolean => {
      const [p, q] = [a[axis], b[axis]]
      return typeof p === 'number' && typeof q === 'number' && p !== q
    }
    if (differ(query, value, 0) || differ(query, key, 0)) refuse(this, 'inputs of one batch size', got)
    if (differ(value, key, 1)) refuse(this, 'as many keys as values', got)
    const isOne = query[2] === 1 || key[2] === 1
    if (differ(query, key, 2) && !(this.addsFeatures && isOne))
      refuse(this, `queries and keys of as many features${this.addsFeatures ? ', or of one' : ''}`, got)
    const scale = this.builtWeights?.scale
    if (scale?.shape.length && scale.shape[0] !== query[2])
      refuse(this, `${scale.shape[0]} features, for which it has its weights`, got)
    const [batch = null, queries = null] = query
    const [, keys = null, features = null] = value
    const scores = [batch, queries, keys]
    return [[batch, queries, features], ...(options?.returnAttentionScores ? [scores] : [])]
  }

  /** Whether scores come of sums of query and key, in which one feature of either is added to all of the other. */
  protected abstract get addsFeatures(): boolean

  /** The scores of queries [batch, T, d] by keys [batch, S, d]: [batch, T, S]. */
  protected abstract score(call: LayerCall<Weights>, query: Value, key: Value): Value

  protected override lower(call: LayerCall<Weights, CallTable>): readonly (Value | MaskedValue)[] {
    const { graph, inputs, masks, options, training, repetition } = call
    const [query, value, key = value] = inputs
    if (!value || !key) impossible(`${this.where} is called without values`)
    const [queryMask = null, valueMask = null] = masks
    const [asked, offered] = this.addsFeatures ? ofAsMany(graph, query, key) : ([query, key] as const)
    const scores = this.score(call, asked, offered)
    const [batch = 1, queries = 1, keys = 1] = scores.shape
    const oneHead = (x: Value): Value =>
      reshape(graph, x, { shape: [...x.shape.slice(0, 2), 1, lastOf(x.shape)] })
    const { y, kept } = weigh(
      graph,
      {
        scores: reshape(graph, scores, { shape: [batch, 1, queries, keys] }),
        keys: valueMask,
        causal: options.useCausalMask,
      },
      oneHead(value),
      { rate: training ? this.config.dropout : 0, seed: drawKey(this.#seed, repetition) },
    )
    const means = reshape(graph, y, { shape: [batch, queries, lastOf(value.shape)] })
    const outputs = queryMask ? maskedOutput(graph, { x: means, mask: queryMask }, {}).y : means
    const shown = options.returnAttentionScores
      ? [{ value: reshape(graph, kept, { shape: [batch, queries, keys] }), mask: null }]
      : []
    return [{ value: outputs, mask: queryMask }, ...shown]
  }
}

/** Query and key, the one of a single feature with as many as the other. */
const ofAsMany = (graph: Graph, query: Value, key: Value): [query: Value, key: Value] => {
  const features = Math.max(lastOf(query.shape), lastOf(key.shape))
  const widened = (x: Value): Value => broadcast(graph, x, [...x.shape.slice(0, -1), features])
  return [widened(query), widened(key)]
}

/** @internal */
export class AttentionLayer extends WeighingLayer<typeof table> {
  protected override get addsFeatures(): boolean {
    return this.config.scoreMode === 'concat'
  }

  protected override createWeights(): Weights {
    const one = getInitializer('ones', this.where)
    const scalar = (name: string): Variable => this.addWeight({ name, shape: [], initializer: one })
    return {
      scale: this.config.useScale ? scalar('scale') : undefined,
      concatScoreWeight: this.config.scoreMode === 'concat' ? scalar('concat_score_weight') : undefined,
    }
  }

  protected override score({ graph, weights }: LayerCall<Weights>, query: Value, key: Value): Value {
    const scaled = (x: Value): Value => scaledBy(graph, x, weights.scale)
    if (weights.concatScoreWeight) {
      // The weight of the sum as one of each feature.
      const scale = repeat(graph, { x: weights.concatScoreWeight }, { axis: 0, n: lastOf(query.shape) }).y
      return additiveScores(graph, { q: scaled(query), k: scaled(key), scale }, {}).y
    }
    const oneHead = ({ shape }: Value): number[] => [...shape.slice(0, 2), 1, lastOf(shape)]
    const y = dotScores(
      graph,
      reshape(graph, scaled(query), { shape: oneHead(query) }),
      reshape(graph, key, { shape: oneHead(key) }),
    )
    return reshape(graph, y, { shape: [y.shape[0] ?? 1, ...y.shape.slice(2)] })
  }
}

const scaledBy = (graph: Graph, x: Value, scale: Value | undefined): Value =>
  scale ? binary(graph, { a: x, b: scale }, { fn: 'multiply' }).y : x

/** @internal */
export class AdditiveAttentionLayer extends WeighingLayer<typeof additiveTable> {
  protected override get addsFeatures(): boolean {
    return true
  }

  protected override createWeights(query: OpenShape): Weights {
    const features = knownExtent(this, query, 2, 'features')
    const initializer = getInitializer('glorot_uniform', this.where)
    const scale = this.config.useScale
      ? this.addWeight({ name: 'scale', shape: [features], initializer })
      : undefined
    return { scale, concatScoreWeight: undefined }
  }

  protected override score({ graph, weights }: LayerCall<Weights>, query: Value, key: Value): Value {
    const scale = weights.scale && broadcast(graph, weights.scale, query.shape.slice(-1))
    return additiveScores(graph, { q: query, k: key, scale }, {}).y
  }
}

const definition = defineLayer({
  className: 'Attention',
  table,
  positional: [],
  create: (self, given) => new AttentionLayer(self, given),
})

const additive = defineLayer({
  className: 'AdditiveAttention',
  table: additiveTable,
  positional: [],
  create: (self, given) => new AdditiveAttentionLayer(self, given),
})

/**
 * Means of values, weighted by softmax of the products of queries and keys: `Attention()([query, value, key])` of `[batch, queries,
 * features]`, `[batch, keys, values]` and `[batch, keys, features]` → `[batch, queries, values]`. Without a key, values are keys,
 * too. A query's mask zeroes its output; keys whose values are masked have the weight 0. Where scores are of sums, queries or keys may have
 * a single feature, which is added to all of the other's.
 *
 * @see keras/src/layers/attention/attention.py
 */
export const Attention: LayerConstructor<[options?: AttentionOptions], Layer & CallableAttention> =
  definition.make
export type Attention = ReturnType<typeof Attention>

/**
 * Means of values, weighted by softmax of Σ scale·tanh(query + key) over features; else as {@link Attention}.
 *
 * @see keras/src/layers/attention/additive_attention.py
 */
export const AdditiveAttention: LayerConstructor<
  [options?: AdditiveAttentionOptions],
  Layer & CallableAttention
> = additive.make
export type AdditiveAttention = ReturnType<typeof AdditiveAttention>
