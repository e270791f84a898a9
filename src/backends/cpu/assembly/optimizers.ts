// Weight updates as src/ops/optimizers.ts means them, over all weights.

import { loadFirst, storeFirst } from './vector'

export function adam(
  size: i32,
  gradients: usize,
  parameters: usize,
  m: usize,
  v: usize,
  firstShare: f32,
  secondShare: f32,
  epsilon: f32,
  rate: f32,
): void {
  for (let i = 0; i < size; i += 4) {
    const at = <usize>i * 4
    const left = size - i
    const g = loadFirst(gradients + at, left)
    let first = loadFirst(m + at, left)
    let second = loadFirst(v + at, left)
    first = f32x4.add(first, f32x4.mul(f32x4.sub(g, first), f32x4.splat(firstShare)))
    second = f32x4.add(second, f32x4.mul(f32x4.sub(f32x4.mul(g, g), second), f32x4.splat(secondShare)))
    const change = f32x4.div(
      f32x4.mul(f32x4.splat(rate), first),
      f32x4.add(f32x4.sqrt(second), f32x4.splat(epsilon)),
    )
    storeFirst(m + at, first, left)
    storeFirst(v + at, second, left)
    storeFirst(parameters + at, f32x4.sub(loadFirst(parameters + at, left), change), left)
  }
}

export function sgd(size: i32, gradients: usize, parameters: usize, rate: f32): void {
  for (let i = 0; i < size; i += 4) {
    const at = <usize>i * 4
    const left = size - i
    const change = f32x4.mul(f32x4.splat(rate), loadFirst(gradients + at, left))
    storeFirst(parameters + at, f32x4.sub(loadFirst(parameters + at, left), change), left)
  }
}
