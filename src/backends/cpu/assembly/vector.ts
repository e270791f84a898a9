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

const LOGARITHM = memory.data<f32>([
  // 0, 1: the smallest normal number, and ∞
  1.1754943508222875e-38,
  Infinity,
  // 2: √½
  Mathf.SQRT1_2,
  // 3 to 11: the polynomial
  7.0376836292e-2,
  -1.151461031e-1,
  1.167699874e-1,
  -1.2420140846e-1,
  1.4249322787e-1,
  -1.6668057665e-1,
  2.0000714765e-1,
  -2.4999993993e-1,
  3.3333331174e-1,
  // 12, 13: ln 2 in two parts
  0.693359375,
  -2.1219444e-4,
])

/** ln x of normal numbers, within 2 ε: of x = 2ⁿ·m with m from √½ to √2 by a polynomial of m − 1 (the coefficients are Cephes's). */
function logarithm(x: v128): v128 {
  const bits = i32x4.sub(x, v128.load32_splat(LOGARITHM + 8))
  const n = i32x4.shr_s(bits, 23)
  const m = i32x4.sub(x, i32x4.shl(n, 23))
  const e = f32x4.convert_i32x4_s(n)
  const z = f32x4.sub(m, constant(ONE, 0))
  const square = f32x4.mul(z, z)
  let p = multiplyAdd(constant(LOGARITHM, 3), z, constant(LOGARITHM, 4))
  p = multiplyAdd(p, z, constant(LOGARITHM, 5))
  p = multiplyAdd(p, z, constant(LOGARITHM, 6))
  p = multiplyAdd(p, z, constant(LOGARITHM, 7))
  p = multiplyAdd(p, z, constant(LOGARITHM, 8))
  p = multiplyAdd(p, z, constant(LOGARITHM, 9))
  p = multiplyAdd(p, z, constant(LOGARITHM, 10))
  p = multiplyAdd(p, z, constant(LOGARITHM, 11))
  p = f32x4.mul(f32x4.mul(p, z), square)
  p = multiplyAdd(e, constant(LOGARITHM, 13), p)
  p = f32x4.sub(p, f32x4.mul(square, f32x4.splat(0.5)))
  return multiplyAdd(e, constant(LOGARITHM, 12), f32x4.add(z, p))
}

/** xᵖ of numbers that are not negative, for p ≥ 0; NaN and ∞ stay, and what is below the smallest normal number counts as 0. */
export function raise(x: v128, p: v128): v128 {
  const result = exponential(f32x4.mul(p, logarithm(x)))
  const isZero = v128.and(f32x4.lt(x, constant(LOGARITHM, 0)), f32x4.gt(p, f32x4.splat(0)))
  return v128.bitselect(v128.andnot(result, isZero), x, f32x4.lt(x, constant(LOGARITHM, 1)))
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
