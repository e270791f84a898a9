// Fourier transforms of short windows along a signal, and signals of them.

import { checkExtent, describeValue, fail } from '../errors.ts'
import type { SymbolicTensor } from '../layers/symbolicTensor.ts'
import { flag, nullable, option, readOptions, type TableFor } from '../util/options.ts'
import { showShape } from '../util/shape.ts'
import { extractSequences } from './arrangements.ts'
import { add, divide, multiply } from './elementwise.ts'
import { type Complex, type ComplexTensor, irfft, rfft } from './fourier.ts'
import { getItem } from './indexing.ts'
import { numbersOf, type Operand, shapeOfOperand } from './operation.ts'
import { operation } from './operationLayer.ts'
import { pad } from './padding.ts'
import { reshape } from './shapes.ts'
import { checkSignalWindow, namedWindow, type SignalWindow } from './signalWindow.ts'

export type { SignalWindow }

interface Framing {
  readonly sequenceLength: number
  readonly sequenceStride: number
  readonly fftLength: number
}

function checkFraming(name: string, framing: Framing): Framing {
  for (const [key, value] of Object.entries(framing)) checkExtent(name, key, value)
  if (framing.fftLength < framing.sequenceLength)
    fail(name, {
      expected: `fftLength of at least sequenceLength, ${framing.sequenceLength}`,
      got: `${framing.fftLength}`,
    })
  return framing
}

/** The numbers of a window, in the middle of as many as a transform has. */
function windowOf(
  name: string,
  window: SignalWindow,
  { sequenceLength: length, fftLength }: Framing,
): Float32Array {
  const before = Math.floor((fftLength - length) / 2)
  const numbers =
    window === null
      ? new Float32Array(length).fill(1)
      : typeof window === 'string'
        ? Float32Array.from(namedWindow(window, length, length))
        : Float32Array.from(numbersOf(window, name).data)
  if (numbers.length !== length)
    fail(name, { expected: `a window of ${length} numbers`, got: describeValue(window) })
  const whole = new Float32Array(fftLength)
  whole.set(numbers, before)
  return whole
}

export interface StftOptions {
  /** `'hann'`, the default, `'hamming'`, numbers, one for each entry of a window, or null for none. */
  readonly window?: SignalWindow
  /** Whether windows have their middle at multiples of the stride, with the signal in a mirror at its ends; `true` by default. */
  readonly center?: boolean
}

export interface IstftOptions extends StftOptions {
  /** How many entries; null, the default, for all that windows reach. */
  readonly length?: number | null
}

const stftOptions = {
  window: option<SignalWindow>('hann', checkSignalWindow),
  center: flag(true),
} as const satisfies TableFor<StftOptions>

const istftOptions = {
  length: nullable(checkExtent),
  ...stftOptions,
} as const satisfies TableFor<IstftOptions>

/** Padding of the last axis alone. */
const around = (x: Operand, before: number, behind: number, mode: 'constant' | 'reflect'): Operand =>
  before + behind === 0
    ? x
    : pad(
        x,
        [
          ...shapeOfOperand(x, 'ops.pad')
            .slice(1)
            .map(() => [0, 0] as const),
          [before, behind],
        ],
        mode,
      )

/**
 * The Fourier transforms of windows along the last axis, as {@link rfft}: `[..., n]` → two of `[..., windows, ⌊fftLength/2⌋ + 1]`.
 *
 * @param sequenceLength Entries that a window weighs.
 * @param sequenceStride Entries from one window to the next.
 * @param fftLength Entries of a transform, at least `sequenceLength`, which lie in their middle.
 */
export const stft = operation(
  'math',
  'STFT',
  'x sequenceLength= sequenceStride= fftLength= {window="hann" center=true}',
  (
    x: Operand,
    sequenceLength: number,
    sequenceStride: number,
    fftLength: number,
    options: StftOptions = {},
  ): ComplexTensor => {
    const name = 'ops.stft'
    const { window, center } = readOptions(name, stftOptions, options)
    const framing = checkFraming(name, { sequenceLength, sequenceStride, fftLength })
    const half = center ? Math.floor(fftLength / 2) : 0
    const frames = extractSequences(around(x, half, half, 'reflect'), fftLength, sequenceStride)
    return rfft(multiply(frames, windowOf(name, window, framing)), fftLength)
  },
  { name: 'stft' },
)

