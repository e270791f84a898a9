// Softmax of rows as src/ops/softmax.ts and maskedSoftmax.ts mean it, and its gradient.

import { MaskedSoftmax, Softmax, SoftmaxGradient } from './calls.gen'
import { exponential, loadFirst, multiplyAdd, storeFirst } from './vector'

/** As lib/scores.wgsl has it. */
const MASKED: f32 = -1e9
/** Below it `exponential` gives its smallest value, where softmax has zero. */
const LEAST: f32 = -87.3

export function softmaxCovers(call: Softmax): bool {
  return !call.logarithm
}

export function softmax(call: Softmax): void {
  const row = <usize>call.columns * 4
  for (let i: usize = 0; i < <usize>call.size; i++)
    normalize(call.x + i * row, call.y + i * row, call.columns, 1)
}

/** y = softmax of scale·x for one row, which may be the same; returns the largest entry. */
function normalize(x: usize, y: usize, columns: i32, scale: f32): f32 {
  const factor = f32x4.splat(scale)
  let maxima = f32x4.splat(f32.NEGATIVE_INFINITY)
  let j = 0
  for (; j + 4 <= columns; j += 4) {
    const at = <usize>j * 4
    const scaled = f32x4.mul(factor, v128.load(x + at))
    maxima = f32x4.max(maxima, scaled)
    v128.store(y + at, scaled)
  }
  let largest = max(
    max(f32x4.extract_lane(maxima, 0), f32x4.extract_lane(maxima, 1)),
    max(f32x4.extract_lane(maxima, 2), f32x4.extract_lane(maxima, 3)),
  )
  for (; j < columns; j++) {
    const at = <usize>j * 4
    const scaled: f32 = scale * load<f32>(x + at)
    largest = max(largest, scaled)
    store<f32>(y + at, scaled)
  }
  const shift = f32x4.splat(largest)
  const least = f32x4.splat(LEAST)
  let sums = f32x4.splat(0.0)
  for (j = 0; j < columns; j += 4) {
    const at = <usize>j * 4
    const count = columns - j
    const shifted = f32x4.sub(loadFirst(y + at, count), shift)
    const power = v128.andnot(exponential(shifted), f32x4.lt(shifted, least))
    storeFirst(y + at, power, count)
    sums = f32x4.add(sums, count < 4 ? loadFirst(y + at, count) : power)
  }
  const total =
    f32x4.extract_lane(sums, 0) +
    f32x4.extract_lane(sums, 1) +
    (f32x4.extract_lane(sums, 2) + f32x4.extract_lane(sums, 3))
  divide(y, columns, total)
  return largest
}

function divide(y: usize, columns: i32, total: f32): void {
  const divisor = f32x4.splat(total)
  for (let j = 0; j < columns; j += 4) {
    const at = y + <usize>j * 4
    storeFirst(at, f32x4.div(loadFirst(at, columns - j), divisor), columns - j)
  }
}

export function maskedSoftmax(call: MaskedSoftmax): void {
  const columns = call.columns
  const row = <usize>columns * 4
  // Without other masks a query sees a range of keys, and the others need not be computed.
  const seesRange = !(call.hasQueries || call.hasKeys || call.hasMask)
  for (let i = 0; i < call.size; i++) {
    const x = call.x + <usize>i * row
    const y = call.y + <usize>i * row
    const query = i % call.rows
    const end = call.causal ? min(query + 1, columns) : columns
    const from_ = call.window ? max(query - call.window + 1, 0) : 0
    const until = call.window ? min(query + call.window, end) : end
    if (seesRange && from_ < until) {
      memory.fill(y, 0, row)
      const start = <usize>from_ * 4
      normalize(x + start, y + start, until - from_, call.scale)
    } else normalizeMasked(call, i, from_, until)
  }
}

function normalizeMasked(call: MaskedSoftmax, row: i32, from_: i32, until: i32): void {
  const columns = call.columns
  const head = row / call.rows
  const query = row % call.rows
  const sample = head / call.heads
  const x = call.x + <usize>(row * columns) * 4
  const y = call.y + <usize>(row * columns) * 4
  const keys = call.keys + <usize>(sample * columns) * 4
  const mask =
    call.mask +
    <usize>(sample * call.maskOuter + (head % call.heads) * call.maskHead + query * call.maskRow) * 4
  const isQuery = !call.hasQueries || load<f32>(call.queries + <usize>(sample * call.rows + query) * 4) !== 0
  for (let j = 0; j < columns; j++) {
    const at = <usize>j * 4
    const counts =
      isQuery &&
      j >= from_ &&
      j < until &&
      (!call.hasKeys || load<f32>(keys + at) !== 0) &&
      (!call.hasMask || load<f32>(mask + <usize>(j * call.maskColumn) * 4) !== 0)
    const score: f32 = call.scale * load<f32>(x + at)
    store<f32>(y + at, counts ? score : call.isFlat ? MASKED : score + MASKED)
  }
  const largest = normalize(y, y, columns, 1)
  if (call.isZero && largest <= MASKED) memory.fill(y, 0, <usize>columns * 4)
}

export function softmaxGradientCovers(call: SoftmaxGradient): bool {
  return !call.logarithm
}

/** dx = scale·y·(dy − Σ y·dy). */
export function softmaxGradient(call: SoftmaxGradient): void {
  const columns = call.columns
  const row = <usize>columns * 4
  const scale = f32x4.splat(call.scale)
  for (let i: usize = 0; i < <usize>call.size; i++) {
    const y = call.y + i * row
    const dy = call.dy + i * row
    const dx = call.dx + i * row
    let sums = f32x4.splat(0.0)
    for (let j = 0; j < columns; j += 4) {
      const at = <usize>j * 4
      sums = multiplyAdd(loadFirst(y + at, columns - j), loadFirst(dy + at, columns - j), sums)
    }
    const total =
      f32x4.extract_lane(sums, 0) +
      f32x4.extract_lane(sums, 1) +
      (f32x4.extract_lane(sums, 2) + f32x4.extract_lane(sums, 3))
    const subtracted = f32x4.splat(total)
    for (let j = 0; j < columns; j += 4) {
      const at = <usize>j * 4
      const count = columns - j
      const slope = f32x4.mul(
        f32x4.mul(scale, loadFirst(y + at, count)),
        f32x4.sub(loadFirst(dy + at, count), subtracted),
      )
      storeFirst(dx + at, slope, count)
    }
  }
}
