// Layer normalization of rows as src/ops/layerNormalization.ts means it, and its gradient.

import { LayerNormalization, LayerNormalizationGradient } from './calls.gen'
import { firstLanes, loadFirst, multiplyAdd, storeFirst, sumOfLanes } from './vector'

/** The mean of a row. Differences from its first entry are summed, so that the mean of equal values is exact. */
function meanOf(x: usize, columns: i32): f32 {
  const first = v128.load32_splat(x)
  let sums = f32x4.splat(0.0)
  for (let j = 0; j < columns; j += 4) {
    const difference = f32x4.sub(loadFirst(x + <usize>j * 4, columns - j), first)
    sums = f32x4.add(sums, firstLanes(difference, columns - j))
  }
  return load<f32>(x) + sumOfLanes(sums) / <f32>columns
}

/** 1 / √(variance + epsilon) of a row. */
function scaleOf(x: usize, columns: i32, mean: f32, epsilon: f32): f32 {
  const center = f32x4.splat(mean)
  let sums = f32x4.splat(0.0)
  for (let j = 0; j < columns; j += 4) {
    const difference = firstLanes(f32x4.sub(loadFirst(x + <usize>j * 4, columns - j), center), columns - j)
    sums = multiplyAdd(difference, difference, sums)
  }
  return <f32>1 / Mathf.sqrt(sumOfLanes(sums) / <f32>columns + epsilon)
}

export function layerNormalization(call: LayerNormalization): void {
  const columns = call.columns
  const row = <usize>columns * 4
  const one = f32x4.splat(1.0)
  const zero = f32x4.splat(0.0)
  for (let i: usize = 0; i < <usize>call.size; i++) {
    const x = call.x + i * row
    const y = call.y + i * row
    const mean = meanOf(x, columns)
    const scale = f32x4.splat(scaleOf(x, columns, mean, call.epsilon))
    const center = f32x4.splat(mean)
    for (let j = 0; j < columns; j += 4) {
      const at = <usize>j * 4
      const count = columns - j
      const normal = f32x4.mul(f32x4.sub(loadFirst(x + at, count), center), scale)
      const gamma = call.hasGamma ? loadFirst(call.gamma + at, count) : one
      const beta = call.hasBeta ? loadFirst(call.beta + at, count) : zero
      storeFirst(y + at, multiplyAdd(normal, gamma, beta), count)
    }
  }
}

export function layerNormalizationGradient(call: LayerNormalizationGradient): void {
  const columns = call.columns
  const row = <usize>columns * 4
  const one = f32x4.splat(1.0)
  for (let i: usize = 0; i < <usize>call.size; i++) {
    const x = call.x + i * row
    const dy = call.dy + i * row
    const dx = call.dx + i * row
    const mean = meanOf(x, columns)
    const scale = f32x4.splat(scaleOf(x, columns, mean, call.epsilon))
    const center = f32x4.splat(mean)
    let sums = f32x4.splat(0.0)
    let products = f32x4.splat(0.0)
    for (let j = 0; j < columns; j += 4) {
      const at = <usize>j * 4
      const count = columns - j
      const normal = f32x4.mul(f32x4.sub(loadFirst(x + at, count), center), scale)
      const gamma = call.hasGamma ? loadFirst(call.gamma + at, count) : one
      const g = f32x4.mul(loadFirst(dy + at, count), gamma)
      sums = f32x4.add(sums, firstLanes(g, count))
      products = multiplyAdd(g, firstLanes(normal, count), products)
    }
    const average = f32x4.splat(sumOfLanes(sums) / <f32>columns)
    const along = f32x4.splat(sumOfLanes(products) / <f32>columns)
    for (let j = 0; j < columns; j += 4) {
      const at = <usize>j * 4
      const count = columns - j
      const normal = f32x4.mul(f32x4.sub(loadFirst(x + at, count), center), scale)
      const gamma = call.hasGamma ? loadFirst(call.gamma + at, count) : one
      const d = loadFirst(dy + at, count)
      const left = f32x4.sub(f32x4.sub(f32x4.mul(d, gamma), average), f32x4.mul(normal, along))
      storeFirst(dx + at, f32x4.mul(scale, left), count)
      if (call.hasProducts) storeFirst(call.products + i * row + at, f32x4.mul(d, normal), count)
    }
  }
}