/** Rows as far from each other as the stride says, added where they overlap: `[..., rows, n]` → `[..., (rows − 1)·stride + n]`. */
function overlapped(x: Operand, rows: number, n: number, stride: number): SymbolicTensor {
  const parts = Math.ceil(n / stride)
  const outer = shapeOfOperand(x, 'ops.istft')
    .slice(0, -2)
    .map((extent) => extent ?? -1)
  const cut = reshape(around(x, 0, parts * stride - n, 'constant'), [...outer, rows, parts, stride])
  const none = outer.map(() => [0, 0] as const)
  const sum = Array.from({ length: parts }, (_, i) =>
    pad(getItem(cut, ['...', i, null]), [...none, [i, parts - 1 - i], [0, 0]]),
  ).reduce((all, part) => add(all, part))
  return getItem(reshape(sum, [...outer, (rows + parts - 1) * stride]), ['...', [0, (rows - 1) * stride + n]])
}

/**
 * The signal of transforms of windows, [real, imaginary], as {@link stft} gives them with the same arguments: windows are weighed once more
 * and added, and the sum is divided by that of their squares.
 */
export const istft = operation(
  'math',
  'ISTFT',
  'x sequenceLength= sequenceStride= fftLength= {length=null window="hann" center=true}',
  (
    x: Complex,
    sequenceLength: number,
    sequenceStride: number,
    fftLength: number,
    options: IstftOptions = {},
  ): SymbolicTensor => {
    const name = 'ops.istft'
    const { length, window, center: isCentred } = readOptions(name, istftOptions, options)
    const framing = checkFraming(name, { sequenceLength, sequenceStride, fftLength })
    const weights = windowOf(name, window, framing)
    const given = Array.isArray(x) ? shapeOfOperand(x[0], name) : []
    const rows = given.at(-2) ?? null
    if (given.length < 2 || rows === null)
      return fail(name, {
        expected: 'windows of known number, [..., windows, entries]',
        got: showShape(given),
      })
    const frames = irfft(x, fftLength)
    const whole = (rows - 1) * sequenceStride + fftLength
    const start = isCentred ? Math.floor(fftLength / 2) : 0
    const end = length === null ? whole - start : start + length
    const signal = overlapped(
      window === null ? frames : multiply(frames, weights),
      rows,
      fftLength,
      sequenceStride,
    )
    const isWhole = sequenceLength === fftLength && isCentred && window !== null && fftLength > 1
    const part = (of: Operand): SymbolicTensor => getItem(of, ['...', [start, Math.min(end, whole)]])
    if (window === null) return part(signal)
    // Where Keras adds windows that begin before the first one and end behind the last, sums of squares are the same everywhere.
    const sums = squares(weights, isWhole ? rows : null, sequenceStride, whole)
    const weighed = divide(part(signal), sums.slice(start, Math.min(end, whole)))
    return isWhole && end > whole ? (around(weighed, 0, end - whole, 'constant') as SymbolicTensor) : weighed
  },
  { name: 'istft' },
)

/** The sums of squares of windows at each place, of so many windows, or of as many as there could be. */
function squares(weights: Float32Array, rows: number | null, stride: number, whole: number): Float32Array {
  const sums = new Float32Array(whole)
  const reach = Math.ceil(weights.length / stride)
  const first = rows === null ? -reach : 0
  const last = rows === null ? Math.ceil(whole / stride) : rows - 1
  for (let row = first; row <= last; row++)
    for (const [i, weight] of weights.entries()) {
      const place = row * stride + i
      if (place >= 0 && place < whole) sums[place] = (sums[place] ?? 0) + weight * weight
    }
  return sums
}
