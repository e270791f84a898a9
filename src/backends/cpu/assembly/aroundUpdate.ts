// What stands around an update of all weights, as src/ops/aroundUpdate.ts means it. Inner loops count down, as in adafactor.ts.

import { AverageWeights, GradientSquares, PrepareUpdate } from './calls.gen'
import { rateOf, unscalingOf, updatesOf } from './scaling'
import { clamp, loadFirst, moveToward, storeFirst, subtractFirst, sumOfLanes } from './vector'

/** Bytes of a chunk in the table, five numbers. */
const CHUNK: usize = 20
/** `clipCodes` of src/ops/aroundUpdate.ts. */
const NONE: i32 = 0
const NORM: i32 = 1
const GLOBAL_NORM: i32 = 2
const VALUE: i32 = 3

/** Steps done, this one included; with loss scaling those that were not skipped. */
function doneOf(isScaled: i32, scaling: usize, iteration: i32): i32 {
  return isScaled ? <i32>updatesOf(scaling) : iteration
}

/** Whether the step is the last of those whose gradients are averaged. */
function isLast(done: i32, steps: i32): bool {
  return steps === 0 || done % steps === 0
}

function squareOf(x: v128): v128 {
  return f32x4.mul(x, x)
}

export function gradientSquares(call: GradientSquares): void {
  if (!isLast(doneOf(call.SCALED, call.scaling, call.stepScalars.iteration), call.steps)) return
  const factor = f32x4.splat(unscalingOf(call.SCALED, call.scaling) * call.factor)
  const inverse = f32x4.splat(<f32>1 / <f32>call.steps)
  const isAveraged = call.steps > 0
  for (let w = 0; w < call.count; w++) {
    const chunk = call.chunks + CHUNK * <usize>w
    const start = (<usize>call.unit * <usize>load<f32>(chunk)) << 2
    let gradients = call.gradients + start
    let accumulated = call.accumulated + start
    let left = <i32>load<f32>(chunk, 4)
    // Four sums side by side: an addition to one takes as long as four of them.
    let a = f32x4.splat(0)
    let b = f32x4.splat(0)
    let c = f32x4.splat(0)
    let d = f32x4.splat(0)
    for (; left >= 16 && !isAveraged; left -= 16) {
      a = f32x4.add(a, squareOf(f32x4.mul(factor, v128.load(gradients))))
      b = f32x4.add(b, squareOf(f32x4.mul(factor, v128.load(gradients, 16))))
      c = f32x4.add(c, squareOf(f32x4.mul(factor, v128.load(gradients, 32))))
      d = f32x4.add(d, squareOf(f32x4.mul(factor, v128.load(gradients, 48))))
      gradients += 64
    }
    for (; left > 0; left -= 4) {
      let g = f32x4.mul(factor, loadFirst(gradients, left))
      if (isAveraged) g = f32x4.mul(f32x4.add(g, loadFirst(accumulated, left)), inverse)
      a = f32x4.add(a, squareOf(g))
      gradients += 16
      accumulated += 16
    }
    const sum = f32x4.add(f32x4.add(a, b), f32x4.add(c, d))
    store<f32>(call.squares + ((<usize>w) << 2), sumOfLanes(sum))
  }
}

/** By how much gradients shrink whose norm has these squares; where all are meant, not a number where the norm is infinite. */
function shareOf(squares: usize, count: i32, limit: f32, isGlobal: bool): f32 {
  let sum: f64 = 0
  for (let i = 0; i < count; i++) sum += load<f32>(squares + ((<usize>i) << 2))
  if (isGlobal && sum === Infinity) return f32.NaN
  const norm = Math.sqrt(sum)
  // A norm that is no number is no limit's match: it stays.
  return <f32>(limit / (norm < limit ? limit : norm))
}

