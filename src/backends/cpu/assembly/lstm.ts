// The LSTM recurrence whole, forward and back, as src/ops/lstm.ts and lstmGradient.ts mean it. Gates lie [B, T, 4U] in
// Keras's order i f c o. An absent tensor is 0. `scratch` holds the packed weights and the states of the step under way.

import { activate, slope } from './activation'
import {
  DEPTH,
  multiplyPacked,
  packB,
  packColumn,
  packedSizeA,
  packedSizeB,
  packRows,
  packTransposedB,
} from './product'
import { flush, multiplyAdd, storeFirst } from './vector'

/** Bytes of scratch that either direction needs. */
export function lstmScratch(batch: i32, units: i32): i32 {
  const wide = 4 * units
  const weights = max(packedSizeB(wide, units), packedSizeB(units, wide))
  return 4 * (weights + packedSizeA(batch, wide) + 2 * batch * units)
}

export function timeOf(s: i32, time: i32, reverse: bool): i32 {
  return reverse ? time - 1 - s : s
}

export function lstm(
  batch: i32,
  time: i32,
  units: i32,
  reverse: bool,
  activation: i32,
  gate: i32,
  recurrentKernel: usize,
  h0: usize,
  c0: usize,
  gates: usize,
  h: usize,
  c: usize,
  hLast: usize,
  cLast: usize,
  scratch: usize,
): void {
  const wide = 4 * units
  const row = <usize>time * <usize>wide * 4
  const state = <usize>batch * <usize>units * 4
  const weights = scratch
  const packed = weights + <usize>packedSizeB(wide, units) * 4
  const hidden = packed + <usize>packedSizeA(batch, units) * 4
  const cell = hidden + state
  packB(recurrentKernel, <usize>wide * 4, wide, units, weights)
  if (h0) {
    memory.copy(hidden, h0, state)
    memory.copy(cell, c0, state)
  } else memory.fill(cell, 0, state)
  for (let s = 0; s < time; s++) {
    const t = timeOf(s, time, reverse)
    const z = gates + <usize>t * <usize>wide * 4
    if (s > 0 || h0) {
      packRows(hidden, <usize>units * 4, batch, units, packed)
      multiplyPacked(batch, wide, units, units, packed, weights, z, row, true)
    }
    for (let b = 0; b < batch; b++) {
      const at = (<usize>b * <usize>time + <usize>t) * <usize>units * 4
      const own = <usize>b * <usize>units * 4
      stepCell(units, activation, gate, z + <usize>b * row, hidden + own, cell + own)
      if (h) memory.copy(h + at, hidden + own, <usize>units * 4)
      if (c) memory.copy(c + at, cell + own, <usize>units * 4)
    }
  }
  if (hLast) memory.copy(hLast, hidden, state)
  if (cLast) memory.copy(cLast, cell, state)
}

/** Activates the gates of one row in place; steps its cell and hidden state. */
export function stepCell(units: i32, activation: i32, gate: i32, z: usize, hidden: usize, cell: usize): void {
  const stride = <usize>units * 4
  for (let u = 0; u < units; u += 4) {
    const left = units - u
    // What lies past a short end is computed and not stored.
    const i = activate(gate, v128.load(z))
    const f = activate(gate, v128.load(z + stride))
    const g = activate(activation, v128.load(z + 2 * stride))
    const o = activate(gate, v128.load(z + 3 * stride))
    const next = multiplyAdd(f, v128.load(cell), f32x4.mul(i, g))
    storeFirst(z, i, left)
    storeFirst(z + stride, f, left)
    storeFirst(z + 2 * stride, g, left)
    storeFirst(z + 3 * stride, o, left)
    storeFirst(cell, next, left)
    storeFirst(hidden, f32x4.mul(o, activate(activation, next)), left)
    z += 16
    cell += 16
    hidden += 16
  }
}

