// f16 (IEEE binary16) as bits. A word of 32 bits holds two, the first in the lower 16 bits.

/** The first `count` f16 in words, as bits. */
export const f16View = ({ buffer, byteOffset }: Uint32Array, count: number): Uint16Array =>
  new Uint16Array(buffer, byteOffset, count)

/** Rounds the bits of an f32 to the bits of the nearest f16, ties to even; the same as shaders/lib/f16.wgsl. */
export function f16Bits(bits: number): number {
  const sign = (bits >>> 16) & 0x8000
  const magnitude = bits & 0x7fffffff
  if (magnitude > 0x7f800000) return sign | 0x7e00
  if (magnitude >= 0x477ff000) return sign | 0x7c00
  if (magnitude >= 0x38800000) {
    // The exponent of f16 has another bias, its fraction 13 bits less.
    return sign | ((magnitude - 0x38000000 + 0xfff + ((magnitude >>> 13) & 1)) >>> 13)
  }
  // A subnormal f16 is a multiple of 2⁻²⁴: the fraction, now with its leading bit, is shifted to that unit.
  const shift = 126 - (magnitude >>> 23)
  if (shift > 24) return sign
  const fraction = (magnitude & 0x7fffff) | 0x800000
  return sign | ((fraction + (1 << (shift - 1)) - 1 + ((fraction >>> shift) & 1)) >>> shift)
}

/** The number that an f16 stands for. */
function numberOf(f16: number): number {
  const exponent = (f16 >>> 10) & 31
  const fraction = f16 & 1023
  const magnitude =
    exponent === 31
      ? fraction === 0
        ? Number.POSITIVE_INFINITY
        : Number.NaN
      : exponent === 0
        ? fraction * 2 ** -24
        : (1024 + fraction) * 2 ** (exponent - 25)
  return f16 & 0x8000 ? -magnitude : magnitude
}

// All 65536 values, computed at the first use: JavaScript has no faster conversion than a look-up.
let table: Float32Array | null = null

/** Converts the first f16 in words to as many numbers as `numbers` holds. */
export function expandF16(words: Uint32Array, numbers: Float32Array): void {
  convert(f16View(words, numbers.length), numbers)
}

/** The numbers of f16, which are given as bits. */
export function numbersOfF16(f16s: Uint16Array): Float32Array {
  const numbers = new Float32Array(f16s.length)
  convert(f16s, numbers)
  return numbers
}

function convert(f16s: Uint16Array, numbers: Float32Array): void {
  table ??= Float32Array.from({ length: 65536 }, (_, f16) => numberOf(f16))
  for (let i = 0; i < numbers.length; i++) numbers[i] = table[f16s[i]!]!
}
