// A recurrence of any cell over all time steps, forward and back, whose product is that of matrices. Two directions lie side by
// side in the columns of every tensor and run one after the other, the second against the first. The scratch memory holds the
// packed weights and the states of the time step under way. A tensor that is absent is at 0.

import { beginRows, Cell, row } from './cell'
import { packB, packedSizeA, packedSizeB, packRows, packTransposedB } from './packing'
import { multiplyPanels, PanelProduct } from './product'
import { isReversed, isValid, LAST_ONLY, part, second, timeOf } from './recurrence'
import { addRow } from './vector'

const product = changetype<PanelProduct>(memory.data(offsetof<PanelProduct>(), 16))

/** Bytes for the packed weights, the packed rows of a time step, two states, and the products of a cell that keeps them apart. */
export function scratchOf<Call>(call: Call, cell: Cell): i32 {
  const batch = call.batch
  const units = call.units
  const wide = cell.gates * units
  const weights = max(packedSizeB(wide, units), packedSizeB(units, wide))
  const products = cell.keepsProduct ? batch * wide : 0
  return 4 * (weights + packedSizeA(batch, wide) + 2 * batch * units + products)
}

/** @param sequence Where the state that the cell carries goes, of every time step, if it is the second one. */
export function runForward<Call>(call: Call, cell: Cell, sequence: usize): void {
  for (let d = 0; d < call.DIRECTIONS; d++) forward(call, cell, sequence, d)
}

function forward<Call>(call: Call, cell: Cell, sequence: usize, direction: i32): void {
  const batch = call.batch
  const time = call.time
  const units = call.units
  const wide = cell.gates * units
  const recurrentKernel = part(call.recurrentKernel, direction, wide)
  const gates = part(call.gates, direction, wide)
  const h = part(call.h, direction, units)
  const carries = cell.carries > 0
  const c = part(sequence, direction, units)
  const c0 = carries ? part(second(call.initial, call.stateStride), direction, units) : 0
  const timestepRow = <usize>call.DIRECTIONS * <usize>wide * 4
  const gatesRow = <usize>time * timestepRow
  const stateRow = <usize>call.DIRECTIONS * <usize>units * 4
  const ownRow = <usize>units * 4
  const state = <usize>batch * ownRow
  const weights = call.scratch
  const packed = weights + <usize>packedSizeB(wide, units) * 4
  const hidden = packed + <usize>packedSizeA(batch, units) * 4
  const kept = hidden + state
  const apart = kept + state
  const apartRow = <usize>wide * 4
  const inner = innerOf(call, direction)
  packB(recurrentKernel, timestepRow, wide, units, weights)
  product.m = batch
  product.n = wide
  product.setPacked(units)
  product.a = packed
  product.b = weights
  product.rowC = gatesRow
  product.rowBase = gatesRow
  if (cell.keepsProduct) {
    product.c = apart
    product.rowC = apartRow
    product.base = 0
    product.rowBase = 0
    if (!call.initial) memory.fill(apart, 0, <usize>batch * apartRow)
  }
  beginRows(call)
  setBias(call, wide, direction)
  // States lie where they are kept, or else here.
  const every = <usize>time * stateRow
  const hRow = h ? every : ownRow
  const cRow = c ? every : ownRow
  if (!c0) memory.fill(kept, 0, state)
  let hBefore = part(call.initial, direction, units)
  let hBeforeRow = stateRow
  let cBefore = c0 ? c0 : kept
  let cBeforeRow = c0 ? stateRow : ownRow
  for (let s = 0; s < time; s++) {
    const t = timeOf(s, time, isReversed(call.reverse, direction))
    const z = gates + <usize>t * timestepRow
    if (hBefore) {
      packRows(hBefore, hBeforeRow, batch, units, packed)
      if (!cell.keepsProduct) {
        product.c = z
        product.base = z
      }
      multiplyPanels(product)
    }
    const hAfter = h ? h + <usize>t * stateRow : hidden
    const cAfter = c ? c + <usize>t * stateRow : kept
    for (let b: usize = 0; b < <usize>batch; b++) {
      row.gates = z + b * gatesRow
      row.product = apart + b * apartRow
      row.inner = inner ? inner + (b * <usize>time + <usize>t) * stateRow : 0
      row.hiddenBefore = hBefore ? hBefore + b * hBeforeRow : 0
      row.hidden = hAfter + b * hRow
      row.before = cBefore + b * cBeforeRow
      row.after = cAfter + b * cRow
      if (isValid(call, <i32>b, t)) cell.forward(row)
      else keepStates(ownRow)
    }
    hBefore = hAfter
    hBeforeRow = hRow
    cBefore = cAfter
    cBeforeRow = cRow
  }
  const hLast = part(call.last, direction, units)
  const cLast = carries ? part(second(call.last, call.stateStride), direction, units) : 0
  for (let b: usize = 0; b < <usize>batch; b++) {
    if (hLast) memory.copy(hLast + b * stateRow, hBefore + b * hBeforeRow, ownRow)
    if (cLast) memory.copy(cLast + b * stateRow, cBefore + b * cBeforeRow, ownRow)
  }
}

/** Takes the states of a time step from the one before. */
function keepStates(bytes: usize): void {
  if (row.hiddenBefore) memory.copy(row.hidden, row.hiddenBefore, bytes)
  else memory.fill(row.hidden, 0, bytes)
  memory.copy(row.after, row.before, bytes)
  // It has no gradients, by which the cell's products are multiplied.
  if (row.inner) memory.fill(row.inner, 0, bytes)
}

