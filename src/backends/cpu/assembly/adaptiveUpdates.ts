// Weight updates as src/ops/adaptiveUpdates.ts means them, over all weights.

import { Adadelta, Adagrad, Adamax, Ftrl, Lion, Nadam, Rmsprop } from './calls.gen'
import { rateOf, shareAfterUpdates, unscalingOf, updatesOf } from './scaling'
import { clamp, loadFirst, moveToward, raiseAll, storeFirst, subtractFirst } from './vector'

/** −1, 0 or 1; NaN stays. */
function sign(x: v128): v128 {
  const one = v128.and(f32x4.ne(x, f32x4.splat(0)), f32x4.splat(1))
  const signed = v128.or(one, v128.and(x, i32x4.splat(0x80000000)))
  return v128.bitselect(signed, x, f32x4.eq(x, x))
}

export function rmsprop(call: Rmsprop): void {
  const factor = unscalingOf(call.SCALED, call.scaling)
  if (factor === 0) return
  const unscale = f32x4.splat(factor)
  const size = call.size
  const gradients = call.gradients
  const parameters = call.parameters
  const velocity = call.velocity
  const sum = call.sum
  const average = call.average
  const share = f32x4.splat(call.share)
  const momentum = f32x4.splat(call.momentum)
  const epsilon = f32x4.splat(call.epsilon)
  const rate = f32x4.splat(rateOf(call.SCALED, call.scaling, call.stepScalars.rate))
  for (let i = 0; i < size; i += 4) {
    const at = <usize>i * 4
    const left = size - i
    const g = f32x4.mul(unscale, loadFirst(gradients + at, left))
    let variance = moveToward(velocity + at, f32x4.mul(g, g), share, left)
    if (call.CENTERED) {
      const mean = moveToward(average + at, g, share, left)
      const difference = f32x4.sub(variance, f32x4.mul(mean, mean))
      // Rounding may take the difference below zero; NaN stays.
      variance = v128.andnot(difference, f32x4.lt(difference, f32x4.splat(0)))
    }
    let change = f32x4.div(f32x4.mul(rate, g), f32x4.sqrt(f32x4.add(variance, epsilon)))
    if (call.MOMENTUM) {
      change = f32x4.add(change, f32x4.mul(momentum, loadFirst(sum + at, left)))
      storeFirst(sum + at, change, left)
    }
    subtractFirst(parameters + at, change, left)
  }
}

export function adagrad(call: Adagrad): void {
  const factor = unscalingOf(call.SCALED, call.scaling)
  if (factor === 0) return
  const unscale = f32x4.splat(factor)
  const size = call.size
  const gradients = call.gradients
  const parameters = call.parameters
  const accumulator = call.accumulator
  const epsilon = f32x4.splat(call.epsilon)
  const rate = f32x4.splat(rateOf(call.SCALED, call.scaling, call.stepScalars.rate))
  for (let i = 0; i < size; i += 4) {
    const at = <usize>i * 4
    const left = size - i
    const g = f32x4.mul(unscale, loadFirst(gradients + at, left))
    const sum = f32x4.add(loadFirst(accumulator + at, left), f32x4.mul(g, g))
    storeFirst(accumulator + at, sum, left)
    const root = f32x4.sqrt(f32x4.add(sum, epsilon))
    subtractFirst(parameters + at, f32x4.div(f32x4.mul(rate, g), root), left)
  }
}

