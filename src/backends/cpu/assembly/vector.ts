// Four floats at once: products, exponential functions, and loads and stores of fewer than four.

/** a·b + c, in one rounding where the engine has relaxed SIMD. */
export function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c)
  return f32x4.add(f32x4.mul(a, b), c)
}

/** Stores the first `count` of four lanes. */
export function storeFirst(to: usize, x: v128, count: i32): void {
  if (count >= 4) {
    v128.store(to, x)
    return
  }
  v128.store32_lane(to, x, 0)
  if (count > 1) v128.store32_lane(to, x, 1, 4)
  if (count > 2) v128.store32_lane(to, x, 2, 8)
}

/** Adds a row of units to another. */
export function addRow(units: i32, to: usize, from: usize): void {
  for (let u = 0; u < units; u += 4) {
    const at = <usize>u * 4
    storeFirst(to + at, f32x4.add(v128.load(to + at), v128.load(from + at)), units - u)
  }
}

/** Loads the first `count` of four lanes, the others zero. */
export function loadFirst(from_: usize, count: i32): v128 {
  if (count >= 4) return v128.load(from_)
  let x = v128.load32_zero(from_)
  if (count > 1) x = v128.load32_lane(from_, x, 1, 4)
  if (count > 2) x = v128.load32_lane(from_, x, 2, 8)
  return x
}

const LANES = memory.data<i32>([-1, -1, -1, -1, 0, 0, 0])

/** The first `count` of four lanes, the others zero. */
export function firstLanes(x: v128, count: i32): v128 {
  return count >= 4 ? x : v128.and(x, v128.load(LANES + 16 - ((<usize>count) << 2)))
}

/** The sum of four lanes. */
export function sumOfLanes(x: v128): f32 {
  return (
    f32x4.extract_lane(x, 0) +
    f32x4.extract_lane(x, 1) +
    (f32x4.extract_lane(x, 2) + f32x4.extract_lane(x, 3))
  )
}

/** Moves the first `count` numbers at an address by a share of their distance to a target; returns them. */
export function moveToward(to: usize, target: v128, share: v128, count: i32): v128 {
  const x = loadFirst(to, count)
  const moved = f32x4.add(x, f32x4.mul(f32x4.sub(target, x), share))
  storeFirst(to, moved, count)
  return moved
}

/** Subtracts from the first `count` numbers at an address. */
export function subtractFirst(from_: usize, change: v128, count: i32): void {
  storeFirst(from_, f32x4.sub(loadFirst(from_, count), change), count)
}

/**
 * x, or zero where it is smaller than 1e-30: gradients fade with time, and processors take a hundred times as long for numbers
 * below the smallest normal one. NaN stays.
 */
export function flush(x: v128): v128 {
  return v128.andnot(x, f32x4.le(f32x4.abs(x), f32x4.splat(1e-30)))
}

/** x between two bounds; NaN stays. The pseudo-minimum is one instruction where the exact one is several. */
export function clamp(x: v128, low: v128, high: v128): v128 {
  return f32x4.pmin(f32x4.pmax(x, low), high)
}

// The constants of the functions below, read from memory: that broadcasts each in one instruction, where an engine needs
// several to make it.
const ONE = memory.data<f32>([1])
const EXPONENTIAL = memory.data<f32>([
  // 0, 1: the bounds
  -87.3,
  88.3,
  // 2, 3: log₂ e and 1.5·2²³
  Mathf.LOG2E,
  12582912,
  // 4, 5: −ln 2 in two parts
  -0.693359375,
  2.1219444e-4,
  // 6 to 11: the polynomial
  1.98756915e-4,
  1.3981999507e-3,
  8.3334519073e-3,
  4.1665795894e-2,
  1.6666665459e-1,
  5.0000001201e-1,
])
const TANH = memory.data<f32>([
  // 0, 1: the bounds
  -7.905311107635498, 7.905311107635498,
  // 2 to 8: the numerator
  -2.76076847742355e-16, 2.00018790482477e-13, -8.60467152213735e-11, 5.12229709037114e-8,
  1.48572235717979e-5, 6.37261928875436e-4, 4.89352455891786e-3,
  // 9 to 12: the denominator
  1.19825839466702e-6, 1.18534705686654e-4, 2.268434632439e-3, 4.89352518554385e-3,
])

/** A constant in each lane. */
function constant(of_: usize, index: usize): v128 {
  return v128.load32_splat(of_ + 4 * index)
}

/**
 * eˣ within 2 ε: 2ⁿ·eʳ with |r| ≤ ln 2 / 2 and a polynomial for eʳ (the coefficients are Cephes's). An integer that is added to
 * 1.5·2²³ lies in that float's lowest bits.
 */
