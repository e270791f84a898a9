// The state of a metric over an epoch: tensors on the device, which the host reads once, at the end.

import type { DType, Value } from '../graph/graph.ts'
import { EXACT_SUM_WORDS, exactMean, exactSum, finiteRowsOf } from '../ops/exactSum.ts'
import type { Shape } from '../util/shape.ts'
import { type NestedArray, Tensor } from '../util/tensor.ts'

/** A tensor of a metric's state. Operations that add to it start from zero in the first training step of an epoch. */
export interface StateTensor<T = unknown> {
  readonly shape: Shape
  /** How operations see its words; `'u32'` by default. */
  readonly dtype?: DType
  /** Converts its words to numbers on the host. */
  read(words: Uint32Array): T
  /** How many rows came before the first value that is not finite; null where all values are finite. */
  finiteRows(words: Uint32Array): number | null
}

/** Tensors of a state by their names. */
export type MetricState = Readonly<Record<string, StateTensor>>
/** The tensors of a state on the device, as operations take them. */
export type StateValues<S extends MetricState = MetricState> = { readonly [N in keyof S]: Value }
/** The tensors of a state on the host. */
export type StateNumbers<S extends MetricState = MetricState> = {
  readonly [N in keyof S]: S[N] extends StateTensor<infer T> ? T : never
}

function sumsOf<T>(count: number, read: (sums: readonly Uint32Array[]) => T): StateTensor<T> {
  const split = (words: Uint32Array): Uint32Array[] =>
    Array.from({ length: count }, (_, i) => words.subarray(i * EXACT_SUM_WORDS, (i + 1) * EXACT_SUM_WORDS))
  return {
    shape: [count * EXACT_SUM_WORDS],
    read: (words) => read(split(words)),
    finiteRows: (words) =>
      split(words).reduce<number | null>((found, sum) => found ?? finiteRowsOf(sum), null),
  }
}

/** A tensor of exact sums, to which `accumulate` and `confusion` add. */
export const exactSums = (count: number): StateTensor<Float64Array> =>
  sumsOf(count, (sums) => Float64Array.from(sums, exactSum))

/** A sum divided by the number of its rows: a running mean of losses, weighted by batch size. */
export const runningMean = (): StateTensor<number> => sumsOf(1, ([sum = new Uint32Array()]) => exactMean(sum))

/** A tensor of floats, as nested lists. Operations begin with it again by `restart`; they do not say where it stopped being finite. */
export const floats = (shape: Shape): StateTensor<NestedArray> => ({
  shape,
  dtype: 'f32',
  read: (words) => new Tensor(new Float32Array(Uint32Array.from(words).buffer), shape).toArray(),
  finiteRows: () => null,
})

/** Keras's divide_no_nan: 0 where the divisor is 0. */
export const quotient = (a: number, b: number): number => (b === 0 ? 0 : a / b)
