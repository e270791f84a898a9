// The LSTM recurrence whole, forward and back, as src/ops/lstm.ts and lstmGradient.ts mean it. Gates lie [B, T, 4U] in
// Keras's order i f c o. Where there are `directions`, tensors hold them side by side, and a call computes the one that the
// pointers point to. An absent tensor is 0. `scratch` holds the packed weights and the states of the step under way.

import { activate, activateAll, slope, slopeOf } from './activation'
import { packB, packColumn, packedSizeA, packedSizeB, packRows, packTransposedB } from './packing'
import { DEPTH, multiplyPacked } from './product'
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
  directions: i32,
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
  const stepRow = <usize>directions * <usize>wide * 4
  const row = <usize>time * stepRow
  const stateRow = <usize>directions * <usize>units * 4
  const ownRow = <usize>units * 4
  const state = <usize>batch * ownRow
  const weights = scratch
  const packed = weights + <usize>packedSizeB(wide, units) * 4
  const hidden = packed + <usize>packedSizeA(batch, units) * 4
  const cell = hidden + state
  packB(recurrentKernel, stepRow, wide, units, weights)
  // States lie where they are kept, or else here.
  const every = <usize>time * stateRow
  const hRow = h ? every : ownRow
  const cRow = c ? every : ownRow
  if (!c0) memory.fill(cell, 0, state)
  let hBefore = h0
  let hBeforeRow = stateRow
  let cBefore = c0 ? c0 : cell
  let cBeforeRow = c0 ? stateRow : ownRow
  for (let s = 0; s < time; s++) {
    const t = timeOf(s, time, reverse)
    const z = gates + <usize>t * stepRow
    if (hBefore) {
      packRows(hBefore, hBeforeRow, batch, units, packed)
      multiplyPacked(batch, wide, units, units, packed, weights, z, row, z, row)
    }
    const hAfter = h ? h + <usize>t * stateRow : hidden
    const cAfter = c ? c + <usize>t * stateRow : cell
    for (let b: usize = 0; b < <usize>batch; b++) {
      stepCell(
        units,
        activation,
        gate,
        z + b * row,
        hAfter + b * hRow,
        cBefore + b * cBeforeRow,
        cAfter + b * cRow,
      )
    }
    hBefore = hAfter
    hBeforeRow = hRow
    cBefore = cAfter
    cBeforeRow = cRow
  }
  if (hLast) copyStates(batch, units, hBefore, hBeforeRow, hLast, stateRow)
  if (cLast) copyStates(batch, units, cBefore, cBeforeRow, cLast, stateRow)
}

/** One direction's states of all rows, from rows and to rows of so many bytes. */
function copyStates(batch: i32, units: i32, from: usize, fromRow: usize, to: usize, toRow: usize): void {
  for (let b = 0; b < batch; b++, from += fromRow, to += toRow) memory.copy(to, from, <usize>units * 4)
}

/** Activates the gates of one row in place and steps its states. The cell state may lie where it lay before. */
export function stepCell(
  units: i32,
  activation: i32,
  gate: i32,
  z: usize,
  hidden: usize,
  before: usize,
  after: usize,
): void {
  const stride = <usize>units * 4
  activateAll(gate, z, 2 * units)
  activateAll(activation, z + 2 * stride, units)
  activateAll(gate, z + 3 * stride, units)
  for (let u = 0; u < units; u += 4) {
    const at = <usize>u * 4
    // What lies past a short end is computed and not stored.
    const left = units - u
    const added = f32x4.mul(v128.load(z + at), v128.load(z + 2 * stride + at))
    const next = multiplyAdd(v128.load(z + stride + at), v128.load(before + at), added)
    storeFirst(after + at, next, left)
    storeFirst(hidden + at, next, left)
  }
  activateAll(activation, hidden, units)
  for (let u = 0; u < units; u += 4) {
    const at = <usize>u * 4
    storeFirst(hidden + at, f32x4.mul(v128.load(z + 3 * stride + at), v128.load(hidden + at)), units - u)
  }
}

