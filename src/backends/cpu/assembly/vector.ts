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

/** Loads the first `count` of four lanes, the others zero. */
export function loadFirst(from_: usize, count: i32): v128 {
  if (count >= 4) return v128.load(from_)
  let x = v128.load32_zero(from_)
  if (count > 1) x = v128.load32_lane(from_, x, 1, 4)
  if (count > 2) x = v128.load32_lane(from_, x, 2, 8)
  return x
}

/**
 * x, or zero where it is smaller than 1e-30: gradients fade with time, and processors take a hundred times as long for numbers
 * below the smallest normal one.
 */
export function flush(x: v128): v128 {
  return v128.and(x, f32x4.gt(f32x4.abs(x), f32x4.splat(1e-30)))
}

/** x between two bounds; NaN stays. The pseudo-minimum is one instruction where the exact one is several. */
export function clamp(x: v128, low: f32, high: f32): v128 {
  return f32x4.pmin(f32x4.pmax(x, f32x4.splat(low)), f32x4.splat(high))
}

/** A float to which an integer can be added such that its lowest bits are that integer: 1.5·2²³. */
const SHIFTER: f32 = 12582912

/** eˣ within 2 ε: 2ⁿ·eʳ with |r| ≤ ln 2 / 2 and a polynomial for eʳ (the coefficients are Cephes's). */
export function exponential(x: v128): v128 {
  const bounded = clamp(x, -87.3, 88.3)
  const shifted = f32x4.add(f32x4.mul(bounded, f32x4.splat(Mathf.LOG2E)), f32x4.splat(SHIFTER))
  const n = f32x4.sub(shifted, f32x4.splat(SHIFTER))
  let r = multiplyAdd(n, f32x4.splat(-0.693359375), bounded)
  r = multiplyAdd(n, f32x4.splat(2.1219444e-4), r)
  let p = multiplyAdd(f32x4.splat(1.98756915e-4), r, f32x4.splat(1.3981999507e-3))
  p = multiplyAdd(p, r, f32x4.splat(8.3334519073e-3))
  p = multiplyAdd(p, r, f32x4.splat(4.1665795894e-2))
  p = multiplyAdd(p, r, f32x4.splat(1.6666665459e-1))
  p = multiplyAdd(p, r, f32x4.splat(5.0000001201e-1))
  p = multiplyAdd(p, f32x4.mul(r, r), f32x4.add(r, f32x4.splat(1.0)))
  const power = i32x4.shl(i32x4.add(shifted, i32x4.splat(127)), 23)
  return f32x4.mul(p, power)
}

export function sigmoid(x: v128): v128 {
  const one = f32x4.splat(1.0)
  return f32x4.div(one, f32x4.add(one, exponential(f32x4.neg(x))))
}

/** tanh x as x·P(x²) / Q(x²), within a few ε: the minimax quotient of Eigen's, flat from where f32 has 1. */
export function tanh(x: v128): v128 {
  const z = clamp(x, -7.905311107635498, 7.905311107635498)
  const s = f32x4.mul(z, z)
  let p = multiplyAdd(f32x4.splat(-2.76076847742355e-16), s, f32x4.splat(2.00018790482477e-13))
  p = multiplyAdd(p, s, f32x4.splat(-8.60467152213735e-11))
  p = multiplyAdd(p, s, f32x4.splat(5.12229709037114e-8))
  p = multiplyAdd(p, s, f32x4.splat(1.48572235717979e-5))
  p = multiplyAdd(p, s, f32x4.splat(6.37261928875436e-4))
  p = multiplyAdd(p, s, f32x4.splat(4.89352455891786e-3))
  let q = multiplyAdd(f32x4.splat(1.19825839466702e-6), s, f32x4.splat(1.18534705686654e-4))
  q = multiplyAdd(q, s, f32x4.splat(2.268434632439e-3))
  q = multiplyAdd(q, s, f32x4.splat(4.89352518554385e-3))
  return f32x4.div(f32x4.mul(z, p), q)
}
