// A vector for each id: y[...] = table[ids[...]], ids [batch, ...], table [inputDim, outputDim] → y [batch, ..., outputDim].

import { describeValue, fail } from '../../errors.ts'
import { embedding } from '../../ops/embedding.ts'
import { checkIds, idMask } from '../../ops/ids.ts'
import { historySize, isLarge } from '../../ops/lagHistory.ts'
import { updateRows } from '../../ops/rowUpdates.ts'
import { nullable, type TableFor, unwritten } from '../../util/options.ts'
import { type OpenShape, sameShape, showShape } from '../../util/shape.ts'
import { checkFiniteData, isTensorData, type NestedArray, type Tensor, toTensor } from '../../util/tensor.ts'
import type { LayerCall, MaskedValue } from '../call.ts'
import { defineLayer, type LayerArguments, type LayerConstructor, type WeightedLayer } from '../callable.ts'
import type { Reading, Reads } from '../integers.ts'
import { type GivenOptions, Layer } from '../layer.ts'
import type { MaskAxes } from '../masks.ts'
import {
  absent,
  flag,
  initializer,
  type LayerOptions,
  layerOptions,
  positiveInteger,
  shape,
} from '../options.ts'
import type { InitializerIdentifier } from '../weights/initializer.ts'
import { Constant } from '../weights/initializers.ts'
import type { Variable } from '../weights/variable.ts'
import { type ConstraintIdentifier, type RegularizerIdentifier, rulesOf } from '../weights/weightRules.ts'

export interface EmbeddingOptions extends LayerOptions {
  /** First values of the table, `'uniform'` by default; `initializers.Constant(matrix)` for given ones. */
  readonly embeddingsInitializer?: InitializerIdentifier
  /** A penalty on the table, `'l2'` or `L2(0.01)` say, which is added to the loss; `null`, the default, is none. */
  readonly embeddingsRegularizer?: RegularizerIdentifier | null
  /** What the table meets after each update, `UnitNorm(1)` for rows of length 1 say; `null`, the default, is nothing. */
  readonly embeddingsConstraint?: ConstraintIdentifier | null
  /** Whether id 0 stands for padding, which later layers and the loss leave out: `false` by default. */
  readonly maskZero?: boolean
  /** The table's first values, `[inputDim, outputDim]`, also in a list as Keras has it; `null`, the default, draws them. */
  readonly weights?: Tensor | NestedArray | readonly [Tensor] | null
  /** Ids a sample, as in Keras 2: `inputShape` on the first layer of a Sequential says the same. `null` by default. */
  readonly inputLength?: number | readonly number[] | null
}

export interface EmbeddingArguments extends EmbeddingOptions {
  /** Rows of the table: the largest id and one more. */
  readonly inputDim: number
  /** Numbers of a vector, a positive integer. */
  readonly outputDim: number
}

type GivenWeights = NonNullable<EmbeddingOptions['weights']>

/** A matrix, or a list of one. */
function readMatrix(where: string, name: string, value: unknown): Tensor {
  const inner: unknown = Array.isArray(value) && value.length === 1 ? value[0] : null
  const isList = isTensorData(inner) || (Array.isArray(inner) && Array.isArray(inner[0]))
  const matrix = toTensor(isList ? inner : value, `${where}, ${name}`)
  checkFiniteData(matrix, `${where}, ${name}`)
  return matrix
}

export const embeddingTable = {
  ...layerOptions,
  inputDim: positiveInteger,
  outputDim: positiveInteger,
  embeddingsInitializer: initializer('uniform'),
  maskZero: flag(false),
  weights: nullable<Tensor, GivenWeights>(readMatrix, unwritten),
  inputLength: nullable<OpenShape, number | readonly number[]>(
    (where, name, value) => shape(where, name, Array.isArray(value) ? value : [value]),
    unwritten,
  ),
  ...rulesOf('embeddings'),
  loraRank: absent,
  loraAlpha: absent,
  quantizationConfig: absent,
} as const satisfies TableFor<EmbeddingArguments>

type Table = typeof embeddingTable