export function prepareUpdate(call: PrepareUpdate): void {
  const unscale = unscalingOf(call.SCALED, call.scaling)
  const steps = call.steps
  const done = doneOf(call.SCALED, call.scaling, call.stepScalars.iteration)
  const isUpdate = unscale !== 0 && isLast(done, steps)
  store<f32>(call.gate, <f32>(done / max(steps, 1)), 8)
  store<f32>(call.gate, 0, 12)
  store<f32>(call.gate, !isUpdate && unscale !== 0 ? 1 : 0, 16)
  store<f32>(call.gate, rateOf(call.SCALED, call.scaling, call.stepScalars.rate), 20)
  if (unscale === 0) return
  const factor = f32x4.splat(unscale * call.factor)
  const clip = call.clip
  const whole = clip === GLOBAL_NORM ? shareOf(call.squares, call.count, call.limit, true) : 1
  const most = f32x4.splat(call.limit)
  const least = f32x4.neg(most)
  // The update multiplies by a factor that is one of all gradients, so that they stay as they are. 0 would tell it to do nothing.
  const common = whole * (unscale * call.factor)
  const isCommon = clip === GLOBAL_NORM ? common !== 0 : clip === NONE && common === 1
  const isLeft = isUpdate && steps === 0 && isCommon
  if (isUpdate) store<f32>(call.gate, isLeft ? common : 1, 12)
  // Of the weight whose chunks come one behind the other.
  let share = whole
  for (let w = 0; w < call.count; w++) {
    const chunk = call.chunks + CHUNK * <usize>w
    const start = (<usize>call.unit * <usize>load<f32>(chunk)) << 2
    const length = <i32>load<f32>(chunk, 4)
    const first = <i32>load<f32>(chunk, 8)
    const weightDecay = load<f32>(chunk, 16)
    const decays = weightDecay > 0
    const decay = f32x4.splat(rateOf(call.SCALED, call.scaling, call.stepScalars.decay) * weightDecay)
    let gradients = call.gradients + start
    let accumulated = call.accumulated + start
    let parameters = call.parameters + start
    if (!isUpdate) {
      for (let left = length; left > 0; left -= 4) {
        const g = f32x4.mul(factor, loadFirst(gradients, left))
        storeFirst(accumulated, f32x4.add(loadFirst(accumulated, left), g), left)
        gradients += 16
        accumulated += 16
      }
      continue
    }
    if (clip === NORM && first === w)
      share = shareOf(call.squares + ((<usize>w) << 2), <i32>load<f32>(chunk, 12), call.limit, false)
    // Of `steps` the mean is taken by one factor with the share.
    const shares = f32x4.splat(steps > 0 ? share / <f32>steps : share)
    if (isLeft || (steps === 0 && clip === NORM && share * unscale * call.factor === 1)) {
      // Gradients are as they are.
      for (let left = decays ? length : 0; left > 0; left -= 4) {
        subtractFirst(parameters, f32x4.mul(decay, loadFirst(parameters, left)), left)
        parameters += 16
      }
      continue
    }
    for (let left = length; left > 0; left -= 4) {
      let g = f32x4.mul(factor, loadFirst(gradients, left))
      if (steps > 0) {
        g = f32x4.add(g, loadFirst(accumulated, left))
        storeFirst(accumulated, f32x4.splat(0), left)
      }
      g = f32x4.mul(shares, g)
      if (clip === VALUE) g = clamp(g, least, most)
      storeFirst(gradients, g, left)
      if (decays) subtractFirst(parameters, f32x4.mul(decay, loadFirst(parameters, left)), left)
      gradients += 16
      accumulated += 16
      parameters += 16
    }
  }
}

export function averageWeights(call: AverageWeights): void {
  const isUpdate = unscalingOf(call.SCALED, call.scaling) !== 0
  if (!isUpdate && load<f32>(call.scaling, 16) !== 1) return
  const done = doneOf(call.SCALED, call.scaling, call.stepScalars.iteration)
  const before = isUpdate ? done - 1 : done
  const parameters = call.parameters
  const averages = call.averages
  const bytes = (<usize>call.size) << 2
  if (before === 0) memory.copy(averages, parameters, bytes)
  else {
    const share = f32x4.splat(call.NEW_SHARE)
    for (let i = 0; i < call.size; i += 4) {
      const at = (<usize>i) << 2
      moveToward(averages + at, loadFirst(parameters + at, call.size - i), share, call.size - i)
    }
  }
  if (call.OVERWRITES > 0 && (before + 1) % call.OVERWRITES === 0) memory.copy(parameters, averages, bytes)
}