/** `dh` is [B, T, U], or [B, U] where it belongs to the last step only. */
export function lstmGradient(
  batch: i32,
  time: i32,
  units: i32,
  reverse: bool,
  activation: i32,
  gate: i32,
  recurrentKernel: usize,
  c: usize,
  c0: usize,
  dh: usize,
  lastOnly: bool,
  dcLast: usize,
  gates: usize,
  dh0: usize,
  dc0: usize,
  scratch: usize,
): void {
  const wide = 4 * units
  const row = <usize>time * <usize>wide * 4
  const stateRow = <usize>units * 4
  const state = <usize>batch * stateRow
  const weights = scratch
  const packed = weights + <usize>packedSizeB(units, wide) * 4
  const below = packed + <usize>packedSizeA(batch, wide) * 4
  const cell = below + state
  packTransposedB(recurrentKernel, <usize>wide * 4, units, wide, weights)
  memory.fill(below, 0, state)
  if (dcLast) memory.copy(cell, dcLast, state)
  else memory.fill(cell, 0, state)
  for (let s = time - 1; s >= 0; s--) {
    const t = timeOf(s, time, reverse)
    const z = gates + <usize>t * <usize>wide * 4
    for (let b = 0; b < batch; b++) {
      const own = <usize>b * stateRow
      const at = (<usize>b * <usize>time + <usize>t) * stateRow
      const earlier = (<usize>b * <usize>time + <usize>timeOf(s - 1, time, reverse)) * stateRow
      const before: usize = s > 0 ? c + earlier : c0 ? c0 + own : 0
      let outer: usize = 0
      if (dh) outer = lastOnly ? (s === time - 1 ? dh + own : 0) : dh + at
      stepCellBack(
        units,
        activation,
        gate,
        z + <usize>b * row,
        c + at,
        before,
        outer,
        below + own,
        cell + own,
      )
    }
    if (s === 0 && !dh0) break
    packRows(z, row, batch, wide, packed)
    multiplyPacked(batch, units, wide, wide, packed, weights, below, stateRow, false)
  }
  if (dh0) memory.copy(dh0, below, state)
  if (dc0) memory.copy(dc0, cell, state)
}

/** Turns the stored gates of one row into their gradients; `cell` from the gradient after the step to that before it. */
export function stepCellBack(
  units: i32,
  activation: i32,
  gate: i32,
  z: usize,
  after: usize,
  before: usize,
  outer: usize,
  below: usize,
  cell: usize,
): void {
  const stride = <usize>units * 4
  for (let u = 0; u < units; u += 4) {
    const left = units - u
    const at = <usize>u * 4
    const i = v128.load(z + at)
    const f = v128.load(z + stride + at)
    const g = v128.load(z + 2 * stride + at)
    const o = v128.load(z + 3 * stride + at)
    const state = before ? v128.load(before + at) : f32x4.splat(0.0)
    let d = v128.load(below + at)
    if (outer) d = f32x4.add(d, v128.load(outer + at))
    d = flush(d)
    const a = activate(activation, v128.load(after + at))
    const dc = multiplyAdd(f32x4.mul(d, o), slope(activation, a), v128.load(cell + at))
    storeFirst(z + at, flush(f32x4.mul(f32x4.mul(dc, g), slope(gate, i))), left)
    storeFirst(z + stride + at, flush(f32x4.mul(f32x4.mul(dc, state), slope(gate, f))), left)
    storeFirst(z + 2 * stride + at, flush(f32x4.mul(f32x4.mul(dc, i), slope(activation, g))), left)
    storeFirst(z + 3 * stride + at, flush(f32x4.mul(f32x4.mul(d, a), slope(gate, o))), left)
    storeFirst(cell + at, flush(f32x4.mul(dc, f)), left)
  }
}

/** Bytes of scratch of `recurrentKernelGradient`. */
export function recurrentKernelGradientScratch(units: i32, columns: i32): i32 {
  return 4 * (packedSizeA(units, DEPTH) + packedSizeB(columns, DEPTH))
}

/** dR [U, J] = Σ over rows and steps of h one step earlier · dz [B, T, J]. */
export function recurrentKernelGradient(
  batch: i32,
  time: i32,
  units: i32,
  columns: i32,
  reverse: bool,
  h: usize,
  h0: usize,
  dz: usize,
  dR: usize,
  scratch: usize,
): void {
  const stateRow = <usize>units * 4
  const row = <usize>columns * 4
  const packed = scratch
  const right = packed + <usize>packedSizeA(units, DEPTH) * 4
  const first = timeOf(0, time, reverse)
  const total = batch * time
  memory.fill(dR, 0, <usize>units * row)
  for (let l = 0; l < total; l += DEPTH) {
    const terms = min(DEPTH, total - l)
    for (let n = 0; n < terms; n++) {
      const place = l + n
      const t = place % time
      let source: usize = h + <usize>(reverse ? place + 1 : place - 1) * stateRow
      if (t === first) source = h0 ? h0 + <usize>(place / time) * stateRow : 0
      if (source) packColumn(source, units, terms, n, packed)
      else clearColumn(units, terms, n, packed)
    }
    packB(dz + <usize>l * row, row, columns, terms, right)
    multiplyPacked(units, columns, terms, terms, packed, right, dR, row, true)
  }
}

/** Term `l` of `k` is zero. */
function clearColumn(m: i32, k: i32, l: i32, to: usize): void {
  to += <usize>l * 16
  for (let i = 0; i < m; i += 4, to += <usize>k * 16) v128.store(to, f32x4.splat(0.0))
}
