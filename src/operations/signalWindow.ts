// What short windows along a signal are multiplied by.

import { checkOneOf } from '../errors.ts'
import type { Read } from '../util/options.ts'
import type { Tensor } from '../util/tensor.ts'
import { numbersOf } from './operation.ts'

/** What windows are multiplied by: `'hann'`, `'hamming'`, numbers, one for each entry, or null for nothing. */
export type SignalWindow = 'hann' | 'hamming' | readonly number[] | Float32Array | Tensor | null

/** The mean of a window and how far its cosine goes from it. */
const COSINES = { hann: [0.5, 0.5], hamming: [0.54, 0.46] } as const
const WINDOWS = ['hann', 'hamming'] as const

/** The numbers of a window, of a cosine with so many entries in a period. */
export function namedWindow(
  name: (typeof WINDOWS)[number],
  length: number,
  period: number,
): readonly number[] {
  const [mean, swing] = COSINES[name]
  return Array.from({ length }, (_, i) => mean - swing * Math.cos((2 * Math.PI * i) / period))
}

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