export function adadelta(call: Adadelta): void {
  const factor = unscalingOf(call.SCALED, call.scaling)
  if (factor === 0) return
  const unscale = f32x4.splat(factor)
  const size = call.size
  const gradients = call.gradients
  const parameters = call.parameters
  const squares = call.squares
  const changes = call.changes
  const share = f32x4.splat(call.share)
  const epsilon = f32x4.splat(call.epsilon)
  const rate = f32x4.splat(rateOf(call.SCALED, call.scaling, call.stepScalars.rate))
  for (let i = 0; i < size; i += 4) {
    const at = <usize>i * 4
    const left = size - i
    const g = f32x4.mul(unscale, loadFirst(gradients + at, left))
    const square = moveToward(squares + at, f32x4.mul(g, g), share, left)
    const root = f32x4.sqrt(f32x4.add(loadFirst(changes + at, left), epsilon))
    const change = f32x4.div(f32x4.mul(root, g), f32x4.sqrt(f32x4.add(square, epsilon)))
    moveToward(changes + at, f32x4.mul(change, change), share, left)
    subtractFirst(parameters + at, f32x4.mul(rate, change), left)
  }
}

export function adamax(call: Adamax): void {
  const factor = unscalingOf(call.SCALED, call.scaling)
  if (factor === 0) return
  const unscale = f32x4.splat(factor)
  const size = call.size
  const gradients = call.gradients
  const parameters = call.parameters
  const m = call.m
  const norm = call.norm
  const firstShare = f32x4.splat(call.firstShare)
  const beta2 = f32x4.splat(call.beta2)
  const epsilon = f32x4.splat(call.epsilon)
  let rate = f32x4.splat(rateOf(call.SCALED, call.scaling, call.stepScalars.rate))
  if (call.SCALED) rate = f32x4.div(rate, f32x4.splat(<f32>shareAfterUpdates(call.firstShare, call.scaling)))
  for (let i = 0; i < size; i += 4) {
    const at = <usize>i * 4
    const left = size - i
    const g = f32x4.mul(unscale, loadFirst(gradients + at, left))
    const first = moveToward(m + at, g, firstShare, left)
    const largest = f32x4.max(f32x4.mul(beta2, loadFirst(norm + at, left)), f32x4.abs(g))
    storeFirst(norm + at, largest, left)
    subtractFirst(parameters + at, f32x4.div(f32x4.mul(rate, first), f32x4.add(largest, epsilon)), left)
  }
}

/** The last of the table of products that has one behind it (src/training/optimizers/nadam.ts). */
const LAST_PRODUCT: f32 = 1022

export function nadam(call: Nadam): void {
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
  let rate = f32x4.splat(rateOf(call.SCALED, call.scaling, call.stepScalars.rate))
  let first = f32x4.splat(call.stepScalars.first)
  let second = f32x4.splat(call.stepScalars.second)
  if (call.SCALED) {
    const updates = updatesOf(call.scaling)
    const at = call.products + ((<usize>(updates < LAST_PRODUCT ? updates : LAST_PRODUCT)) << 2)
    const known = load<f32>(at)
    const beta = <f64>1 - call.firstShare
    const present = (beta * known) / load<f32>(at - 4)
    const next = (beta * load<f32>(at + 4)) / known
    const product = (1 - shareAfterUpdates(call.firstShare, call.scaling)) * known
    const given = rateOf(call.SCALED, call.scaling, call.stepScalars.rate)
    rate = f32x4.splat(<f32>((given * (1 - present)) / (1 - product)))
    first = f32x4.splat(<f32>((given * next) / (1 - product * next)))
    second = f32x4.splat(<f32>(1 / shareAfterUpdates(call.secondShare, call.scaling)))
  }
  for (let i = 0; i < size; i += 4) {
    const at = <usize>i * 4
    const left = size - i
    const g = f32x4.mul(unscale, loadFirst(gradients + at, left))
    const mean = moveToward(m + at, g, firstShare, left)
    const variance = moveToward(v + at, f32x4.mul(g, g), secondShare, left)
    const step = f32x4.add(f32x4.mul(first, mean), f32x4.mul(rate, g))
    const root = f32x4.sqrt(f32x4.mul(second, variance))
    subtractFirst(parameters + at, f32x4.div(step, f32x4.add(root, epsilon)), left)
  }
}

/** Numbers whose powers are there at once. */
const BLOCK: i32 = 512