/** `dh` is [B, T, U], or [B, U] where it belongs to the last step only. */
export function lstmGradient(
  batch: i32,
  time: i32,
  units: i32,
  directions: i32,
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
  const stepRow = <usize>directions * <usize>wide * 4
  const row = <usize>time * stepRow
  const ownRow = <usize>units * 4
  const stateRow = <usize>directions * ownRow
  const state = <usize>batch * ownRow
  const weights = scratch
  const packed = weights + <usize>packedSizeB(units, wide) * 4
  const below = packed + <usize>packedSizeA(batch, wide) * 4
  const cell = below + state
  packTransposedB(recurrentKernel, stepRow, units, wide, weights)
  memory.fill(below, 0, state)
  if (dcLast) copyStates(batch, units, dcLast, stateRow, cell, ownRow)
  else memory.fill(cell, 0, state)
  for (let s = time - 1; s >= 0; s--) {
    const t = timeOf(s, time, reverse)
    const z = gates + <usize>t * stepRow
    for (let b = 0; b < batch; b++) {
      const own = <usize>b * ownRow
      const given = <usize>b * stateRow
      const at = (<usize>b * <usize>time + <usize>t) * stateRow
      const earlier = (<usize>b * <usize>time + <usize>timeOf(s - 1, time, reverse)) * stateRow
      const before: usize = s > 0 ? c + earlier : c0 ? c0 + given : 0
      let outer: usize = 0
      if (dh) outer = lastOnly ? (s === time - 1 ? dh + given : 0) : dh + at
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
    multiplyPacked(batch, units, wide, wide, packed, weights, below, ownRow, 0, 0)
  }
  if (dh0) copyStates(batch, units, below, ownRow, dh0, stateRow)
  if (dc0) copyStates(batch, units, cell, ownRow, dc0, stateRow)
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
  const ofState = slopeOf(activation)
  const ofGate = slopeOf(gate)
  for (let u = 0; u < units; u += 4) {
    const left = units - u
    const at = <usize>u * 4
    // First, while no vector need be kept across the call.
    const a = activate(activation, v128.load(after + at))
    const i = v128.load(z + at)
    const f = v128.load(z + stride + at)
    const g = v128.load(z + 2 * stride + at)
    const o = v128.load(z + 3 * stride + at)
    const state = before ? v128.load(before + at) : f32x4.splat(0.0)
    let d = v128.load(below + at)
    if (outer) d = f32x4.add(d, v128.load(outer + at))
    d = flush(d)
    const dc = multiplyAdd(f32x4.mul(d, o), slope(ofState, a), v128.load(cell + at))
    storeFirst(z + at, flush(f32x4.mul(f32x4.mul(dc, g), slope(ofGate, i))), left)
    storeFirst(z + stride + at, flush(f32x4.mul(f32x4.mul(dc, state), slope(ofGate, f))), left)
    storeFirst(z + 2 * stride + at, flush(f32x4.mul(f32x4.mul(dc, i), slope(ofState, g))), left)
    storeFirst(z + 3 * stride + at, flush(f32x4.mul(f32x4.mul(d, a), slope(ofGate, o))), left)
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
  directions: i32,
  reverse: bool,
  h: usize,
  h0: usize,
  dz: usize,
  dR: usize,
  scratch: usize,
): void {
  const stateRow = <usize>directions * <usize>units * 4
  const row = <usize>directions * <usize>columns * 4
  const packed = scratch
  const right = packed + <usize>packedSizeA(units, DEPTH) * 4
  const first = timeOf(0, time, reverse)
  const total = batch * time
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
    multiplyPacked(units, columns, terms, terms, packed, right, dR, row, l > 0 ? dR : 0, row)
  }
}

/** Term `l` of `k` is zero. */
function clearColumn(m: i32, k: i32, l: i32, to: usize): void {
  to += <usize>l * 16
  for (let i = 0; i < m; i += 4, to += <usize>k * 16) v128.store(to, f32x4.splat(0.0))
}
