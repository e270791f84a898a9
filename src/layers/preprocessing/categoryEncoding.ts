// Ids as one-hot vectors, or as what of each there is in a sample.

import { fail } from '../../errors.ts'
import type { Value } from '../../graph/graph.ts'
import { checkIds } from '../../ops/ids.ts'
import { nullable, type OptionTable, type TableFor, unsupported } from '../../util/options.ts'
import { type OpenShape, sameShape, showShape } from '../../util/shape.ts'
import type { LayerCall } from '../call.ts'
import { defineLayer, type LayerArguments, type LayerConstructor } from '../callable.ts'
import type { ReportsIds } from '../integers.ts'
import { Layer } from '../layer.ts'
import { type CallOptions, type CallTensor, type LayerFunction, symbolicTensors } from '../layerCall.ts'
import { type LayerOptions, layerOptions, positiveInteger } from '../options.ts'
import { type OwnOptions, SymbolicTensor } from '../symbolicTensor.ts'
import type { Variable } from '../weights/variable.ts'
import { countedTo, type Encoding, encode, encodedShape, encodings } from './encoding.ts'

export interface CategoryEncodingOptions extends LayerOptions {
  /**
   * `'one_hot'`: a vector for each id. `'multi_hot'`, as by default `'multi_hot'`: a vector for each sample, the ids of its last axis,
   * 1 where an id is among them. `'count'`: how often each is.
   */
  readonly outputMode?: Encoding
}

interface CategoryEncodingArguments extends CategoryEncodingOptions {
  /** The number of ids that there are, 0 to `numTokens` − 1. */
  readonly numTokens: number
}

const table = {
  ...layerOptions,
  numTokens: positiveInteger,
  outputMode: encodings('multi_hot'),
  sparse: unsupported(false),
} as const satisfies TableFor<CategoryEncodingArguments>

/** Options of a call of a CategoryEncoding. */
export interface CategoryEncodingCallOptions extends CallOptions {
  /** What each id counts, in the shape of the input, in `outputMode: 'count'`; `null`, the default, is 1. */
  readonly countWeights?: CallTensor | null
}

interface OwnCallOptions {
  readonly countWeights: SymbolicTensor | null
}

const callOptions = {
  countWeights: nullable<SymbolicTensor, CallTensor>(
    (where, _name, value) => symbolicTensors(value, `${where}, countWeights`)[0] as SymbolicTensor,
  ),
} as const satisfies TableFor<OwnCallOptions>

type Weights = { readonly places: Variable }

/** @internal */
export class CategoryEncodingLayer extends Layer<typeof table, Weights> implements ReportsIds {
  get reportsIds(): number {
    return this.config.numTokens
  }

  override get callOptions(): OptionTable {
    return callOptions
  }

  override outputShapes(
    inputs: readonly OpenShape[],
    _source?: Layer,
    options: OwnOptions = {},
  ): readonly OpenShape[] {
    const shape = this.single(inputs, 1, '[batch, ...] of ids')
    const { numTokens, outputMode } = this.config
    const { countWeights } = options
    if (countWeights instanceof SymbolicTensor) {
      if (outputMode !== 'count' || !sameShape(countWeights.shape, shape)) {
        fail(this.where, {
          expected:
            outputMode === 'count'
              ? `countWeights ${showShape(shape)}`
              : "no countWeights but in outputMode 'count'",
          got: showShape(countWeights.shape),
        })
      }
    }
    return [encodedShape(this.where, shape, outputMode, numTokens)]
  }

  protected override createWeights(): Weights {
    const { numTokens } = this.config
    // Nothing bounds their number, which may be a file's: they are counted when data come.
    const places = {
      shape: [numTokens],
      get data() {
        return countedTo(numTokens).data
      },
    }
    return { places: this.addConstant('places', places) }
  }

  protected override lower({
    graph,
    inputs: [indices],
    options: { countWeights },
    step,
    weights: { places },
  }: LayerCall<Weights, OwnCallOptions>): readonly Value[] {
    const { batch, permutation, record, layer } = step.reportIds(this)
    const { numTokens: rows, outputMode } = this.config
    checkIds(graph, { ids: indices, permutation, record }, { batch, rows, layer, isFloat: true })
    return [encode(graph, { indices, places, weights: countWeights }, outputMode)]
  }
}

const definition = defineLayer({
  className: 'CategoryEncoding',
  table,
  positional: ['numTokens', 'outputMode'],
  create: (self, given) => new CategoryEncodingLayer(self, given),
})

/** A CategoryEncoding, called on ids. */
export type CallableCategoryEncoding = Layer & LayerFunction<SymbolicTensor, CategoryEncodingCallOptions>

/**
 * Ids, 0 to `numTokens` − 1, as vectors: `[batch, ..., ids]` → `[batch, ..., numTokens]` of what a sample has of each, or in
 * `outputMode: 'one_hot'` a vector for each id, in the place of a last axis of 1. Another id is an error of the call that met it, which
 * says the sample; the layer takes zeros for it.
 *
 * @param numTokens The number of ids that there are.
 * @see keras/src/layers/preprocessing/category_encoding.py
 */
export const CategoryEncoding: LayerConstructor<
  LayerArguments<
    [numTokens: number, outputMode?: Encoding],
    CategoryEncodingOptions,
    CategoryEncodingArguments
  >,
  CallableCategoryEncoding
> = definition.make
export type CategoryEncoding = ReturnType<typeof CategoryEncoding>
