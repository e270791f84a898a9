// Pooling as src/ops/pooling.ts means it, and its gradient: the entries of a window are listed once, for all channels.

import { Pooling, PoolingGradient } from './calls.gen'
import { loadFirst, storeFirst } from './vector'

/** Lists where the first channel of each entry of a window lies, in bytes behind the tensor; returns how many there are. */
function listWindow<C>(call: C, window: i32, list: usize): i32 {
  const column = window % call.outWidth
  const row = (window / call.outWidth) % call.outHeight
  const slice = (window / (call.outWidth * call.outHeight)) % (call.outRows / call.outHeight)
  const batch = window / (call.outWidth * call.outRows)
  const front = slice * call.strideDepth - call.paddingFront
  const back = min(front + call.windowDepth, call.rows / call.height)
  const top = row * call.strideHeight - call.paddingTop
  const bottom = min(top + call.windowHeight, call.height)
  const left = column * call.strideWidth - call.paddingLeft
  const right = min(left + call.windowWidth, call.width)
  let count = 0
  for (let d = max(front, 0); d < back; d++)
    for (let h = max(top, 0); h < bottom; h++) {
      const start = (batch * call.rows + d * call.height + h) * call.width
      for (let w = max(left, 0); w < right; w++) {
        store<i32>(list + ((<usize>count) << 2), ((start + w) * call.channels) << 2)
        count++
      }
    }
  return count
}

/** The address of the k-th entry of a window. */
function entryAt(tensor: usize, list: usize, k: i32): usize {
  return tensor + <usize>load<i32>(list + ((<usize>k) << 2))
}

/** Where a is greater than b, NaN being greater than all numbers. */
function exceeds(a: v128, b: v128): v128 {
  return v128.or(f32x4.gt(a, b), v128.and(f32x4.ne(a, a), f32x4.eq(b, b)))
}

export function poolingScratch(call: Pooling): i32 {
  return call.windowDepth * call.windowHeight * call.windowWidth * 4
}

export function pooling(call: Pooling): void {
  const channels = call.channels
  const list = call.scratch
  const windows = call.size / channels
  let y = call.y
  for (let window = 0; window < windows; window++) {
    const count = listWindow(call, window, list)
    const share = f32x4.splat(<f32>1 / <f32>count)
    for (let c = 0; c < channels; c += 4) {
      const at = <usize>c * 4
      const left = channels - c
      let result = loadFirst(entryAt(call.x, list, 0) + at, left)
      for (let k = 1; k < count; k++) {
        const value = loadFirst(entryAt(call.x, list, k) + at, left)
        result = call.mean ? f32x4.add(result, value) : v128.bitselect(value, result, exceeds(value, result))
      }
      storeFirst(y + at, call.mean ? f32x4.mul(result, share) : result, left)
    }
    y += <usize>channels * 4
  }
}

export function poolingGradientScratch(call: PoolingGradient): i32 {
  return call.windowDepth * call.windowHeight * call.windowWidth * 4
}

export function poolingGradient(call: PoolingGradient): void {
  const channels = call.channels
  const list = call.scratch
  const windows = (call.size / (call.rows * call.width * channels)) * call.outRows * call.outWidth
  memory.fill(call.dx, 0, <usize>call.size * 4)
  let dy = call.dy
  for (let window = 0; window < windows; window++) {
    const count = listWindow(call, window, list)
    const share = f32x4.splat(<f32>1 / <f32>count)
    for (let c = 0; c < channels; c += 4) {
      const at = <usize>c * 4
      const left = channels - c
      const d = loadFirst(dy + at, left)
      if (call.mean) addToAll(call.dx + at, list, count, f32x4.mul(d, share), left)
      else addToFirst(call, count, c, d)
    }
    dy += <usize>channels * 4
  }
}

function addToAll(dx: usize, list: usize, count: i32, d: v128, left: i32): void {
  for (let k = 0; k < count; k++) {
    const to = entryAt(dx, list, k)
    storeFirst(to, f32x4.add(loadFirst(to, left), d), left)
  }
}

/** Adds to the first of the largest entries of four channels. */
function addToFirst(call: PoolingGradient, count: i32, channel: i32, d: v128): void {
  const list = call.scratch
  const at = <usize>channel * 4
  const left = call.channels - channel
  let largest = loadFirst(entryAt(call.x, list, 0) + at, left)
  let first = i32x4.splat(0)
  for (let k = 1; k < count; k++) {
    const value = loadFirst(entryAt(call.x, list, k) + at, left)
    const isLarger = exceeds(value, largest)
    largest = v128.bitselect(value, largest, isLarger)
    first = v128.bitselect(i32x4.splat(k), first, isLarger)
  }
  for (let k = 0; k < count; k++) {
    const isFirst = i32x4.eq(first, i32x4.splat(k))
    if (!v128.any_true(isFirst)) continue
    const to = entryAt(call.dx, list, k) + at
    storeFirst(to, f32x4.add(loadFirst(to, left), v128.and(d, isFirst)), left)
  }
}
