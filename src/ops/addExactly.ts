// Adds to the sums of exactSum.ts on the CPU.

import { END, FINITE_ROWS, FLAGS, IS_INFINITE, IS_NAN, SUM, WORD } from './exactSum.ts'

/** Adds a float32 that stands for `rows` rows to the sum. */
export function addExactly(words: Uint32Array, value: number, rows: number): void {
  if (words[FLAGS] === 0) words.copyWithin(FINITE_ROWS, 0, 2)
  const count = words[0]! + rows
  words[0] = count
  if (count >= WORD) words[1]!++
  const [bits = 0] = new Uint32Array(Float32Array.of(value).buffer)
  const exponent = (bits >>> 23) & 0xff
  const fraction = bits & 0x7fffff
  if (exponent === 255) {
    words[FLAGS]! |= fraction !== 0 ? IS_NAN : IS_INFINITE << (bits >>> 31)
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
