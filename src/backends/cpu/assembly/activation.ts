// The activations that stay in WASM, by the codes of src/ops/activations.ts: those whose slope their result tells.

import { ActivationGradient } from './calls.gen'
import { clamp, multiplyAdd, sigmoid, storeFirst, tanh } from './vector'

const RELU = 1
const SIGMOID = 2
const TANH = 3
const HARD_SIGMOID = 4

/** Whether `activate` knows a code. */
export function isKnown(code: i32): bool {
  return code <= HARD_SIGMOID
}

export function activate(code: i32, x: v128): v128 {
  if (code === SIGMOID) return sigmoid(x)
  if (code === TANH) return tanh(x)
  if (code === RELU) return f32x4.pmax(x, f32x4.splat(0.0))
  if (code === HARD_SIGMOID) {
    const line = f32x4.add(f32x4.div(x, f32x4.splat(6.0)), f32x4.splat(0.5))
    return clamp(line, f32x4.splat(0.0), f32x4.splat(1.0))
  }
  return x
}

// Slopes from the activation's result y: a + b·y + c·y² between two bounds of y, 0 at them and beyond; NaN is no bound.
const LINEAR_SLOPE = memory.data<f32>([1, 0, 0, NaN, NaN])
const RELU_SLOPE = memory.data<f32>([1, 0, 0, 0, NaN])
const SIGMOID_SLOPE = memory.data<f32>([0, 1, -1, NaN, NaN])
const TANH_SLOPE = memory.data<f32>([1, 0, -1, NaN, NaN])
const HARD_SIGMOID_SLOPE = memory.data<f32>([0.16666667, 0, 0, 0, 1])

/** The slope of an activation, for `slope`. */
export function slopeOf(code: i32): usize {
  if (code === SIGMOID) return SIGMOID_SLOPE
  if (code === TANH) return TANH_SLOPE
  if (code === RELU) return RELU_SLOPE
  if (code === HARD_SIGMOID) return HARD_SIGMOID_SLOPE
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

export function activationGradientCovers(call: ActivationGradient): bool {
  return isKnown(call.ACTIVATION)
}

/** dx = dy times the slopes of an activation that gave `saved`. */
export function activationGradient(call: ActivationGradient): void {
  const terms = slopeOf(call.ACTIVATION)
  const size = call.size
  const saved = call.saved
  const dy = call.dy
  const dx = call.dx
  for (let i = 0; i < size; i += 4) {
    const at = <usize>i * 4
    storeFirst(dx + at, f32x4.mul(slope(terms, v128.load(saved + at)), v128.load(dy + at)), size - i)
  }
}

/** Activates `size` floats where they lie. */
export function activateAll(code: i32, at: usize, size: i32): void {
  const whole = at + <usize>(size & ~3) * 4
  if (code === SIGMOID) for (; at < whole; at += 16) v128.store(at, sigmoid(v128.load(at)))
  else if (code === TANH) for (; at < whole; at += 16) v128.store(at, tanh(v128.load(at)))
  else for (; at < whole; at += 16) v128.store(at, activate(code, v128.load(at)))
  if (size & 3) storeFirst(at, activate(code, v128.load(at)), size & 3)
}
