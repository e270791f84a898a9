// Weight updates as src/ops/optimizers.ts means them, over all weights, of gradients that are not scaled.

import { Adam, Sgd } from './calls.gen'
import { loadFirst, moveToward, storeFirst, subtractFirst } from './vector'

export function adamCovers(call: Adam): bool {
  return !call.SCALED
}

export function adam(call: Adam): void {
  if (call.AMSGRAD) {
    amsgrad(call)
    return
  }
  const size = call.size
  const gradients = call.gradients
  const parameters = call.parameters
  const m = call.m
  const v = call.v
  const firstShare = f32x4.splat(call.firstShare)
  const secondShare = f32x4.splat(call.secondShare)
  const epsilon = f32x4.splat(call.epsilon)
  const rate = f32x4.splat(call.stepScalars.rate)
  for (let i = 0; i < size; i += 4) {
    const at = <usize>i * 4
    const left = size - i
    const g = loadFirst(gradients + at, left)
    let first = loadFirst(m + at, left)
    let second = loadFirst(v + at, left)
    first = f32x4.add(first, f32x4.mul(f32x4.sub(g, first), firstShare))
    second = f32x4.add(second, f32x4.mul(f32x4.sub(f32x4.mul(g, g), second), secondShare))
    const change = f32x4.div(f32x4.mul(rate, first), f32x4.add(f32x4.sqrt(second), epsilon))
    storeFirst(m + at, first, left)
    storeFirst(v + at, second, left)
    storeFirst(parameters + at, f32x4.sub(loadFirst(parameters + at, left), change), left)
  }
}

/** Adam by the largest v so far. */
function amsgrad(call: Adam): void {
  const size = call.size
  const gradients = call.gradients
  const parameters = call.parameters
  const m = call.m
  const v = call.v
  const largest = call.largest
  const firstShare = f32x4.splat(call.firstShare)
  const secondShare = f32x4.splat(call.secondShare)
  const epsilon = f32x4.splat(call.epsilon)
  const rate = f32x4.splat(call.stepScalars.rate)
  for (let i = 0; i < size; i += 4) {
    const at = <usize>i * 4
    const left = size - i
    const g = loadFirst(gradients + at, left)
    const first = moveToward(m + at, g, firstShare, left)
    const second = moveToward(v + at, f32x4.mul(g, g), secondShare, left)
    const most = f32x4.max(loadFirst(largest + at, left), second)
    storeFirst(largest + at, most, left)
    const change = f32x4.div(f32x4.mul(rate, first), f32x4.add(f32x4.sqrt(most), epsilon))
    subtractFirst(parameters + at, change, left)
  }
}

export function sgdCovers(call: Sgd): bool {
  return !call.SCALED
}

export function sgd(call: Sgd): void {
  const size = call.size
  const gradients = call.gradients
  const parameters = call.parameters
  const velocity = call.velocity
  const rate = f32x4.splat(call.stepScalars.rate)
  const momentum = f32x4.splat(call.momentum)
  for (let i = 0; i < size; i += 4) {
    const at = <usize>i * 4
    const left = size - i
    let change = f32x4.mul(rate, loadFirst(gradients + at, left))
    if (call.MOMENTUM) {
      const v = f32x4.sub(f32x4.mul(momentum, loadFirst(velocity + at, left)), change)
      storeFirst(velocity + at, v, left)
      change = call.nesterov ? f32x4.sub(change, f32x4.mul(momentum, v)) : f32x4.neg(v)
    }
    subtractFirst(parameters + at, change, left)
  }
}
