// Tables whose rows lag behind Adam's updates, as src/ops/lag.ts means them; shaders/lib/adam_lag.wgsl has the formulas. Of the
// updates that a row has missed its weights need a few numbers for each span, which are computed once a row.

import { AdamCatchUp, AdamLookup, AdamRows } from './calls.gen'
import { endOfRun, idAt, idOf, sumOfRun } from './embedding'
import { loadFirst, storeFirst } from './vector'

/** Numbers of a span: the total of its weights, ε times the mean of x, and ε² times the variance of x. */
const SPAN_BYTES: usize = 12
/** Words of a history before the rates. */
const HEAD: usize = 2

/** How weights go on without gradients, and what of it a row needs. */
@unmanaged
class Lag {
  history: usize
  spans: usize
  rates: i32
  epsilon: f32
  logFirst: f32
  logSecond: f32
  ratio: f32
  stretch: f32
  span: i32
  most: i32
  /** Updates that the row has missed, and spans of them. */
  missed: i32
  count: i32
  /** What is left of the moments after these. */
  keptFirst: f32
  keptSecond: f32
}

const LAG_BYTES: usize = 56

/** Working memory for spans of so many missed updates at most. */
function scratchOf(most: i32, span: i32): usize {
  return LAG_BYTES + <usize>(most / span + 1) * SPAN_BYTES
}

export function adamLookupScratch(call: AdamLookup): usize {
  return scratchOf(call.most, call.span)
}
export function adamRowsScratch(call: AdamRows): usize {
  return scratchOf(call.most, call.span)
}
export function adamCatchUpScratch(call: AdamCatchUp): usize {
  return scratchOf(call.most, call.span)
}

/** The lag of a call, in its working memory. */
function lagOf<C>(call: C): Lag {
  const lag = changetype<Lag>(call.scratch)
  lag.history = call.history
  lag.spans = call.scratch + LAG_BYTES
  lag.rates = call.rates
  lag.epsilon = call.epsilon
  lag.logFirst = call.logFirst
  lag.logSecond = call.logSecond
  lag.ratio = call.ratio
  lag.stretch = call.stretch
  lag.span = call.span
  lag.most = call.most
  return lag
}

/** The word of a history that says how many updates a row has seen. */
function seenAt(lag: Lag, row: i32): usize {
  return lag.history + ((HEAD + <usize>lag.rates + <usize>row) << 2)
}

/** Computes what a row has missed. */
function miss(lag: Lag, row: i32): void {
  const seen = load<i32>(seenAt(lag, row))
  const missed = load<i32>(lag.history) - seen
  lag.missed = missed
  lag.count = 0
  if (missed === 0) return
  lag.keptFirst = <f32>Math.exp(<f64>missed * <f64>lag.logFirst)
  lag.keptSecond = <f32>Math.exp(<f64>missed * <f64>lag.logSecond)
  const until = min(missed, lag.most)
  const rates = lag.history + (HEAD << 2)
  let decay: f64 = 1
  let x: f64 = 1
  let to = lag.spans
  for (let k = 0; k < until; ) {
    const end = min(k + lag.span, until)
    let excess: f64 = 0
    let total: f64 = 0
    let first: f64 = 0
    let second: f64 = 0
    while (k < end) {
      k++
      decay *= <f64>lag.ratio
      excess += <f64>lag.stretch + <f64>lag.stretch * excess
      const weight = <f64>load<f32>(rates + ((<usize>((seen + k) % lag.rates)) << 2)) * decay
      total += weight
      first += weight * excess
      second += weight * excess * excess
    }
    if (total !== 0) {
      const mean = first / total
      const epsilon = <f64>lag.epsilon * x
      store<f32>(to, <f32>total)
      store<f32>(to, <f32>(epsilon * (1 + mean)), 4)
      store<f32>(to, <f32>(epsilon * epsilon * (second / total - mean * mean)), 8)
      to += SPAN_BYTES
      lag.count++
    }
    x += x * excess
  }
}

/** Four weights after the updates that they have missed. */
function caughtUp(lag: Lag, w: v128, m: v128, v: v128): v128 {
  const zero = f32x4.splat(0)
  const isStill = f32x4.eq(m, zero)
  if (i32x4.all_true(isStill)) return w
  const root = f32x4.sqrt(v)
  let change = zero
  for (let i = 0, at = lag.spans; i < lag.count; i++, at += SPAN_BYTES) {
    const inverse = f32x4.div(f32x4.splat(1), f32x4.add(root, v128.load32_splat(at, 4)))
    const spread = f32x4.mul(v128.load32_splat(at, 8), f32x4.mul(inverse, inverse))
    const part = f32x4.mul(v128.load32_splat(at), inverse)
    change = f32x4.add(change, f32x4.add(part, f32x4.mul(part, spread)))
  }
  return f32x4.sub(w, v128.andnot(f32x4.mul(m, change), isStill))
}

