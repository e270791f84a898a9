// A running mean of any number of float32 values, kept as integers so that no addition rounds:
//   words 0, 1   how many rows it is of        2   flags of values that are not finite
//   words 3 … 12 the sum, in units of 2⁻¹⁴⁹, the smallest float32, as a two's complement of 320 bits
//   words 13, 14 how many rows came before the first value that is not finite
// shaders/accumulate.wgsl does the same on a GPU.

const FLAGS = 2
const SUM = 3
const END = 13
const FINITE_ROWS = 13
/** Words that a running mean takes. */
export const EXACT_SUM_WORDS = 15

const WORD = 2 ** 32
const isNotANumber = 1
const isInfinite = 2
const isMinusInfinite = 4

const float = new Float32Array(1)
const bitsOfFloat = new Uint32Array(float.buffer)

/** Adds a float32 to the sum, for so many rows. */
export function addExactly(words: Uint32Array, value: number, rows: number): void {
  if (words[FLAGS] === 0) words.copyWithin(FINITE_ROWS, 0, 2)
  const count = words[0]! + rows
  words[0] = count
  if (count >= WORD) words[1]!++
  float[0] = value
  const bits = bitsOfFloat[0]!
  const exponent = (bits >>> 23) & 0xff
  const fraction = bits & 0x7fffff
  if (exponent === 255) {
    words[FLAGS]! |= fraction !== 0 ? isNotANumber : isInfinite << (bits >>> 31)
    return
  }
  const sign = bits >>> 31 === 1 ? -1 : 1
  const shift = Math.max(exponent, 1) - 1
  let rest = (exponent > 0 ? fraction + 0x800000 : fraction) * 2 ** (shift % 32)
  let carry = 0
  for (let k = SUM + Math.floor(shift / 32); k < END && (rest > 0 || carry !== 0); k++) {
    const sum = words[k]! + sign * (rest % WORD) + carry
    words[k] = sum
    carry = Math.floor(sum / WORD)
    rest = Math.floor(rest / WORD)
  }
}

/** How many rows came before the first value that is not finite; null where all are. */
export function finiteRowsOf(words: Uint32Array): number | null {
  return words[FLAGS] ? (words[FINITE_ROWS] ?? 0) + (words[FINITE_ROWS + 1] ?? 0) * WORD : null
}

/** The mean; 0 of no rows. */
export function exactMean(words: Uint32Array): number {
  const flags = words[FLAGS] ?? 0
  if (flags !== 0) {
    if (flags === isInfinite) return Number.POSITIVE_INFINITY
    return flags === isMinusInfinite ? Number.NEGATIVE_INFINITY : Number.NaN
  }
  const isNegative = (words[END - 1] ?? 0) >= WORD / 2
  let sum = 0
  // The magnitude of a negative sum is its complement and 1, a unit that no float64 beside it would show.
  for (let k = END - 1; k >= SUM; k--) {
    const word = words[k] ?? 0
    sum = sum * WORD + (isNegative ? WORD - 1 - word : word)
  }
  const rows = (words[0] ?? 0) + (words[1] ?? 0) * WORD
  return ((isNegative ? -1 : 1) * sum * 2 ** -149) / Math.max(rows, 1)
}
