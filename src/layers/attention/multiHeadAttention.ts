// Attention of several heads, each with projections of its own (projectedAttention.ts).

import { checkExtent, checkInteger, describeValue, fail } from '../../errors.ts'
import { nullable, type TableFor } from '../../util/options.ts'
import { defineLayer, type LayerArguments, type LayerConstructor } from '../callable.ts'
import { positiveInteger } from '../options.ts'
import { type AttentionPlan, ProjectedAttentionLayer } from './projectedAttention.ts'
import {
  type CallableProjectedAttention,
  type ProjectedAttentionOptions,
  projectedAttentionTable,
} from './projectedAttentionOptions.ts'

export interface MultiHeadAttentionOptions extends ProjectedAttentionOptions {
  /** Features of a head's values; `null`, the default, takes `keyDim`. */
  readonly valueDim?: number | null
  /** Features of the output, or several extents in their place; `null`, the default, takes the query's. */
  readonly outputShape?: number | readonly number[] | null
  /** The axis or axes over which attention goes; `null`, the default, is all between batch and features. */
  readonly attentionAxes?: number | readonly number[] | null
}

interface MultiHeadAttentionArguments extends MultiHeadAttentionOptions {
  /** Heads, a positive integer. */
  readonly numHeads: number
  /** Features of a head's queries and keys, a positive integer. */
  readonly keyDim: number
}

/** One number, or a list of them that is not empty. */
const numbers = (check: typeof checkExtent) =>
  nullable<readonly number[], number | readonly number[]>((where, name, value) => {
    const list: readonly unknown[] = Array.isArray(value) ? value : [value]
    if (list.length === 0)
      fail(where, { expected: `${name} to be a number or a list of some`, got: describeValue(value) })
    return list.map((entry) => check(where, Array.isArray(value) ? `each of ${name}` : name, entry))
  })

const table = {
  ...projectedAttentionTable,
  numHeads: positiveInteger,
  keyDim: positiveInteger,
  valueDim: nullable(checkExtent),
  outputShape: numbers(checkExtent),
  attentionAxes: numbers(checkInteger),
} as const satisfies TableFor<MultiHeadAttentionArguments>

/** As Keras names the projections: by properties, where it has some. */
const groups = {
  query: 'query_dense',
  key: 'key_dense',
  gate: '_gate_dense',
  value: 'value_dense',
  output: 'output_dense',
}

/** @internal */
export class MultiHeadAttentionLayer extends ProjectedAttentionLayer<typeof table> {
  protected override get plan(): AttentionPlan {
    const { numHeads, keyDim, valueDim, outputShape, attentionAxes, slidingWindow, ...same } = this.config
    return {
      ...same,
      heads: numHeads,
      keyHeads: numHeads,
      keyDim,
      valueDim: valueDim ?? keyDim,
      outputs: outputShape,
      axes: attentionAxes,
      window: slidingWindow,
      groups,
    }
  }
}

const definition = defineLayer({
  className: 'MultiHeadAttention',
  table,
  positional: ['numHeads', 'keyDim'],
  create: (self, given) => new MultiHeadAttentionLayer(self, given),
})

/**
 * Attention of several heads: `MultiHeadAttention(heads, keyDim)(query, value, { key, … })` of `[batch, queries, features]` and
 * `[batch, keys, features]` → `[batch, queries, features]`; `layer(x, x)` is attention of x to itself. Scores are divided by
 * √keyDim. Masks of query, value and key, `attentionMask`, `useCausalMask` and `slidingWindow` together say which keys a query
 * sees; one that sees none gets the output's bias alone.
 *
 * @param numHeads Heads, a positive integer.
 * @param keyDim Features of a head's queries and keys, a positive integer.
 * @see keras/src/layers/attention/multi_head_attention.py
 */
export const MultiHeadAttention: LayerConstructor<
  LayerArguments<[numHeads: number, keyDim: number], MultiHeadAttentionOptions, MultiHeadAttentionArguments>,
  CallableProjectedAttention
> = definition.make
export type MultiHeadAttention = ReturnType<typeof MultiHeadAttention>
