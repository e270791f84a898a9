// Variants of compiled code, as what they have that another has not.

import { joined } from '../../util/bytes.ts'

/**
 * Bytes in hexadecimal that are not of the base, then how much further than behind the last copy and these bytes the next copy from the
 * base begins, and how long that is.
 */
export type Difference = readonly [given: string, skipped: number, copied: number]

/** The bytes that differ so from a base. */
export function withDifferences(
  base: Uint8Array,
  differences: readonly Difference[],
): Uint8Array<ArrayBuffer> {
  const pieces: Uint8Array[] = []
  let next = 0
  for (const [given, skipped, copied] of differences) {
    const start = next + given.length / 2 + skipped
    next = start + copied
    pieces.push(bytesOfHex(given), base.subarray(start, next))
  }
  return joined(pieces)
}

/**
 * Bytes of hexadecimal digits, in which code is kept: gzip finds bytes that are repeated in it, which base64 writes in three ways, so that
 * a page loads less.
 */
export function bytesOfHex(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length / 2)
  for (let i = 0; i < bytes.length; i++)
    bytes[i] = 16 * digitOf(text.charCodeAt(2 * i)) + digitOf(text.charCodeAt(2 * i + 1))
  return bytes
}

/** A digit by its character, 0 to 9 or a to f. A number for each is far faster than parsing a text for each. */
const digitOf = (character: number): number => character - (character < 58 ? 48 : 87)
