// A number of the normal distribution with mean 0 and deviation 1 from 64 random bits (Box and Muller 1958), in integers throughout, so
// that every device draws the same bits. Bit for bit the function in shaders/lib/normal.wgsl, which says what the numbers are.

import { multiplyHigh } from '../util/philox.ts'

/** Of ln(1 + f) in units of 2⁻³⁰, the highest power first; the last is added to a result of at least 0. */
const LOGARITHM = [
  -2427725, 16165559, -50520772, 101743012, -156057253, 207787834, -267061634, 357751363, -536860845,
  1073741577, 1,
]
/** Of cos(½πt) in t², in units of 2⁻²⁹. */
const COSINE = [-12790, 492699, -11200570, 136187680, -662337931, 536870912]

/** A polynomial of x·2⁻³², whose products are rounded down. */
function polynomial(coefficients: readonly number[], x: number): number {
  let sum = 0
  for (const coefficient of coefficients) {
    // Words are taken as unsigned; what that adds to a negative one is taken off.
    sum = (coefficient + (multiplyHigh(sum >>> 0, x) - (sum < 0 ? x : 0))) | 0
  }
  return sum
}

export function standardNormal(radiusBits: number, angleBits: number): number {
  const u = Math.max(radiusBits, 1)
  const e = Math.clz32(u)
  const logarithm = Math.max(polynomial(LOGARITHM, ((u << e) << 1) >>> 0), 0)
  const squared = Math.max((e + 1) * 93032640 - (logarithm >>> 3), 0)
  // A double holds the 48 bits of the square.
  const radius = Math.floor(Math.sqrt(squared * 65536))
  const t = (angleBits << 1) >>> 0
  const cosine = Math.min(Math.max(polynomial(COSINE, multiplyHigh(t, t)), 0), 536870911)
  const magnitude = (multiplyHigh((radius << 8) >>> 0, (cosine << 3) >>> 0) + 128) >>> 8
  return (angleBits >>> 31 === 1 ? -1 : 1) * magnitude * 2 ** -21
}
