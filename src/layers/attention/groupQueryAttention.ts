// Attention whose heads of keys and values each serve several heads of queries (projectedAttention.ts). Ainslie et al. 2023.

import { fail } from '../../errors.ts'
import type { TableFor } from '../../util/options.ts'
import { type OpenShape, showShape } from '../../util/shape.ts'
import type { CallRequest, MaskedValue, StepLowering } from '../call.ts'
import { defineLayer, type LayerArguments, type LayerConstructor } from '../callable.ts'
import type { GivenOptions, Layer, LayerDefinition } from '../layer.ts'
import { positiveInteger } from '../options.ts'
import { refuse } from './attentionCall.ts'
import { type AttentionPlan, ProjectedAttentionLayer } from './projectedAttention.ts'
import {
  type CallableProjectedAttention,
  type ProjectedAttentionOptions,
  type ProjectedCallOptions,
  projectedAttentionTable,
} from './projectedAttentionOptions.ts'

export interface GroupQueryAttentionOptions extends ProjectedAttentionOptions {}

interface GroupQueryAttentionArguments extends GroupQueryAttentionOptions {
  /** Features of a head, a positive integer. */
  readonly headDim: number
  /** Heads of queries, a multiple of those of keys. */
  readonly numQueryHeads: number
  /** Heads of keys and values, a positive integer. */
  readonly numKeyValueHeads: number
}

const table = {
  ...projectedAttentionTable,
  headDim: positiveInteger,
  numQueryHeads: positiveInteger,
  numKeyValueHeads: positiveInteger,
} as const satisfies TableFor<GroupQueryAttentionArguments>

/** Keras exports the class by another name than its own. */
const PUBLIC_NAME = 'GroupQueryAttention'

const groups = {
  query: '_query_dense',
  key: '_key_dense',
  gate: '_gate_dense',
  value: '_value_dense',
  output: '_output_dense',
}

/** @internal */
export class GroupQueryAttentionLayer extends ProjectedAttentionLayer<typeof table> {
  constructor(self: LayerDefinition<typeof table>, given: GivenOptions) {
    super(self, given)
    const { numQueryHeads, numKeyValueHeads } = this.config
    if (numQueryHeads % numKeyValueHeads !== 0) {
      fail(this.where, {
        expected: 'numQueryHeads to be a multiple of numKeyValueHeads',
        got: `${numQueryHeads} and ${numKeyValueHeads}`,
      })
    }
  }

  override get publicName(): string {
    return PUBLIC_NAME
  }

  override outputShapes(
    inputs: readonly OpenShape[],
    source?: Layer,
    options?: Partial<ProjectedCallOptions>,
  ): readonly OpenShape[] {
    const shapes = inputs.map(showShape).join(' and ')
    if (inputs.some((shape) => shape.length !== 3))
      refuse(this, 'a query [batch, queries, features] and a value [batch, keys, features]', shapes)
    return super.outputShapes(inputs, source, options)
  }

  /** As in Keras the penalty on outputs is one on those of each projection, and on the layer's once more. */
  override lowerIn(step: StepLowering, request: CallRequest): readonly MaskedValue[] {
    const outputs = super.lowerIn(step, request)
    step.rules?.regularize(this, outputs)
    return outputs
  }

  protected override get plan(): AttentionPlan {
    const { headDim, numQueryHeads, numKeyValueHeads, slidingWindow, ...same } = this.config
    return {
      ...same,
      heads: numQueryHeads,
      keyHeads: numKeyValueHeads,
      keyDim: headDim,
      valueDim: headDim,
      outputs: null,
      axes: null,
      window: slidingWindow,
      groups,
    }
  }
}

const definition = defineLayer({
  className: 'GroupedQueryAttention',
  publicName: PUBLIC_NAME,
  table,
  positional: ['headDim', 'numQueryHeads', 'numKeyValueHeads'],
  create: (self, given) => new GroupQueryAttentionLayer(self, given),
})

/**
 * Attention of several heads, of which groups share keys and values: `GroupQueryAttention(headDim, queryHeads, keyHeads)(query,
 * value, { key, … })` of `[batch, queries, features]` and `[batch, keys, features]` → `[batch, queries, features]`; else as
 * `MultiHeadAttention`. Keras calls its class GroupedQueryAttention, by which layers are named.
 *
 * @param headDim Features of a head, a positive integer.
 * @param numQueryHeads Heads of queries, a multiple of those of keys.
 * @param numKeyValueHeads Heads of keys and values; 1 is multi-query attention.
 * @see keras/src/layers/attention/grouped_query_attention.py
 */
export const GroupQueryAttention: LayerConstructor<
  LayerArguments<
    [headDim: number, numQueryHeads: number, numKeyValueHeads: number],
    GroupQueryAttentionOptions,
    GroupQueryAttentionArguments
  >,
  CallableProjectedAttention
> = definition.make
export type GroupQueryAttention = ReturnType<typeof GroupQueryAttention>
