// The recurrence of a GRU with the reset gate before the product whole, forward and back, as src/ops/gruResetBefore.ts means it. A
// time step has two products, of h and of r·h, so that it has loops of its own. Two directions run one after the other.
//   z, r = act(x·W + b + h·R)    c = act(x·W_c + b + (r·h)·R_c)    h' = z·h + (1 − z)·c
// Gates z r c, Keras's order, side by side.

import { activateAll, slope, slopeOf } from './activation'
import { GruResetBeforeStreamed, GruResetBeforeStreamedGradient } from './calls.gen'
import { cellCovers } from './cell'
import { packB, packedSizeA, packedSizeB, packRows, packTransposedB } from './packing'
import { multiplyPanels, PanelProduct } from './product'
import { isReversed, isValid, LAST_ONLY, part, timeOf } from './recurrence'
import { addRow, flush, multiplyAdd, storeFirst } from './vector'

const product = changetype<PanelProduct>(memory.data(offsetof<PanelProduct>(), 16))

/** Bytes for the packed weights of both products, the packed rows of a time step, and three vectors of units a row. */
function scratchOf<Call>(call: Call): i32 {
  const units = call.units
  const wide = 2 * units
  const first = max(packedSizeB(wide, units), packedSizeB(units, wide))
  const rows = packedSizeA(call.batch, wide) + 3 * call.batch * units
  return 4 * (first + packedSizeB(units, units) + rows)
}

/** Activates z and r in place; r·h is `seen`, and is stored as `inner` where something reads it. 0 is h of zeros. */
function finishGates(call: GruResetBeforeStreamed, z: usize, before: usize, seen: usize, inner: usize): void {
  const units = call.units
  const reset = z + <usize>units * 4
  activateAll(call.RECURRENT_ACTIVATION, z, 2 * units)
  for (let u = 0; u < units; u += 4) {
    const at = <usize>u * 4
    const left = units - u
    const h = before ? v128.load(before + at) : f32x4.splat(0.0)
    // What lies past a short end is computed and not stored.
    const value = f32x4.mul(v128.load(reset + at), h)
    storeFirst(seen + at, value, left)
    if (inner) storeFirst(inner + at, value, left)
  }
}

/** Activates the candidate in place and steps the state. */
function finishState(code: i32, units: i32, z: usize, before: usize, after: usize): void {
  const candidate = z + 2 * <usize>units * 4
  activateAll(code, candidate, units)
  for (let u = 0; u < units; u += 4) {
    const at = <usize>u * 4
    const c = v128.load(candidate + at)
    const h = before ? v128.load(before + at) : f32x4.splat(0.0)
    storeFirst(after + at, multiplyAdd(v128.load(z + at), f32x4.sub(h, c), c), units - u)
  }
}

export function gruResetBeforeCovers(call: GruResetBeforeStreamed): bool {
  return cellCovers(call)
}

export function gruResetBeforeScratch(call: GruResetBeforeStreamed): i32 {
  return scratchOf(call)
}

export function gruResetBefore(call: GruResetBeforeStreamed): void {
  for (let d = 0; d < call.DIRECTIONS; d++) forward(call, d)
}