export function ftrlScratch(_call: Ftrl): usize {
  return (<usize>BLOCK) << 3
}

export function ftrl(call: Ftrl): void {
  const factor = unscalingOf(call.SCALED, call.scaling)
  if (factor === 0) return
  const unscale = f32x4.splat(factor)
  const isRoot = call.power === 0.5
  const powersBefore = call.scratch
  const powersAfter = call.scratch + ((<usize>BLOCK) << 2)
  const l1 = f32x4.splat(call.l1)
  const rate = rateOf(call.SCALED, call.scaling, call.stepScalars.rate)
  const inverseRate = f32x4.splat(1 / rate)
  const shrinkage = f32x4.splat(2 * call.shrinkage)
  const added = f32x4.splat(2 * call.l2 + call.beta / rate)
  for (let start = 0; start < call.size; start += BLOCK) {
    const count = min(BLOCK, call.size - start)
    const skip = (<usize>start) << 2
    const gradients = call.gradients + skip
    const parameters = call.parameters + skip
    const accumulator = call.accumulator + skip
    const linear = call.linear + skip
    for (let i = 0; i < count && !isRoot; i += 4) {
      const at = (<usize>i) << 2
      const g = f32x4.mul(unscale, loadFirst(gradients + at, count - i))
      const before = loadFirst(accumulator + at, count - i)
      v128.store(powersBefore + at, before)
      v128.store(powersAfter + at, f32x4.add(before, f32x4.mul(g, g)))
    }
    if (!isRoot) {
      raiseAll(powersBefore, count, call.power)
      raiseAll(powersAfter, count, call.power)
    }
    for (let i = 0; i < count; i += 4) {
      const at = (<usize>i) << 2
      const left = count - i
      const g = f32x4.mul(unscale, loadFirst(gradients + at, left))
      const w = loadFirst(parameters + at, left)
      const before = loadFirst(accumulator + at, left)
      const sum = f32x4.add(before, f32x4.mul(g, g))
      storeFirst(accumulator + at, sum, left)
      const after = isRoot ? f32x4.sqrt(sum) : v128.load(powersAfter + at)
      const difference = f32x4.sub(after, isRoot ? f32x4.sqrt(before) : v128.load(powersBefore + at))
      // z + g + (2·shrinkage − difference/rate)·w
      const grown = f32x4.sub(shrinkage, f32x4.mul(difference, inverseRate))
      const z = f32x4.add(loadFirst(linear + at, left), f32x4.add(g, f32x4.mul(grown, w)))
      storeFirst(linear + at, z, left)
      const kept = clamp(z, f32x4.neg(l1), l1)
      const quadratic = f32x4.add(f32x4.mul(after, inverseRate), added)
      storeFirst(parameters + at, f32x4.div(f32x4.sub(kept, z), quadratic), left)
    }
  }
}

export function lion(call: Lion): void {
  const factor = unscalingOf(call.SCALED, call.scaling)
  if (factor === 0) return
  const unscale = f32x4.splat(factor)
  const size = call.size
  const gradients = call.gradients
  const parameters = call.parameters
  const m = call.m
  const firstShare = f32x4.splat(call.firstShare)
  const secondShare = f32x4.splat(call.secondShare)
  const rate = f32x4.splat(rateOf(call.SCALED, call.scaling, call.stepScalars.rate))
  for (let i = 0; i < size; i += 4) {
    const at = <usize>i * 4
    const left = size - i
    const g = f32x4.mul(unscale, loadFirst(gradients + at, left))
    const mean = loadFirst(m + at, left)
    const difference = f32x4.sub(g, mean)
    const direction = f32x4.add(mean, f32x4.mul(difference, firstShare))
    storeFirst(m + at, f32x4.add(mean, f32x4.mul(difference, secondShare)), left)
    subtractFirst(parameters + at, f32x4.mul(rate, sign(direction)), left)
  }
}
