// f16 (IEEE binary16) by its bits, two to a word, the first in the low half.

/** The halves that lie in words. */
export const halvesOf = ({ buffer, byteOffset }: Uint32Array, count: number): Uint16Array =>
  new Uint16Array(buffer, byteOffset, count)

/** The half nearest to a float, both by their bits; the same as shaders/lib/half.wgsl. */
export function halfBits(bits: number): number {
  const sign = (bits >>> 16) & 0x8000
  const magnitude = bits & 0x7fffffff
  if (magnitude > 0x7f800000) return sign | 0x7e00
  if (magnitude >= 0x477ff000) return sign | 0x7c00
  if (magnitude >= 0x38800000) {
    // Another bias of the exponent, and 13 bits of the fraction less.
    return sign | ((magnitude - 0x38000000 + 0xfff + ((magnitude >>> 13) & 1)) >>> 13)
  }
  // Subnormal: the fraction with its leading bit, in units of 2⁻²⁴.
  const shift = 126 - (magnitude >>> 23)
  if (shift > 24) return sign
  const fraction = (magnitude & 0x7fffff) | 0x800000
  return sign | ((fraction + (1 << (shift - 1)) - 1 + ((fraction >>> shift) & 1)) >>> shift)
}

/** The number that a half is. */
function valueOfHalf(half: number): number {
  const exponent = (half >>> 10) & 31
  const fraction = half & 1023
  const magnitude =
    exponent === 31
      ? fraction === 0
        ? Number.POSITIVE_INFINITY
        : Number.NaN
      : exponent === 0
        ? fraction * 2 ** -24
        : (1024 + fraction) * 2 ** (exponent - 25)
  return half & 0x8000 ? -magnitude : magnitude
}

// Made once; looking numbers up is the fastest way there is in JavaScript.
let table: Float32Array | null = null

/** The numbers of the first halves that lie in words. */
export function fromHalves(words: Uint32Array, numbers: Float32Array): void {
  table ??= Float32Array.from({ length: 65536 }, (_, half) => valueOfHalf(half))
  const halves = halvesOf(words, numbers.length)
  for (let i = 0; i < numbers.length; i++) numbers[i] = table[halves[i]!]!
}