function forward(call: GruResetBeforeStreamed, direction: i32): void {
  const batch = call.batch
  const time = call.time
  const units = call.units
  const wide = 2 * units
  const recurrentKernel = part(call.recurrentKernel, direction, 3 * units)
  const gates = part(call.gates, direction, 3 * units)
  const h = part(call.h, direction, units)
  const inner = part(call.inner, direction, units)
  const ownRow = <usize>units * 4
  const timestepRow = <usize>call.DIRECTIONS * 3 * ownRow
  const gatesRow = <usize>time * timestepRow
  const stateRow = <usize>call.DIRECTIONS * ownRow
  const every = <usize>time * stateRow
  const weights = call.scratch
  const second = weights + <usize>packedSizeB(wide, units) * 4
  const packed = second + <usize>packedSizeB(units, units) * 4
  const hidden = packed + <usize>packedSizeA(batch, units) * 4
  const seen = hidden + <usize>batch * ownRow
  packB(recurrentKernel, timestepRow, wide, units, weights)
  packB(recurrentKernel + 2 * ownRow, timestepRow, units, units, second)
  product.m = batch
  product.setPacked(units)
  product.a = packed
  product.rowC = gatesRow
  product.rowBase = gatesRow
  let before = part(call.initial, direction, units)
  let beforeRow = stateRow
  for (let s = 0; s < time; s++) {
    const t = timeOf(s, time, isReversed(call.reverse, direction))
    const z = gates + <usize>t * timestepRow
    if (before) {
      packRows(before, beforeRow, batch, units, packed)
      addProduct(wide, weights, z)
    }
    for (let b: usize = 0; b < <usize>batch; b++) {
      const to = inner ? inner + b * every + <usize>t * stateRow : 0
      const from_ = before ? before + b * beforeRow : 0
      if (!isValid(call, <i32>b, t)) {
        memory.fill(seen + b * ownRow, 0, ownRow)
        if (to) memory.fill(to, 0, ownRow)
        continue
      }
      finishGates(call, z + b * gatesRow, from_, seen + b * ownRow, to)
    }
    if (before) {
      packRows(seen, ownRow, batch, units, packed)
      addProduct(units, second, z + 2 * ownRow)
    }
    const after = h ? h + <usize>t * stateRow : hidden
    const afterRow = h ? every : ownRow
    for (let b: usize = 0; b < <usize>batch; b++) {
      const from_ = before ? before + b * beforeRow : 0
      if (isValid(call, <i32>b, t))
        finishState(call.ACTIVATION, units, z + b * gatesRow, from_, after + b * afterRow)
      else if (from_) memory.copy(after + b * afterRow, from_, ownRow)
      else memory.fill(after + b * afterRow, 0, ownRow)
    }
    before = after
    beforeRow = afterRow
  }
  const last = part(call.last, direction, units)
  for (let b: usize = 0; b < <usize>batch && last !== 0; b++)
    memory.copy(last + b * stateRow, before + b * beforeRow, ownRow)
}

/** Adds the product of the packed rows and weights of `n` columns to the sums at `to`. */
function addProduct(n: i32, weights: usize, to: usize): void {
  product.n = n
  product.b = weights
  product.c = to
  product.base = to
  multiplyPanels(product)
}

/** Turns z and the candidate into their gradients in place, from d, the gradient of h, which becomes z·d. */
function firstGradients(call: GruResetBeforeStreamedGradient, z: usize, before: usize, d: usize): void {
  const units = call.units
  const candidate = z + 2 * <usize>units * 4
  const ofCandidate = slopeOf(call.ACTIVATION)
  const ofGate = slopeOf(call.RECURRENT_ACTIVATION)
  for (let u = 0; u < units; u += 4) {
    const left = units - u
    const at = <usize>u * 4
    const update = v128.load(z + at)
    const c = v128.load(candidate + at)
    const h = before ? v128.load(before + at) : f32x4.splat(0.0)
    const whole = flush(v128.load(d + at))
    const kept = f32x4.mul(whole, update)
    storeFirst(z + at, flush(f32x4.mul(f32x4.mul(whole, f32x4.sub(h, c)), slope(ofGate, update))), left)
    storeFirst(candidate + at, flush(f32x4.mul(f32x4.sub(whole, kept), slope(ofCandidate, c))), left)
    storeFirst(d + at, kept, left)
  }
}

/** Turns r into its gradient in place, from the gradient of r·h, and adds what goes to h to `carried`. */
function secondGradients(
  call: GruResetBeforeStreamedGradient,
  z: usize,
  before: usize,
  dSeen: usize,
  carried: usize,
): void {
  const units = call.units
  const reset = z + <usize>units * 4
  const ofGate = slopeOf(call.RECURRENT_ACTIVATION)
  for (let u = 0; u < units; u += 4) {
    const left = units - u
    const at = <usize>u * 4
    const r = v128.load(reset + at)
    const h = before ? v128.load(before + at) : f32x4.splat(0.0)
    const d = v128.load(dSeen + at)
    storeFirst(reset + at, flush(f32x4.mul(f32x4.mul(d, h), slope(ofGate, r))), left)
    storeFirst(carried + at, flush(multiplyAdd(d, r, v128.load(carried + at))), left)
  }
}

