// A sum of any number of float32 values, stored as integers so that no addition rounds:
//   words 0, 1   how many rows were added      2   flags of values that are not finite
//   words 3 … 12 the sum, in units of 2⁻¹⁴⁹, the smallest float32, as a two's complement of 320 bits
//   words 13, 14 how many rows came before the first value that is not finite
// shaders/lib/exact_sum.wgsl does the same on a GPU.

export const FLAGS = 2
export const SUM = 3
export const END = 13
export const FINITE_ROWS = 13
/** Words of a sum. */
export const EXACT_SUM_WORDS = 15

export const WORD = 2 ** 32
/** Bits of the flags. */
export const IS_NAN = 1
export const IS_INFINITE = 2
const IS_MINUS_INFINITE = 4

/** How many rows were added. */
const rowsOf = (words: Uint32Array): number => (words[0] ?? 0) + (words[1] ?? 0) * WORD

/** The sum. */
export function exactSum(words: Uint32Array): number {
  const flags = words[FLAGS] ?? 0
  if (flags !== 0) {
    if (flags === IS_INFINITE) return Number.POSITIVE_INFINITY
    return flags === IS_MINUS_INFINITE ? Number.NEGATIVE_INFINITY : Number.NaN
  }
  const isNegative = (words[END - 1] ?? 0) >= WORD / 2
  let sum = 0
  // The magnitude of a negative sum is its complement plus 1; the 1 is below the precision of the float64 result.
  for (let k = END - 1; k >= SUM; k--) {
    const word = words[k] ?? 0
    sum = sum * WORD + (isNegative ? WORD - 1 - word : word)
  }
  return (isNegative ? -1 : 1) * sum * 2 ** -149
}

/** The sum divided by its rows; 0 of no rows. */
export const exactMean = (words: Uint32Array): number => exactSum(words) / Math.max(rowsOf(words), 1)

/** How many rows came before the first value that is not finite; null where all are. */
export const finiteRowsOf = (words: Uint32Array): number | null =>
  words[FLAGS] ? rowsOf(words.subarray(FINITE_ROWS)) : null