/**
 * @param sequence The state that the cell carries, of every time step.
 * @param dLast The gradient of its last one, if it is the second one.
 */
export function runBackward<Call>(call: Call, cell: Cell, sequence: usize, dLast: usize): void {
  for (let d = 0; d < call.DIRECTIONS; d++) backward(call, cell, sequence, dLast, d)
}

/** A direction's initial values of the state that the cell carries; 0 where there are none, or where the way back reads none. */
function initialOf<Call>(call: Call, cell: Cell, direction: i32): usize {
  if (!isDefined(call.initial)) return 0
  const states = cell.carries > 0 ? second(call.initial, call.stateStride) : call.initial
  return part(states, direction, call.units)
}

/** Where a direction's part of what such a cell stores beside gates and h begins; 0 where nothing is stored. */
function innerOf<Call>(call: Call, direction: i32): usize {
  return isDefined(call.inner) ? part(call.inner, direction, call.units) : 0
}

/** Sets a direction's rows of the bias that the recurrence adds, if it adds one. */
function setBias<Call>(call: Call, wide: i32, direction: i32): void {
  if (!isDefined(call.bias)) return
  row.inputBias = part(call.bias, direction, wide)
  row.recurrentBias = row.inputBias ? row.inputBias + <usize>call.DIRECTIONS * <usize>wide * 4 : 0
}

function backward<Call>(call: Call, cell: Cell, sequence: usize, dLast: usize, direction: i32): void {
  const batch = call.batch
  const time = call.time
  const units = call.units
  const wide = cell.gates * units
  const carries = cell.carries > 0
  const reverse = isReversed(call.reverse, direction)
  const recurrentKernel = part(call.recurrentKernel, direction, wide)
  const gates = part(call.gates, direction, wide)
  const c = part(sequence, direction, units)
  const c0 = initialOf(call, cell, direction)
  const dh = part(call.dh, direction, units)
  const dcLast = part(dLast, direction, units)
  const dh0 = call.storeDInitial ? part(call.dInitial, direction, units) : 0
  const dc0 = carries ? part(second(call.dInitial, call.stateStride), direction, units) : 0
  const lastOnly = call.dhKind === LAST_ONLY
  const timestepRow = <usize>call.DIRECTIONS * <usize>wide * 4
  const gatesRow = <usize>time * timestepRow
  const ownRow = <usize>units * 4
  const stateRow = <usize>call.DIRECTIONS * ownRow
  const state = <usize>batch * ownRow
  const weights = call.scratch
  const packed = weights + <usize>packedSizeB(units, wide) * 4
  const below = packed + <usize>packedSizeA(batch, wide) * 4
  const carried = below + state
  const apart = carried + state
  const apartRow = <usize>wide * 4
  const inner = innerOf(call, direction)
  packTransposedB(recurrentKernel, timestepRow, units, wide, weights)
  product.m = batch
  product.n = units
  product.setPacked(wide)
  product.a = packed
  product.b = weights
  product.c = below
  product.rowC = ownRow
  // What time steps that are not valid hand on of the gradient of h lies below already.
  product.base = call.MASKED ? below : 0
  product.rowBase = call.MASKED ? ownRow : 0
  beginRows(call)
  memory.fill(below, 0, 2 * state)
  for (let b: usize = 0; b < <usize>batch && dcLast !== 0; b++)
    memory.copy(carried + b * ownRow, dcLast + b * stateRow, ownRow)
  for (let s = time - 1; s >= 0; s--) {
    const t = timeOf(s, time, reverse)
    const z = gates + <usize>t * timestepRow
    for (let b = 0; b < batch; b++) {
      const own = <usize>b * ownRow
      const given = <usize>b * stateRow
      const at = (<usize>b * <usize>time + <usize>t) * stateRow
      const earlier = (<usize>b * <usize>time + <usize>timeOf(s - 1, time, reverse)) * stateRow
      row.gates = z + <usize>b * gatesRow
      row.product = apart + <usize>b * apartRow
      row.inner = inner + at
      row.after = c + at
      row.before = s > 0 ? c + earlier : c0 ? c0 + given : 0
      if (!dh) row.outer = 0
      else if (!lastOnly) row.outer = dh + at
      else row.outer = s === time - 1 ? dh + given : 0
      row.below = below + own
      row.carried = carried + own
      if (isValid(call, b, t)) {
        cell.backward(row)
        if (call.MASKED) memory.fill(row.below, 0, ownRow)
      } else {
        if (row.outer) addRow(units, row.below, row.outer)
        memory.fill(row.gates, 0, apartRow)
        if (cell.keepsProduct) memory.fill(row.product, 0, apartRow)
      }
    }
    if (s === 0 && !dh0) break
    if (cell.keepsProduct) packRows(apart, apartRow, batch, wide, packed)
    else packRows(z, gatesRow, batch, wide, packed)
    multiplyPanels(product)
  }
  for (let b: usize = 0; b < <usize>batch; b++) {
    if (dh0 && !carries) addRow(units, below + b * ownRow, carried + b * ownRow)
    if (dh0) memory.copy(dh0 + b * stateRow, below + b * ownRow, ownRow)
    if (dc0) memory.copy(dc0 + b * stateRow, carried + b * ownRow, ownRow)
  }
}
