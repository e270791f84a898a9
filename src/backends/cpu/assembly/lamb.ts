// Lamb's update as src/ops/lamb.ts means it. Inner loops count down, as in adafactor.ts.

import { Lamb, LambMoments } from './calls.gen'
import { rateOf, shareAfterUpdates, unscalingOf } from './scaling'
import { firstLanes, loadFirst, moveToward, subtractFirst, sumOfLanes } from './vector'

/** Bytes of a chunk in the table, five numbers. */
const CHUNK: usize = 20

/** 1 / (1 − βᵗ). */
function correction(isScaled: i32, scaling: usize, share: f32, given: f32): v128 {
  return f32x4.splat(isScaled ? <f32>(1 / shareAfterUpdates(share, scaling)) : given)
}

export function lambMoments(call: LambMoments): void {
  const unscale = unscalingOf(call.SCALED, call.scaling)
  if (unscale === 0) return
  const factor = f32x4.splat(unscale)
  const first = correction(call.SCALED, call.scaling, call.firstShare, call.stepScalars.first)
  const second = correction(call.SCALED, call.scaling, call.secondShare, call.stepScalars.second)
  const firstShare = f32x4.splat(call.firstShare)
  const secondShare = f32x4.splat(call.secondShare)
  const epsilon = f32x4.splat(call.epsilon)
  for (let w = 0; w < call.count; w++) {
    const chunk = call.chunks + CHUNK * <usize>w
    const start = (<usize>call.unit * <usize>load<f32>(chunk)) << 2
    let gradients = call.gradients + start
    let parameters = call.parameters + start
    let m = call.m + start
    let v = call.v + start
    let ofWeights = f32x4.splat(0)
    let ofSteps = f32x4.splat(0)
    for (let left = <i32>load<f32>(chunk, 4); left > 0; left -= 4) {
      const g = f32x4.mul(factor, loadFirst(gradients, left))
      const mean = f32x4.mul(first, moveToward(m, g, firstShare, left))
      const variance = f32x4.mul(second, moveToward(v, f32x4.mul(g, g), secondShare, left))
      const root = f32x4.add(f32x4.sqrt(variance), epsilon)
      // Without an ε lanes behind the last number would be 0 / 0.
      const u = firstLanes(f32x4.div(mean, root), left)
      const weights = loadFirst(parameters, left)
      ofWeights = f32x4.add(ofWeights, f32x4.mul(weights, weights))
      ofSteps = f32x4.add(ofSteps, f32x4.mul(u, u))
      gradients += 16
      parameters += 16
      m += 16
      v += 16
    }
    const squares = call.squares + ((<usize>w) << 3)
    store<f32>(squares, sumOfLanes(ofWeights))
    store<f32>(squares, sumOfLanes(ofSteps), 4)
  }
}

export function lamb(call: Lamb): void {
  if (unscalingOf(call.SCALED, call.scaling) === 0) return
  const first = correction(call.SCALED, call.scaling, call.firstShare, call.stepScalars.first)
  const second = correction(call.SCALED, call.scaling, call.secondShare, call.stepScalars.second)
  const epsilon = f32x4.splat(call.epsilon)
  // Of the weight whose chunks come one behind the other.
  let rate = first
  for (let w = 0; w < call.count; w++) {
    const chunk = call.chunks + CHUNK * <usize>w
    const start = (<usize>call.unit * <usize>load<f32>(chunk)) << 2
    if (<i32>load<f32>(chunk, 8) === w)
      rate = f32x4.mul(
        first,
        f32x4.splat(
          rateOf(call.SCALED, call.scaling, call.stepScalars.rate) *
            ratioOf(call, w, <i32>load<f32>(chunk, 12)),
        ),
      )
    let parameters = call.parameters + start
    let m = call.m + start
    let v = call.v + start
    for (let left = <i32>load<f32>(chunk, 4); left > 0; left -= 4) {
      const root = f32x4.add(f32x4.sqrt(f32x4.mul(second, loadFirst(v, left))), epsilon)
      subtractFirst(parameters, f32x4.div(f32x4.mul(rate, loadFirst(m, left)), root), left)
      parameters += 16
      m += 16
      v += 16
    }
  }
}

/** The norm of a weight by that of its step; 1 where one of them is 0. */
function ratioOf(call: Lamb, first: i32, count: i32): f32 {
  let ofWeights: f64 = 0
  let ofSteps: f64 = 0
  for (let i = first; i < first + count; i++) {
    const squares = call.squares + ((<usize>i) << 3)
    ofWeights += load<f32>(squares)
    ofSteps += load<f32>(squares, 4)
  }
  return ofWeights > 0 && ofSteps > 0 ? <f32>(Math.sqrt(ofWeights) / Math.sqrt(ofSteps)) : 1
}