export type EmbeddingWeights = { readonly embeddings: Variable; readonly reverseEmbeddings?: Variable }

/** @internal */
export class EmbeddingLayer<T extends Table = Table> extends Layer<T, EmbeddingWeights> implements Reads {
  override outputMasks(masks: readonly number[], inputs: readonly OpenShape[]): MaskAxes {
    return this.config.maskZero ? [inputs[0]?.length ?? 0] : super.outputMasks(masks, inputs)
  }

  readingOf(): Reading {
    return 'integers'
  }

  override outputShapes(inputs: readonly OpenShape[]): readonly OpenShape[] {
    return [[...this.single(inputs, 1, '[batch, ...] of ids'), this.config.outputDim]]
  }

  protected override createWeights(): EmbeddingWeights {
    const { inputDim, outputDim, embeddingsInitializer, weights } = this.config
    // A penalty or a constraint is on all rows.
    const isRuled = this.config.embeddingsRegularizer !== null || this.config.embeddingsConstraint !== null
    const shape = [inputDim, outputDim]
    const embeddings = this.addWeight({
      name: 'embeddings',
      shape,
      initializer: weights ? Constant(weights) : embeddingsInitializer,
    })
    if (isLarge(shape) && !isRuled) embeddings.history = historySize(shape)
    return { embeddings }
  }

  protected override lower({
    graph,
    inputs: [ids],
    step,
    weights,
  }: LayerCall<EmbeddingWeights>): readonly MaskedValue[] {
    const isFloat = ids.dtype !== 'i32'
    const { batch, permutation, record, layer } = step.reportIds(this)
    step.finish(updateRows)
    // What reads the table besides has taken its history.
    const isWhole = this.builtWeights?.embeddings.history === undefined
    checkIds(graph, { ids, permutation, record }, { batch, rows: this.config.inputDim, layer, isFloat })
    return [
      {
        value: embedding(graph, { ids, table: weights.embeddings }, { isFloat, isWhole }).y,
        mask: this.config.maskZero ? idMask(graph, { ids }, { isFloat }).y : null,
      },
    ]
  }
}

/**
 * Checks weights that are given, and takes the words of Keras 2.
 *
 * @internal
 */
export function createEmbedding<Made extends EmbeddingLayer>(
  given: GivenOptions,
  make: (given: GivenOptions) => Made,
): Made {
  const { inputLength } = given
  const isKeras2 = inputLength !== undefined && inputLength !== null && given.inputShape === undefined
  const layer = make(isKeras2 ? { ...given, inputShape: [inputLength].flat() } : given)
  const { inputDim, outputDim, weights } = layer.config
  if (weights && !sameShape(weights.shape, [inputDim, outputDim]))
    fail(layer.where, {
      expected: `weights ${showShape([inputDim, outputDim])}`,
      got: describeValue(weights),
    })
  return layer
}

const definition = defineLayer({
  className: 'Embedding',
  table: embeddingTable,
  positional: ['inputDim', 'outputDim'],
  create: (self, given) => createEmbedding(given, (options) => new EmbeddingLayer(self, options)),
})

/**
 * A vector for each id, from a table that is trained: `[batch, ...]` of integers → `[batch, ..., outputDim]`. An id without a row is
 * an error of the call that met it, which says the sample; the layer takes zeros for it, so that nothing is lost.
 *
 * A training step of a table of 65,536 numbers or more costs what its ids cost: it has the gradient of their rows alone, and SGD and
 * Adam write these rows alone. The numbers are Keras's, whose Adam moves every row in every step: a row catches up when it is read next,
 * all rows do when weights are read or set, and before an evaluation or prediction, once. SGD with momentum updates whole tables, and
 * so does a table that a model reads in several calls.
 *
 * @param inputDim Rows of the table: the largest id and one more.
 * @param outputDim Numbers of a vector.
 * @see keras/src/layers/core/embedding.py
 */
export const Embedding: LayerConstructor<
  LayerArguments<[inputDim: number, outputDim: number], EmbeddingOptions, EmbeddingArguments>,
  WeightedLayer<'embeddings'>
> = definition.make
export type Embedding = ReturnType<typeof Embedding>
