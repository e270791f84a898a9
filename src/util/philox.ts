// Philox4x32-10, a counter-based generator: ten rounds turn a 128-bit counter and a 64-bit key into 128 random
// bits. Any draw can be made alone, in any order, on any device, so the CPU and the GPU agree bit for bit.
// shaders/lib/philox.wgsl is the same function.
//
// Salmon, Moraes, Dror, Shaw: Parallel Random Numbers: As Easy as 1, 2, 3 (SC 2011).

const MULTIPLIER_0 = 0xd2511f53
const MULTIPLIER_1 = 0xcd9e8d57
// The key moves on by the golden ratio and by √3 − 1, as 32-bit fractions.
const WEYL_0 = 0x9e3779b9
const WEYL_1 = 0xbb67ae85
const ROUNDS = 10

/**
 * Writes the four 32-bit words for `counter` and `key` into `out[0..3]`.
 *
 * @param counter Four 32-bit words; the next draw usually adds one to the first.
 * @param key Two 32-bit words, see {@link seedKey}.
 */
export function philox(counter: ArrayLike<number>, key: ArrayLike<number>, out: Uint32Array): void {
  let c0 = counter[0]!
  let c1 = counter[1]!
  let c2 = counter[2]!
  let c3 = counter[3]!
  let k0 = key[0]!
  let k1 = key[1]!
  for (let round = 0; round < ROUNDS; round++) {
    const high0 = multiplyHigh(MULTIPLIER_0, c0)
    const high1 = multiplyHigh(MULTIPLIER_1, c2)
    const low0 = Math.imul(MULTIPLIER_0, c0)
    const low1 = Math.imul(MULTIPLIER_1, c2)
    c0 = high1 ^ c1 ^ k0
    c1 = low1
    c2 = high0 ^ c3 ^ k1
    c3 = low0
    k0 = (k0 + WEYL_0) | 0
    k1 = (k1 + WEYL_1) | 0
  }
  out[0] = c0
  out[1] = c1
  out[2] = c2
  out[3] = c3
}

/** The key for a seed: the low 32 bits and the high 21 bits of a safe integer. */
export function seedKey(seed: number): [low: number, high: number] {
  return [seed >>> 0, Math.floor(seed / 2 ** 32)]
}

/** A float in [0, 1) from the upper 24 bits of a word: every value is exact in float32. */
export function uniform01(bits: number): number {
  return (bits >>> 8) * 2 ** -24
}

// The upper 32 bits of a 64-bit product, from 16-bit halves, whose products a double holds exactly.
export function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff
  const aHigh = a >>> 16
  const bLow = b & 0xffff
  const bHigh = b >>> 16
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16)
  const carry = aLow * bHigh + (middle & 0xffff)
  return aHigh * bHigh + (middle >>> 16) + (carry >>> 16)
}
