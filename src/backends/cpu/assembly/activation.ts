// The activations that stay in WASM, by the codes of src/ops/activations.ts.

import { Activation, ActivationGradient } from './calls.gen'
import { clamp, exponential, multiplyAdd, sigmoid, storeFirst, tanh } from './vector'

const RELU = 1
const SIGMOID = 2
const TANH = 3
const HARD_SIGMOID = 4
const RELU6 = 11
const SILU = 17
const GELU = 18
const HARD_SILU = 20

/** Below it `exponential` gives its smallest value. */
const LEAST: f32 = -87.3

// Φ of the normal distribution, erfc(−x / √2) / 2, by Numerical Recipes' erfcc: 0 to 9 the polynomial, 10 is √½, 11 is 1 / √(2π).
const GAUSSIAN = memory.data<f32>([
  0.17087277,
  -0.82215223,
  1.48851587,
  -1.13520398,
  0.27886807,
  -0.18628806,
  0.09678418,
  0.37409196,
  1.00002368,
  -1.26551223,
  Mathf.SQRT1_2,
  0.39894228,
])

function ofGaussian(index: usize): v128 {
  return v128.load32_splat(GAUSSIAN + 4 * index)
}

function gaussian(x: v128): v128 {
  const one = f32x4.splat(1.0)
  const half = f32x4.splat(0.5)
  const z = f32x4.mul(f32x4.abs(x), ofGaussian(10))
  const t = f32x4.div(one, multiplyAdd(half, z, one))
  let p = multiplyAdd(ofGaussian(0), t, ofGaussian(1))
  for (let i: usize = 2; i < 10; i++) p = multiplyAdd(p, t, ofGaussian(i))
  const tail = f32x4.mul(f32x4.mul(half, t), vanishing(f32x4.sub(p, f32x4.mul(z, z))))
  return v128.bitselect(tail, f32x4.sub(one, tail), f32x4.lt(x, f32x4.splat(0.0)))
}

/** Whether `activate` and `slope` know a code: the result tells the slope. */
export function isKnown(code: i32): bool {
  return code <= HARD_SIGMOID || code === RELU6
}

/** Whether `activate` and `slopeAt` know a code: the argument tells the slope. */
function isOfArgument(code: i32): bool {
  return code === SILU || code === GELU || code === HARD_SILU
}

/** Whether `activate` knows a code. */
export function isActivated(code: i32): bool {
  return isKnown(code) || isOfArgument(code)
}

/** eˣ, and zero where that is smaller than floats are. */
function vanishing(x: v128): v128 {
  return v128.andnot(exponential(x), f32x4.lt(x, f32x4.splat(LEAST)))
}

/** x·eˣ / (1 + eˣ) by roots of powers, which do not vanish before the product does. */
function silu(x: v128): v128 {
  const root = vanishing(f32x4.mul(f32x4.abs(x), f32x4.splat(-0.5)))
  const power = f32x4.mul(root, root)
  const below = f32x4.mul(f32x4.mul(x, root), root)
  const share = v128.bitselect(below, x, f32x4.lt(x, f32x4.splat(0.0)))
  return f32x4.div(share, f32x4.add(f32x4.splat(1.0), power))
}

function hardSigmoid(x: v128): v128 {
  const line = f32x4.add(f32x4.div(x, f32x4.splat(6.0)), f32x4.splat(0.5))
  return clamp(line, f32x4.splat(0.0), f32x4.splat(1.0))
}

export function activate(code: i32, x: v128): v128 {
  if (code === SIGMOID) return sigmoid(x)
  if (code === TANH) return tanh(x)
  if (code === RELU) return f32x4.pmax(x, f32x4.splat(0.0))
  if (code === HARD_SIGMOID) return hardSigmoid(x)
  if (code === RELU6) return clamp(x, f32x4.splat(0.0), f32x4.splat(6.0))
  if (code === SILU) return silu(x)
  if (code === GELU) return f32x4.mul(x, gaussian(x))
  if (code === HARD_SILU) return f32x4.mul(x, hardSigmoid(x))
  return x
}

