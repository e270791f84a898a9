// What short windows along a signal are multiplied by.

import { checkOneOf } from '../errors.ts'
import type { Read } from '../util/options.ts'
import type { Tensor } from '../util/tensor.ts'
import { numbersOf } from './operation.ts'

/** What windows are multiplied by: `'hann'`, `'hamming'`, numbers, one for each entry, or null for nothing. */
export type SignalWindow = 'hann' | 'hamming' | readonly number[] | Float32Array | Tensor | null

const WINDOWS = ['hann', 'hamming'] as const

/** Reads a window. */
export const checkSignalWindow: Read<Exclude<SignalWindow, readonly number[] | Float32Array>> = (
  where,
  name,
  value,
) => {
  if (value === null) return null
  return typeof value === 'string'
    ? checkOneOf(where, name, value, WINDOWS)
    : numbersOf(value, `${where}: ${name}`)
}
