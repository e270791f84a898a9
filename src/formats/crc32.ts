// The checksum of zip entries, eight bytes at a time: weights are most of a file, and a byte at a time takes longer than reading it.

// The remainders of a byte with 0 to 7 bytes of zeros behind it, by the polynomial of zip in reversed order of bits.
const T0 = Int32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte
  for (let bit = 0; bit < 8; bit++) rest = (rest >>> 1) ^ (rest & 1 ? 0xedb88320 : 0)
  return rest
})
const shifted = (table: Int32Array): Int32Array => table.map((rest) => (rest >>> 8) ^ T0[rest & 255]!)
const T1 = shifted(T0)
const T2 = shifted(T1)
const T3 = shifted(T2)
const T4 = shifted(T3)
const T5 = shifted(T4)
const T6 = shifted(T5)
const T7 = shifted(T6)

/** Computes the CRC-32 of bytes behind others, of which it is `before`. */
type Crc32 = (bytes: Uint8Array, before: number) => number

let platform: (() => Crc32 | undefined) | null = null

/** Takes what the platform has: Node's is some five times as fast. It is asked for when a checksum is. */
export function setCrc32(native: () => Crc32 | undefined): void {
  platform = native
}

/**
 * The CRC-32 of bytes, from 0 to 2³² − 1, as zip has it.
 *
 * @param before The CRC-32 of bytes in front of these, 0 for none.
 * @see M. E. Kounavis, F. L. Berry: A systematic approach to building high performance software-based CRC generators (2005)
 */
export const crc32 = (bytes: Uint8Array, before = 0): number =>
  (platform?.() ?? crc32InJavaScript)(bytes, before)

/** The same in plain code. */
export function crc32InJavaScript(bytes: Uint8Array, before: number): number {
  const whole = bytes.length - (bytes.length % 8)
  let crc = ~before
  for (let i = 0; i < whole; i += 8) {
    const first = crc ^ (bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24))
    crc =
      T7[first & 255]! ^
      T6[(first >>> 8) & 255]! ^
      T5[(first >>> 16) & 255]! ^
      T4[first >>> 24]! ^
      T3[bytes[i + 4]!]! ^
      T2[bytes[i + 5]!]! ^
      T1[bytes[i + 6]!]! ^
      T0[bytes[i + 7]!]!
  }
  for (let i = whole; i < bytes.length; i++) crc = (crc >>> 8) ^ T0[(crc ^ bytes[i]!) & 255]!
  return ~crc >>> 0
}