export function exponential(x: v128): v128 {
  const bounded = clamp(x, constant(EXPONENTIAL, 0), constant(EXPONENTIAL, 1))
  const shifted = f32x4.add(f32x4.mul(bounded, constant(EXPONENTIAL, 2)), constant(EXPONENTIAL, 3))
  const n = f32x4.sub(shifted, constant(EXPONENTIAL, 3))
  let r = multiplyAdd(n, constant(EXPONENTIAL, 4), bounded)
  r = multiplyAdd(n, constant(EXPONENTIAL, 5), r)
  let p = multiplyAdd(constant(EXPONENTIAL, 6), r, constant(EXPONENTIAL, 7))
  p = multiplyAdd(p, r, constant(EXPONENTIAL, 8))
  p = multiplyAdd(p, r, constant(EXPONENTIAL, 9))
  p = multiplyAdd(p, r, constant(EXPONENTIAL, 10))
  p = multiplyAdd(p, r, constant(EXPONENTIAL, 11))
  p = multiplyAdd(p, f32x4.mul(r, r), f32x4.add(r, constant(ONE, 0)))
  const power = i32x4.shl(i32x4.add(shifted, i32x4.splat(127)), 23)
  return f32x4.mul(p, power)
}

const POWER = memory.data<f32>([
  // 0, 1: the smallest normal number, and ∞
  1.1754943508222875e-38,
  Infinity,
  // 2: √½
  Mathf.SQRT1_2,
  // 3 to 11: log₂(1 + z) / z
  0.12583689854915123,
  -0.20726968723166309,
  0.21571562344202516,
  -0.23894483081287587,
  0.2879162473423808,
  -0.36070368237911166,
  0.48091064295636116,
  -0.7213473468082026,
  1.4426950036523818,
  // 12, 13: the bounds of exponents
  -126,
  128,
  // 14: 1.5·2²³
  12582912,
  // 15 to 21: 2ʳ
  1.5345811562e-4,
  1.3399931216e-3,
  9.6184889586e-3,
  5.5503287769e-2,
  2.40226468906e-1,
  6.93147205737e-1,
  1,
])

/**
 * xᵖ of `count` numbers that are not negative, in their place, within some (2 + |p·log₂ x|)·ε: 2^(p·log₂ x), where
 * x = 2ⁿ·m with m from √½ to √2. NaN and ∞ stay, and what is below the smallest normal number counts as 0. All in one
 * loop without a call, so that an engine keeps constants in registers and begins with the next numbers before the first are done.
 */
export function raiseAll(at: usize, count: i32, p: f32): void {
  const power = f32x4.splat(p)
  const zeros = f32x4.splat(p > 0 ? 0 : p === 0 ? 1 : Infinity)
  for (const end = at + ((<usize>count) << 2); at < end; at += 16) {
    const x = v128.load(at)
    const n = i32x4.shr_s(i32x4.sub(x, constant(POWER, 2)), 23)
    const z = f32x4.sub(i32x4.sub(x, i32x4.shl(n, 23)), constant(ONE, 0))
    let q = multiplyAdd(constant(POWER, 3), z, constant(POWER, 4))
    q = multiplyAdd(q, z, constant(POWER, 5))
    q = multiplyAdd(q, z, constant(POWER, 6))
    q = multiplyAdd(q, z, constant(POWER, 7))
    q = multiplyAdd(q, z, constant(POWER, 8))
    q = multiplyAdd(q, z, constant(POWER, 9))
    q = multiplyAdd(q, z, constant(POWER, 10))
    q = multiplyAdd(q, z, constant(POWER, 11))
    const logarithm = multiplyAdd(q, z, f32x4.convert_i32x4_s(n))
    const exponent = clamp(f32x4.mul(power, logarithm), constant(POWER, 12), constant(POWER, 13))
    const shifted = f32x4.add(exponent, constant(POWER, 14))
    const r = f32x4.sub(exponent, f32x4.sub(shifted, constant(POWER, 14)))
    q = multiplyAdd(constant(POWER, 15), r, constant(POWER, 16))
    q = multiplyAdd(q, r, constant(POWER, 17))
    q = multiplyAdd(q, r, constant(POWER, 18))
    q = multiplyAdd(q, r, constant(POWER, 19))
    q = multiplyAdd(q, r, constant(POWER, 20))
    q = multiplyAdd(q, r, constant(POWER, 21))
    const result = f32x4.mul(q, i32x4.shl(i32x4.add(shifted, i32x4.splat(127)), 23))
    const isZero = f32x4.lt(x, constant(POWER, 0))
    const isNumber = f32x4.lt(x, constant(POWER, 1))
    v128.store(at, v128.bitselect(v128.bitselect(zeros, result, isZero), x, isNumber))
  }
}

export function sigmoid(x: v128): v128 {
  const one = constant(ONE, 0)
  return f32x4.div(one, f32x4.add(one, exponential(f32x4.neg(x))))
}

/** tanh x as x·P(x²) / Q(x²), within 8 ulps: the minimax quotient of Eigen's, flat from where f32 has 1. */
export function tanh(x: v128): v128 {
  const z = clamp(x, constant(TANH, 0), constant(TANH, 1))
  const s = f32x4.mul(z, z)
  let p = multiplyAdd(constant(TANH, 2), s, constant(TANH, 3))
  p = multiplyAdd(p, s, constant(TANH, 4))
  p = multiplyAdd(p, s, constant(TANH, 5))
  p = multiplyAdd(p, s, constant(TANH, 6))
  p = multiplyAdd(p, s, constant(TANH, 7))
  p = multiplyAdd(p, s, constant(TANH, 8))
  let q = multiplyAdd(constant(TANH, 9), s, constant(TANH, 10))
  q = multiplyAdd(q, s, constant(TANH, 11))
  q = multiplyAdd(q, s, constant(TANH, 12))
  return f32x4.mul(z, f32x4.div(p, q))
}
