// Weight updates as src/ops/optimizers.ts means them, over all weights.

import { Adam, Sgd } from './calls.gen'
import { rateOf, shareAfterUpdates, unscalingOf } from './scaling'
import { loadFirst, moveToward, storeFirst, subtractFirst } from './vector'

/** The rate of this step with its bias corrections, which are those of the number of updates where the loss is scaled. */
function adamRate(call: Adam): f32 {
  const rate = rateOf(call.SCALED, call.scaling, call.stepScalars.rate)
  if (!call.SCALED) return rate
  const root = Math.sqrt(shareAfterUpdates(call.secondShare, call.scaling))
  return <f32>((rate * root) / shareAfterUpdates(call.firstShare, call.scaling))
}

export function adam(call: Adam): void {
  if (call.AMSGRAD) {
    amsgrad(call)
    return
  }
  const factor = unscalingOf(call.SCALED, call.scaling)
  if (factor === 0) return
  const unscale = f32x4.splat(factor)
  const size = call.size
  const gradients = call.gradients
  const parameters = call.parameters
  const m = call.m
  const v = call.v
  const firstShare = f32x4.splat(call.firstShare)
  const secondShare = f32x4.splat(call.secondShare)
  const epsilon = f32x4.splat(call.epsilon)
  const rate = f32x4.splat(adamRate(call))
  for (let i = 0; i < size; i += 4) {
    const at = <usize>i * 4
    const left = size - i
    const g = f32x4.mul(unscale, loadFirst(gradients + at, left))
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
  const factor = unscalingOf(call.SCALED, call.scaling)
  if (factor === 0) return
  const unscale = f32x4.splat(factor)
  const size = call.size
  const gradients = call.gradients
  const parameters = call.parameters
  const m = call.m
  const v = call.v
  const largest = call.largest
  const firstShare = f32x4.splat(call.firstShare)
  const secondShare = f32x4.splat(call.secondShare)
  const epsilon = f32x4.splat(call.epsilon)
  const rate = f32x4.splat(adamRate(call))
  for (let i = 0; i < size; i += 4) {
    const at = <usize>i * 4
    const left = size - i
    const g = f32x4.mul(unscale, loadFirst(gradients + at, left))
    const first = moveToward(m + at, g, firstShare, left)
    const second = moveToward(v + at, f32x4.mul(g, g), secondShare, left)
    const most = f32x4.max(loadFirst(largest + at, left), second)
    storeFirst(largest + at, most, left)
    const change = f32x4.div(f32x4.mul(rate, first), f32x4.add(f32x4.sqrt(most), epsilon))
    subtractFirst(parameters + at, change, left)
  }
}

export function sgd(call: Sgd): void {
  const factor = unscalingOf(call.SCALED, call.scaling)
  if (factor === 0) return
  const unscale = f32x4.splat(factor)
  const size = call.size
  const gradients = call.gradients
  const parameters = call.parameters
  const velocity = call.velocity
  const rate = f32x4.splat(rateOf(call.SCALED, call.scaling, call.stepScalars.rate))
  const momentum = f32x4.splat(call.momentum)
  for (let i = 0; i < size; i += 4) {
    const at = <usize>i * 4
    const left = size - i
    let change = f32x4.mul(rate, f32x4.mul(unscale, loadFirst(gradients + at, left)))
    if (call.MOMENTUM) {
      const v = f32x4.sub(f32x4.mul(momentum, loadFirst(velocity + at, left)), change)
      storeFirst(velocity + at, v, left)
      change = call.nesterov ? f32x4.sub(change, f32x4.mul(momentum, v)) : f32x4.neg(v)
    }
    subtractFirst(parameters + at, change, left)
  }
}