export function adamLookup(call: AdamLookup): void {
  const lag = lagOf(call)
  const columns = call.columns
  const row = (<usize>columns) << 2
  let y = call.y
  const end = y + ((<usize>call.size) << 2)
  for (let word = call.ids; y < end; word += 4, y += row) {
    const id = idOf(word, call.isFloat)
    if (<u32>id >= <u32>call.rows) {
      memory.fill(y, 0, row)
      continue
    }
    const w = call.table + <usize>id * row
    const m = call.m + <usize>id * row
    const v = call.v + <usize>id * row
    miss(lag, id)
    if (lag.missed === 0) {
      memory.copy(y, w, row)
      continue
    }
    for (let j = 0; j < columns; j += 4) {
      const at = (<usize>j) << 2
      const left = columns - j
      const now = caughtUp(lag, loadFirst(w + at, left), loadFirst(m + at, left), loadFirst(v + at, left))
      storeFirst(y + at, now, left)
    }
  }
}

export function adamRowsCovers(call: AdamRows): bool {
  return !call.SCALED
}

export function adamRows(call: AdamRows): void {
  const lag = lagOf(call)
  const count = call.count
  const columns = call.columns
  const isFloat = call.isFloat
  const row = (<usize>columns) << 2
  const firstShare = f32x4.splat(call.firstShare)
  const secondShare = f32x4.splat(call.secondShare)
  const epsilon = f32x4.splat(call.epsilon)
  const rate = f32x4.splat(call.stepScalars.rate)
  const updates = load<i32>(call.history) + 1
  store<f32>(call.history + ((HEAD + <usize>(updates % call.rates)) << 2), call.stepScalars.rate)
  let first = 0
  while (first < count) {
    const id = idAt(call.ids, call.order, first, isFloat)
    const end = endOfRun(call.ids, call.order, first, count, isFloat)
    if (<u32>id < <u32>call.rows) {
      miss(lag, id)
      const lags = lag.missed > 0
      const keptFirst = f32x4.splat(lag.keptFirst)
      const keptSecond = f32x4.splat(lag.keptSecond)
      const offset = <usize>id * row
      for (let j = 0; j < columns; j += 4) {
        const at = (<usize>j) << 2
        const left = columns - j
        const g = sumOfRun(call.sums + at, row, first, end, left)
        let w = loadFirst(call.table + offset + at, left)
        let m = loadFirst(call.m + offset + at, left)
        let v = loadFirst(call.v + offset + at, left)
        if (lags) {
          w = caughtUp(lag, w, m, v)
          m = f32x4.mul(m, keptFirst)
          v = f32x4.mul(v, keptSecond)
        }
        m = f32x4.add(m, f32x4.mul(f32x4.sub(g, m), firstShare))
        v = f32x4.add(v, f32x4.mul(f32x4.sub(f32x4.mul(g, g), v), secondShare))
        const change = f32x4.div(f32x4.mul(rate, m), f32x4.add(f32x4.sqrt(v), epsilon))
        storeFirst(call.m + offset + at, m, left)
        storeFirst(call.v + offset + at, v, left)
        storeFirst(call.table + offset + at, f32x4.sub(w, change), left)
      }
      store<i32>(seenAt(lag, id), updates)
    }
    first = end
  }
  store<i32>(call.history, updates - 1, 4)
  store<i32>(call.history, updates)
}

export function adamCatchUp(call: AdamCatchUp): void {
  const lag = lagOf(call)
  const columns = call.columns
  const row = (<usize>columns) << 2
  for (let id = 0; id < call.rows; id++) {
    miss(lag, id)
    if (lag.missed === 0) continue
    const keptFirst = f32x4.splat(lag.keptFirst)
    const keptSecond = f32x4.splat(lag.keptSecond)
    for (let j = 0; j < columns; j += 4) {
      const at = <usize>id * row + ((<usize>j) << 2)
      const left = columns - j
      const m = loadFirst(call.m + at, left)
      const v = loadFirst(call.v + at, left)
      storeFirst(call.table + at, caughtUp(lag, loadFirst(call.table + at, left), m, v), left)
      storeFirst(call.m + at, f32x4.mul(m, keptFirst), left)
      storeFirst(call.v + at, f32x4.mul(v, keptSecond), left)
    }
    store<i32>(seenAt(lag, id), load<i32>(call.history))
  }
}
