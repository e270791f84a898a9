// Options that MultiHeadAttention and GroupQueryAttention share, of their classes and of their calls.

import { checkExtent, describeValue, fail } from '../../errors.ts'
import { nullable, option, type TableFor } from '../../util/options.ts'
import type { NestedData } from '../../util/tensor.ts'
import type { CallOptions, CallTensor, OnTensors } from '../callable.ts'
import type { Layer } from '../layer.ts'
import { absent, flag, initializer, type LayerOptions, layerOptions, readShare, seed } from '../options.ts'
import type { OwnOptions, SymbolicTensor } from '../symbolicTensor.ts'
import type { InitializerIdentifier } from '../weights/initializer.ts'
import { type BiasRules, type KernelRules, rulesOf } from '../weights/weightRules.ts'
import { type AttentionCallOptions, attentionCallOptions, symbolicOption } from './attentionCall.ts'

export interface ProjectedAttentionOptions extends LayerOptions, KernelRules, BiasRules {
  /** The share of the weights to drop in training, from 0 to 1, which leaves none; `0` by default. */
  readonly dropout?: number
  /** Whether projections add biases, `true` by default. */
  readonly useBias?: boolean
  /** Whether the heads' means are multiplied by the sigmoid of another projection of the query, `false` by default. */
  readonly useGate?: boolean
  /** A query sees keys at distances below this, on both sides; `null`, the default, is all of them. */
  readonly slidingWindow?: number | null
  /** First values of the kernels, `'glorot_uniform'` by default. */
  readonly kernelInitializer?: InitializerIdentifier
  /** First values of the biases, `'zeros'` by default. */
  readonly biasInitializer?: InitializerIdentifier
  /** Fixes the draws of the dropout; `null`, the default, takes the next seed of `setSeed`. */
  readonly seed?: number | null
}

export const projectedAttentionTable = {
  ...layerOptions,
  dropout: option(0, readShare),
  useBias: flag(true),
  useGate: flag(false),
  slidingWindow: nullable(checkExtent),
  kernelInitializer: initializer('glorot_uniform'),
  biasInitializer: initializer('zeros'),
  seed,
  flashAttention: absent,
  ...rulesOf('kernel', 'bias'),
} as const satisfies TableFor<ProjectedAttentionOptions>

/** The arguments of a call beside query and value. */
export interface MultiHeadAttentionCallOptions extends AttentionCallOptions {
  /** What queries are compared to, [batch, keys, features]; the value by default. */
  readonly key?: CallTensor | null
  /** Which keys each query sees: a tensor [batch, queries, keys] that is 0 where it does not, or [batch, heads, queries, keys]. */
  readonly attentionMask?: CallTensor | null
}

const NAMES = ['query', 'value', 'key'] as const

export const projectedCallOptions = {
  ...attentionCallOptions,
  query: symbolicOption,
  value: symbolicOption,
  key: symbolicOption,
  attentionMask: symbolicOption,
} as const satisfies TableFor<Omit<MultiHeadAttentionCallOptions, keyof CallOptions>>

/** The options of a call as its lowering reads them. */
export type ProjectedCallOptions = {
  readonly useCausalMask: boolean
  readonly returnAttentionScores: boolean
  readonly attentionMask: SymbolicTensor | null
}

/** A call on a query, a value and maybe a key that gives outputs, or outputs and scores. */
export interface CallableProjectedAttention extends Layer {
  (
    query: SymbolicTensor,
    value: SymbolicTensor,
    options: MultiHeadAttentionCallOptions & { readonly returnAttentionScores: true },
  ): readonly [outputs: SymbolicTensor, scores: SymbolicTensor]
  (query: SymbolicTensor, value: SymbolicTensor, options?: MultiHeadAttentionCallOptions): SymbolicTensor
  (
    query: SymbolicTensor,
    value: SymbolicTensor,
    key: SymbolicTensor,
    options?: MultiHeadAttentionCallOptions,
  ): SymbolicTensor
  (
    query: NestedData,
    value: NestedData,
    options: MultiHeadAttentionCallOptions & { readonly returnAttentionScores: true },
  ): OnTensors<readonly [outputs: SymbolicTensor, scores: SymbolicTensor]>
  (query: NestedData, value: NestedData, options?: MultiHeadAttentionCallOptions): OnTensors<SymbolicTensor>
  (
    query: NestedData,
    value: NestedData,
    key: NestedData,
    options?: MultiHeadAttentionCallOptions,
  ): OnTensors<SymbolicTensor>
}

/** Query, value and key, by position or by name as files have them; the rest of the options. */
export function readNamedInputs(
  where: string,
  positional: readonly unknown[],
  { query, value, key, ...options }: OwnOptions,
): readonly [inputs: readonly unknown[], options: OwnOptions] {
  const named = [query, value, key]
  const inputs = NAMES.map((name, i) => {
    if (positional[i] != null && named[i] != null)
      fail(where, { expected: `${name} once`, got: `it as an argument and as an option` })
    return positional[i] ?? named[i] ?? null
  })
  if (inputs[2] === null) inputs.pop()
  if (inputs.includes(null)) {
    fail(where, {
      expected: 'a query and a value',
      got: inputs.map(describeValue).join(' and '),
      remedy: 'Call it as layer(query, value), with x twice for attention of x to itself.',
    })
  }
  return [inputs, options]
}
