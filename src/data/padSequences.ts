// Sequences of different lengths as one array: cut and padded to one length.

import { checkCount, checkFinite, describeValue, fail } from '../errors.ts'
import { nullable, oneOf, option, readOptions, type TableFor } from '../util/options.ts'
import { sameShape, showShape, sizeOf } from '../util/shape.ts'
import { Tensor, toTensor } from '../util/tensor.ts'
import type { Numbers } from './numbers.ts'

export interface PadSequencesOptions {
  /** Time steps of each sequence; `null`, the default: as many as the longest has. */
  readonly maxlen?: number | null
  /** `'int32'`, the default, and `'int64'` cut fractions off; `'float32'` and `'float64'` keep them. */
  readonly dtype?: 'int32' | 'int64' | 'float32' | 'float64'
  /** Where padding goes: before a sequence, `'pre'`, the default, or behind it. */
  readonly padding?: 'pre' | 'post'
  /** Where a sequence that is too long is cut: at its beginning, `'pre'`, the default, or at its end. */
  readonly truncating?: 'pre' | 'post'
  /** What padding consists of, `0` by default. */
  readonly value?: number
}

const sides = ['pre', 'post'] as const
const dtypes = ['int32', 'int64', 'float32', 'float64'] as const

const padOptions = {
  maxlen: nullable(checkCount),
  dtype: option<(typeof dtypes)[number]>('int32', oneOf(dtypes)),
  padding: option<'pre' | 'post'>('pre', oneOf(sides)),
  truncating: option<'pre' | 'post'>('pre', oneOf(sides)),
  value: option(0, checkFinite),
} as const satisfies TableFor<PadSequencesOptions>

/**
 * Sequences as one tensor `[sequences, maxlen, ...]`: longer ones are cut, shorter ones padded.
 *
 * @param sequences Sequences of ids, of numbers, or of frames of one shape.
 * @throws {RecurraError} if frames differ in shape.
 * @see keras/src/utils/sequence_utils.py
 */
export function padSequences(sequences: readonly Numbers[], options?: PadSequencesOptions | null): Tensor
/**
 * Sequences as one tensor `[sequences, maxlen, ...]`, with the length before the options, as in Keras.
 *
 * @param sequences Sequences of ids, of numbers, or of frames of one shape.
 * @param maxlen Elements of each sequence; `null` takes the longest.
 * @throws {RecurraError} if frames differ in shape.
 */
export function padSequences(
  sequences: readonly Numbers[],
  maxlen: number | null,
  options?: PadSequencesOptions | null,
): Tensor
export function padSequences(
  sequences: readonly Numbers[],
  maxlen?: number | PadSequencesOptions | null,
  options?: PadSequencesOptions | null,
): Tensor {
  const where = 'padSequences'
  const isOption = typeof maxlen === 'object' && maxlen !== null
  // A length that is no number is refused as the option is.
  const given = isOption ? maxlen : { ...options, ...(maxlen == null ? {} : { maxlen }) }
  const { dtype, padding, truncating, value, ...settings } = readOptions(where, padOptions, given)
  if (!Array.isArray(sequences))
    fail(where, { expected: 'a list of sequences', got: describeValue(sequences) })
  const read = sequences.map((sequence: unknown, i) => {
    const steps = toTensor(sequence, `${where}, sequences[${i}]`)
    if (steps.shape.length === 0)
      fail(`${where}, sequences[${i}]`, { expected: 'a list of time steps', got: describeValue(sequence) })
    return steps
  })
  const [, ...frame] = read.find(({ data }) => data.length > 0)?.shape ?? [0]
  const length = settings.maxlen ?? Math.max(0, ...read.map(({ shape: [steps = 0] }) => steps))
  const size = sizeOf(frame)
  const convert = dtype.startsWith('int') ? Math.trunc : (number: number): number => number
  const padded = new Float32Array(read.length * length * size).fill(convert(value))
  read.forEach(({ data, shape: [steps = 0, ...own] }, i) => {
    if (data.length === 0 || length === 0) return
    if (!sameShape(own, frame))
      fail(`${where}, sequences[${i}]`, {
        expected: `time steps of shape ${showShape(frame)}`,
        got: showShape(own),
      })
    const kept = Math.min(steps, length)
    const from = truncating === 'pre' ? steps - kept : 0
    const to = i * length + (padding === 'pre' ? length - kept : 0)
    padded.set(data.subarray(from * size, (from + kept) * size).map(convert), to * size)
  })
  return new Tensor(padded, [read.length, length, ...frame])
}