export function gruResetBeforeGradientCovers(call: GruResetBeforeStreamedGradient): bool {
  return cellCovers(call)
}

export function gruResetBeforeGradientScratch(call: GruResetBeforeStreamedGradient): i32 {
  return scratchOf(call)
}

export function gruResetBeforeGradient(call: GruResetBeforeStreamedGradient): void {
  for (let d = 0; d < call.DIRECTIONS; d++) backward(call, d)
}

function backward(call: GruResetBeforeStreamedGradient, direction: i32): void {
  const batch = call.batch
  const time = call.time
  const units = call.units
  const wide = 2 * units
  const reverse = isReversed(call.reverse, direction)
  const recurrentKernel = part(call.recurrentKernel, direction, 3 * units)
  const gates = part(call.gates, direction, 3 * units)
  const hidden = part(call.hidden, direction, units)
  const initial = part(call.initial, direction, units)
  const dh = part(call.dh, direction, units)
  const dInitial = call.storeDInitial ? part(call.dInitial, direction, units) : 0
  const ownRow = <usize>units * 4
  const timestepRow = <usize>call.DIRECTIONS * 3 * ownRow
  const gatesRow = <usize>time * timestepRow
  const stateRow = <usize>call.DIRECTIONS * ownRow
  const every = <usize>time * stateRow
  const weights = call.scratch
  const second = weights + <usize>packedSizeB(units, wide) * 4
  const packed = second + <usize>packedSizeB(units, units) * 4
  const below = packed + <usize>packedSizeA(batch, wide) * 4
  const dSeen = below + <usize>batch * ownRow
  const carried = dSeen + <usize>batch * ownRow
  packTransposedB(recurrentKernel, timestepRow, units, wide, weights)
  packTransposedB(recurrentKernel + 2 * ownRow, timestepRow, units, units, second)
  product.m = batch
  product.n = units
  product.a = packed
  product.rowC = ownRow
  product.base = 0
  product.rowBase = 0
  memory.fill(below, 0, <usize>batch * ownRow)
  memory.fill(carried, 0, <usize>batch * ownRow)
  for (let s = time - 1; s >= 0; s--) {
    const t = timeOf(s, time, reverse)
    const z = gates + <usize>t * timestepRow
    const earlier = <usize>timeOf(s - 1, time, reverse) * stateRow
    for (let b: usize = 0; b < <usize>batch; b++) {
      const own = carried + b * ownRow
      addRow(units, own, below + b * ownRow)
      if (dh && call.dhKind !== LAST_ONLY) addRow(units, own, dh + b * every + <usize>t * stateRow)
      else if (dh && s === time - 1) addRow(units, own, dh + b * stateRow)
      // A time step that is not valid hands the gradient on whole, and its gates have none.
      const before = beforeOf(hidden + b * every + earlier, initial, b * stateRow, s)
      if (isValid(call, <i32>b, t)) firstGradients(call, z + b * gatesRow, before, own)
      else memory.fill(z + b * gatesRow, 0, 3 * ownRow)
    }
    packRows(z + 2 * ownRow, gatesRow, batch, units, packed)
    product.setPacked(units)
    product.b = second
    product.c = dSeen
    multiplyPanels(product)
    for (let b: usize = 0; b < <usize>batch; b++) {
      const before = beforeOf(hidden + b * every + earlier, initial, b * stateRow, s)
      if (!isValid(call, <i32>b, t)) continue
      secondGradients(call, z + b * gatesRow, before, dSeen + b * ownRow, carried + b * ownRow)
    }
    if (s === 0 && !dInitial) break
    packRows(z, gatesRow, batch, wide, packed)
    product.setPacked(wide)
    product.b = weights
    product.c = below
    multiplyPanels(product)
  }
  for (let b: usize = 0; b < <usize>batch && dInitial !== 0; b++) {
    addRow(units, below + b * ownRow, carried + b * ownRow)
    memory.copy(dInitial + b * stateRow, below + b * ownRow, ownRow)
  }
}

/** Where a row's h before time step s lies: in the sequence, in the initial states, or 0 for zeros. */
function beforeOf(sequence: usize, initial: usize, at: usize, s: i32): usize {
  if (s > 0) return sequence
  return initial ? initial + at : 0
}