// Slopes from the activation's result y: a + b·y + c·y² between two bounds of y, 0 at them and beyond; NaN is no bound.
const LINEAR_SLOPE = memory.data<f32>([1, 0, 0, NaN, NaN])
const RELU_SLOPE = memory.data<f32>([1, 0, 0, 0, NaN])
const SIGMOID_SLOPE = memory.data<f32>([0, 1, -1, NaN, NaN])
const TANH_SLOPE = memory.data<f32>([1, 0, -1, NaN, NaN])
const HARD_SIGMOID_SLOPE = memory.data<f32>([0.16666667, 0, 0, 0, 1])
const RELU6_SLOPE = memory.data<f32>([1, 0, 0, 0, 6])

/** The slope of an activation, for `slope`. */
export function slopeOf(code: i32): usize {
  if (code === SIGMOID) return SIGMOID_SLOPE
  if (code === TANH) return TANH_SLOPE
  if (code === RELU) return RELU_SLOPE
  if (code === HARD_SIGMOID) return HARD_SIGMOID_SLOPE
  if (code === RELU6) return RELU6_SLOPE
  return LINEAR_SLOPE
}

export function slope(terms: usize, result: v128): v128 {
  // Zero times an infinite result would be NaN.
  const y = clamp(result, f32x4.splat(-f32.MAX_VALUE), f32x4.splat(f32.MAX_VALUE))
  const inner = multiplyAdd(v128.load32_splat(terms, 8), y, v128.load32_splat(terms, 4))
  const outside = v128.or(
    f32x4.le(y, v128.load32_splat(terms, 12)),
    f32x4.ge(y, v128.load32_splat(terms, 16)),
  )
  return v128.andnot(multiplyAdd(inner, y, v128.load32_splat(terms)), outside)
}

/** The slope of an activation at its argument. */
function slopeAt(code: i32, x: v128): v128 {
  const one = f32x4.splat(1.0)
  if (code === SILU) {
    // Times a large argument, what sigmoid leaves instead of zero would be no small number.
    const g = v128.andnot(sigmoid(x), f32x4.lt(x, f32x4.splat(LEAST)))
    return f32x4.mul(g, multiplyAdd(x, f32x4.sub(one, g), one))
  }
  if (code === GELU) {
    const density = vanishing(f32x4.mul(f32x4.mul(x, x), f32x4.splat(-0.5)))
    return multiplyAdd(f32x4.mul(x, ofGaussian(11)), density, gaussian(x))
  }
  const isInside = f32x4.lt(f32x4.abs(x), f32x4.splat(3.0))
  return f32x4.add(hardSigmoid(x), v128.and(f32x4.div(x, f32x4.splat(6.0)), isInside))
}

export function activationGradientCovers(call: ActivationGradient): bool {
  return isActivated(call.ACTIVATION)
}

/** dx = dy times the slopes of an activation that gave `saved`. */
export function activationGradient(call: ActivationGradient): void {
  const terms = slopeOf(call.ACTIVATION)
  const size = call.size
  const saved = call.saved
  const dy = call.dy
  const dx = call.dx
  if (isOfArgument(call.ACTIVATION)) {
    for (let i = 0; i < size; i += 4) {
      const at = <usize>i * 4
      const slopes = slopeAt(call.ACTIVATION, v128.load(saved + at))
      storeFirst(dx + at, f32x4.mul(slopes, v128.load(dy + at)), size - i)
    }
    return
  }
  for (let i = 0; i < size; i += 4) {
    const at = <usize>i * 4
    storeFirst(dx + at, f32x4.mul(slope(terms, v128.load(saved + at)), v128.load(dy + at)), size - i)
  }
}

export function activationCovers(call: Activation): bool {
  return isActivated(call.ACTIVATION)
}

export function activation(call: Activation): void {
  memory.copy(call.y, call.x, <usize>call.size * 4)
  activateAll(call.ACTIVATION, call.y, call.size)
}

/** Activates `size` floats where they lie. */
export function activateAll(code: i32, at: usize, size: i32): void {
  const whole = at + <usize>(size & ~3) * 4
  if (code === SIGMOID) for (; at < whole; at += 16) v128.store(at, sigmoid(v128.load(at)))
  else if (code === TANH) for (; at < whole; at += 16) v128.store(at, tanh(v128.load(at)))
  else for (; at < whole; at += 16) v128.store(at, activate(code, v128.load(at)))
  if (size & 3) storeFirst(at, activate(code, v128.load(at)), size & 3)
}
