// What calls of attention layers have in common: their options, and what becomes of scores.

import { describeValue, fail } from '../../errors.ts'
import type { Graph, Value } from '../../graph/graph.ts'
import { dropout } from '../../ops/dropout.ts'
import { type MaskedSoftmaxAttributes, maskedSoftmax } from '../../ops/maskedSoftmax.ts'
import { maskedOutput } from '../../ops/masks.ts'
import { matmul } from '../../ops/matmul.ts'
import type { TableFor } from '../../util/options.ts'
import type { CallOptions, CallTensor, LayerData, LayerFunction, LayerInput, OnTensors } from '../callable.ts'
import type { Layer } from '../layer.ts'
import { flag, nullable } from '../options.ts'
import { type SymbolicCall, SymbolicTensor } from '../symbolicTensor.ts'

/** The arguments of an attention's call beside its inputs. */
export interface AttentionCallOptions extends CallOptions {
  /** Whether a query sees no key that comes after its own place, as a decoder needs; `false` by default. */
  readonly useCausalMask?: boolean
  /** Whether the call gives the weights of the keys, too: `[outputs, scores]`; `false` by default. */
  readonly returnAttentionScores?: boolean
}

export const attentionCallOptions = {
  useCausalMask: flag(false),
  returnAttentionScores: flag(false),
} as const satisfies TableFor<Omit<AttentionCallOptions, keyof CallOptions>>

/** A call that gives outputs, or outputs and scores. */
export interface CallableAttention<Options extends AttentionCallOptions = AttentionCallOptions>
  extends LayerFunction<SymbolicTensor, Options> {
  (
    inputs: LayerInput,
    options: Options & { readonly returnAttentionScores: true },
  ): readonly [outputs: SymbolicTensor, scores: SymbolicTensor]
  (
    inputs: LayerData,
    options: Options & { readonly returnAttentionScores: true },
  ): OnTensors<readonly [outputs: SymbolicTensor, scores: SymbolicTensor]>
}

/** A symbolic tensor that a call may name. */
export const symbolicOption = nullable<SymbolicTensor, CallTensor>((where, name, value) =>
  value instanceof SymbolicTensor
    ? value
    : fail(where, { expected: `${name} to be a symbolic tensor`, got: describeValue(value) }),
)

/** Dropout of the weights of keys. */
export interface ScoreDropout {
  /** 0 where nothing is dropped. */
  readonly rate: number
  readonly seed: number
}

/** Scores with what decides which of them count: masks [batch, …], not 0 where something counts. */
export interface Scores extends MaskedSoftmaxAttributes {
  /** [batch, heads, queries, keys] */
  readonly scores: Value
  readonly queries?: Value | null
  readonly keys?: Value | null
  /** [batch, heads, queries, keys] with extents of 1 where it is broadcast. */
  readonly mask?: Value | null
}

/** The scores of queries [batch, T, heads, d] by keys [batch, S, heads / groups, d], and their masks. */
export const dotScores = (graph: Graph, query: Value, key: Value, groups = 1): Value =>
  matmul(
    graph,
    { a: query, b: key },
    { headsInsideA: true, headsInsideB: true, transposeB: true, ...(groups > 1 && { groups }) },
  ).y

/**
 * The means of values [batch, S, heads / groups, d] by the weights that scores become, [batch, T, heads, d]; the weights before
 * dropout and after.
 */
export function weigh(
  graph: Graph,
  { scores, queries, keys, mask, ...attrs }: Scores,
  value: Value,
  { rate, seed }: ScoreDropout,
): { readonly y: Value; readonly weights: Value; readonly kept: Value } {
  const masks = { queries: queries ?? undefined, keys: keys ?? undefined, mask: mask ?? undefined }
  const weights = maskedSoftmax(graph, { x: scores, ...masks }, attrs).y
  const kept = rate > 0 ? dropout(graph, { x: weights }, { rate, seed, stream: 0 }).y : weights
  const groups = (scores.shape[1] ?? 1) / (value.shape[2] ?? 1)
  const { y } = matmul(
    graph,
    { a: kept, b: value },
    { headsInsideB: true, headsInsideY: true, ...(groups > 1 && { groups }) },
  )
  return { y, weights, kept }
}

/** A mask that counts where both count. */
export const bothMasks = (graph: Graph, a: Value | null, b: Value | null): Value | null =>
  a && b && a !== b ? maskedOutput(graph, { x: a, mask: b }, {}).y : (a ?? b)

/** A call on query, value and key whose masks may leave out the key's, as in Keras. */
export const withKeyMask = (call: SymbolicCall, inputs: readonly SymbolicTensor[]): SymbolicCall =>
  call.masks?.length === 2 && inputs.length === 3 ? { ...call, masks: [...call.masks, null] } : call

/** Refuses a layer's inputs. */
export const refuse = (layer: Layer, expected: string, got: string): never =>
  fail(layer.where, { expected, got })
