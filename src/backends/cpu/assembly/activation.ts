// The activations that stay in WASM, by the codes of src/ops/activations.ts: those whose slope their result tells.

import { clamp, sigmoid, storeFirst, tanh } from './vector'

const RELU = 1
const SIGMOID = 2
const TANH = 3
const HARD_SIGMOID = 4

/** The greatest code that `activate` knows. */
export const KNOWN = HARD_SIGMOID

export function activate(code: i32, x: v128): v128 {
  if (code === SIGMOID) return sigmoid(x)
  if (code === TANH) return tanh(x)
  if (code === RELU) return f32x4.pmax(x, f32x4.splat(0.0))
  if (code === HARD_SIGMOID) {
    const line = f32x4.add(f32x4.div(x, f32x4.splat(6.0)), f32x4.splat(0.5))
    return clamp(line, 0.0, 1.0)
  }
  return x
}

/** The derivative, from the activation's result. */
export function slope(code: i32, y: v128): v128 {
  const one = f32x4.splat(1.0)
  if (code === SIGMOID) return f32x4.mul(y, f32x4.sub(one, y))
  if (code === TANH) return f32x4.sub(one, f32x4.mul(y, y))
  const zero = f32x4.splat(0.0)
  if (code === RELU) return v128.and(f32x4.gt(y, zero), one)
  if (code === HARD_SIGMOID) {
    return v128.and(v128.and(f32x4.gt(y, zero), f32x4.lt(y, one)), f32x4.splat(1.0 / 6.0))
  }
  return one
}

/** Activates `size` floats where they lie. */
export function activateAll(code: i32, at: usize, size: i32): void {
  for (let i = 0; i < size; i += 4, at += 16) storeFirst(at, activate(code, v128.load(at)), size - i)
}
