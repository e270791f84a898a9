// An Embedding that may be called the other way round: ids [batch, ...] → [batch, ..., outputDim], and with `reverse` vectors
// [batch, ..., outputDim] → [batch, ..., inputDim], by the products with its rows, as language models do to say which word is next.

import { checkPositive, fail } from '../../errors.ts'
import { matmul } from '../../ops/matmul.ts'
import { point } from '../../ops/pointwise.ts'
import { reshape } from '../../ops/view.ts'
import { nullable, type OptionTable, oneOf, type TableFor } from '../../util/options.ts'
import { lastOf, type OpenShape, rowsOf, showShape } from '../../util/shape.ts'
import type { LayerCall, MaskedValue } from '../call.ts'
import { defineLayer, type LayerArguments, type LayerConstructor } from '../callable.ts'
import type { Reading, ReportsIds } from '../integers.ts'
import type { Layer } from '../layer.ts'
import type { CallOptions, LayerFunction } from '../layerCall.ts'
import type { MaskAxes } from '../masks.ts'
import { flag } from '../options.ts'
import type { OwnOptions, SymbolicTensor } from '../symbolicTensor.ts'
import type { DrawnVariable } from '../weights/variable.ts'
import {
  createEmbedding,
  type EmbeddingArguments,
  EmbeddingLayer,
  type EmbeddingOptions,
  type EmbeddingWeights,
  embeddingTable,
} from './embedding.ts'

const REVERSE_DTYPES = ['float32', 'float16', 'bfloat16'] as const

export interface ReversibleEmbeddingOptions extends EmbeddingOptions {
  /** Whether calls in reverse multiply by the table itself, `true` by default; by a matrix of their own otherwise. */
  readonly tieWeights?: boolean
  /**
   * The precision of the products of calls in reverse: `'float32'` also where the layer's is `mixed_float16`; `null`, the default, is that of
   * the layer.
   */
  readonly reverseDtype?: (typeof REVERSE_DTYPES)[number] | null
  /** A bound that results of calls in reverse approach: they become cap·tanh(y / cap). `null`, the default, is none. */
  readonly logitSoftCap?: number | null
}

interface ReversibleEmbeddingArguments extends ReversibleEmbeddingOptions, EmbeddingArguments {}

const table = {
  ...embeddingTable,
  tieWeights: flag(true),
  reverseDtype: nullable<(typeof REVERSE_DTYPES)[number]>(oneOf(REVERSE_DTYPES)),
  logitSoftCap: nullable(checkPositive),
} as const satisfies TableFor<ReversibleEmbeddingArguments>

/** Options of a call of a ReversibleEmbedding. */
export interface ReversibleCallOptions extends CallOptions {
  /** Whether the call takes vectors to a number for each id, `false` by default. */
  readonly reverse?: boolean
}

interface OwnCallOptions {
  readonly reverse: boolean
}

const callOptions = { reverse: flag(false) } as const satisfies TableFor<OwnCallOptions>

/** @internal */
export class ReversibleEmbeddingLayer extends EmbeddingLayer<typeof table> implements ReportsIds {
  get reportsIds(): number {
    return this.config.inputDim
  }

  /** Vectors are floats, and ids may be. */
  override readingOf(): Reading {
    return 'floats'
  }

  override get callOptions(): OptionTable {
    return callOptions
  }

  override outputMasks(
    masks: readonly number[],
    inputs: readonly OpenShape[],
    options?: OwnOptions,
  ): MaskAxes {
    return options?.reverse ? [] : super.outputMasks(masks, inputs)
  }

  override outputShapes(
    inputs: readonly OpenShape[],
    _source?: Layer,
    options: OwnOptions = {},
  ): readonly OpenShape[] {
    if (!options.reverse) return super.outputShapes(inputs)
    const { inputDim, outputDim } = this.config
    const shape = this.single(inputs, 2, `[batch, ..., ${outputDim}] in reverse`)
    if (shape.at(-1) !== outputDim)
      fail(this.where, { expected: `input [batch, ..., ${outputDim}] in reverse`, got: showShape(shape) })
    return [[...shape.slice(0, -1), inputDim]]
  }

  protected override createWeights(): EmbeddingWeights {
    const { embeddings } = super.createWeights()
    const { inputDim, outputDim, tieWeights, embeddingsInitializer: initializer } = this.config
    // Products read all rows, so that none can lag behind.
    if (tieWeights) embeddings.history = undefined
    if (tieWeights) return { embeddings }
    const shape = [outputDim, inputDim]
    return {
      embeddings,
      reverseEmbeddings: this.addWeight({ name: 'reverse_embeddings', shape, initializer }),
    }
  }

  protected override lower(call: LayerCall<EmbeddingWeights, OwnCallOptions>): readonly MaskedValue[] {
    if (!call.options.reverse) return super.lower(call)
    const { inputs, weights } = call
    const [x] = inputs
    const { reverseDtype, logitSoftCap: cap, inputDim } = this.config
    const graph = reverseDtype === 'float32' ? call.graph.withMixed(false) : call.graph
    const a = reshape(graph, x, { shape: [rowsOf(x.shape), lastOf(x.shape)] })
    const own = weights.reverseEmbeddings
    const { y } = matmul(graph, { a, b: own ?? weights.embeddings }, { transposeB: !own })
    const capped =
      cap === null ? y : point(graph, 'multiply', point(graph, 'tanh', point(graph, 'divide', y, cap)), cap)
    return [{ value: reshape(graph, capped, { shape: [...x.shape.slice(0, -1), inputDim] }), mask: null }]
  }
}

const definition = defineLayer({
  className: 'ReversibleEmbedding',
  table,
  positional: ['inputDim', 'outputDim', 'tieWeights'],
  create: (self, given) => createEmbedding(given, (options) => new ReversibleEmbeddingLayer(self, options)),
})

/** A ReversibleEmbedding, called on ids, or in reverse on vectors. */
export type CallableReversibleEmbedding = Layer &
  LayerFunction<SymbolicTensor, ReversibleCallOptions> & {
    /** The table, `[inputDim, outputDim]`. */
    readonly embeddings: DrawnVariable
  }

/**
 * An {@link Embedding} that may be called in reverse: `embedding(ids)` is `[batch, ..., outputDim]`, and
 * `embedding(vectors, { reverse: true })` of `[batch, ..., outputDim]` a number for each id, `[batch, ..., inputDim]`: the product with its
 * row of the table.
 *
 * @param inputDim Rows of the table: the largest id and one more.
 * @param outputDim Numbers of a vector.
 * @param tieWeights Whether calls in reverse multiply by the table itself, `true` by default.
 * @see keras/src/layers/core/reversible_embedding.py
 */
export const ReversibleEmbedding: LayerConstructor<
  | LayerArguments<
      [inputDim: number, outputDim: number],
      ReversibleEmbeddingOptions,
      ReversibleEmbeddingArguments
    >
  | readonly [inputDim: number, outputDim: number, tieWeights: boolean, options?: ReversibleEmbeddingOptions],
  CallableReversibleEmbedding
> = definition.make
export type ReversibleEmbedding = ReturnType<typeof ReversibleEmbedding>
