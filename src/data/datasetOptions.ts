// What the methods of data sets are told.

import { checkBoolean, checkPositiveInteger, describeValue, fail } from '../errors.ts'
import { flag, nullable, option, type TableFor } from '../util/options.ts'
import { seedOption } from './split.ts'

/** How many elements there are: `Infinity` without end, null where only an iteration tells. */
export type Cardinality = number | null

/** A data set, whatever its elements. */
export interface Elements<T> extends AsyncIterable<T> {
  cardinality(): Cardinality
}

export interface MapOptions {
  /** Calls that may be under way at a time, `1` by default; the order stays. */
  readonly numParallelCalls?: number
}
export const mapOptions = {
  numParallelCalls: option(1, checkPositiveInteger),
} as const satisfies TableFor<MapOptions>

export interface BatchOptions {
  /** Whether a last batch that is smaller is left out, `false` by default. */
  readonly dropRemainder?: boolean
}
export const batchOptions = { dropRemainder: flag(false) } as const satisfies TableFor<BatchOptions>

export interface ShuffleOptions {
  /** Of the order; `null`, the default, takes the next of `setSeed`. */
  readonly seed?: number | null
  /** Whether each iteration has another order, `true` by default. */
  readonly reshuffleEachIteration?: boolean
}
export const shuffleOptions = {
  seed: seedOption,
  reshuffleEachIteration: option(true, checkBoolean),
} as const satisfies TableFor<ShuffleOptions>

export interface WindowOptions {
  /** From the start of a window to that of the next; `null`, the default: `size`. */
  readonly shift?: number | null
  /** Takes every stride-th element of a window, `1` by default. */
  readonly stride?: number
  /** Whether windows that are shorter, at the end, are left out, `false` by default. */
  readonly dropRemainder?: boolean
}
export const windowOptions = {
  shift: nullable(checkPositiveInteger),
  stride: option(1, checkPositiveInteger),
  dropRemainder: flag(false),
} as const satisfies TableFor<WindowOptions>

export function checkFunction(where: string, value: unknown): void {
  if (typeof value !== 'function') fail(where, { expected: 'a function', got: describeValue(value) })
}

/** How many elements there are in so many times as many. */
export function product(once: Cardinality, times: number): Cardinality {
  if (once === 0 || times === 0) return 0
  if (once === null) return times === Infinity ? Infinity : null
  return once * times
}
