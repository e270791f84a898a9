// A recurrence of any cell over all time steps, forward and back, whose product is that of matrices or, where states have
// positions, a convolution (stateProduct.ts). A row is a sample, or a position of a sample. Two directions lie side by side in the
// columns of every tensor and run one after the other, the second against the first. Scratch memory begins with what
// stateProduct.ts works in; then come the states of the time step under way, and the products of a cell that does not add them to
// its gates. A tensor that is absent is at 0.

import { beginRows, Cell, row } from './cell'
import { isReversed, isValid, LAST_ONLY, part, second, timeOf } from './recurrence'
import {
  addsBelow,
  beginBackward,
  beginForward,
  multiplyBackward,
  multiplyForward,
  productScratch,
  spaceOf,
} from './stateProduct'
import { addRow } from './vector'

/** Bytes of scratch memory, for either way through time. */
export function scratchOf<Call>(call: Call, cell: Cell): i32 {
  const products = cell.keepsProduct ? cell.gates : 0
  return productScratch(call, cell) + 4 * call.batch * call.units * (2 + products)
}

/** @param sequence Where the state that the cell carries goes, of every time step, if it is the second one. */
export function runForward<Call>(call: Call, cell: Cell, sequence: usize): void {
  for (let d = 0; d < call.DIRECTIONS; d++) forward(call, cell, sequence, d)
}

function forward<Call>(call: Call, cell: Cell, sequence: usize, direction: i32): void {
  const space = spaceOf(call)
  const samples = call.batch / space
  const time = call.time
  const units = call.units
  const wide = cell.gates * units
  const gates = part(call.gates, direction, wide)
  const h = part(call.h, direction, units)
  const carries = cell.carries > 0
  const c = part(sequence, direction, units)
  const c0 = carries ? part(second(call.initial, call.stateStride), direction, units) : 0
  const gatesRow = <usize>call.DIRECTIONS * <usize>wide * 4
  const gatesFrame = <usize>space * gatesRow
  const stateRow = <usize>call.DIRECTIONS * <usize>units * 4
  const stateFrame = <usize>space * stateRow
  // In scratch memory directions do not lie side by side. Where samples have positions there is one direction.
  const scratchRow = <usize>units * 4
  const scratchFrame = <usize>space * scratchRow
  const productRow = <usize>wide * 4
  const state = <usize>samples * scratchFrame
  const hidden = call.scratch + <usize>productScratch(call, cell)
  const carried = hidden + state
  const products = carried + state
  const inner = innerOf(call, direction)
  beginForward(call, cell, part(call.recurrentKernel, direction, wide), gatesRow)
  if (cell.keepsProduct && !call.initial) memory.fill(products, 0, <usize>call.batch * productRow)
  beginRows(call)
  setBias(call, wide, direction)
  // States lie where they are read later, or else in scratch memory.
  const hSample = h ? <usize>time * stateFrame : scratchFrame
  const cSample = c ? <usize>time * stateFrame : scratchFrame
  if (!c0) memory.fill(carried, 0, state)
  let hBefore = part(call.initial, direction, units)
  let hBeforeSample = stateFrame
  let cBefore = c0 ? c0 : carried
  let cBeforeSample = c0 ? stateFrame : scratchFrame
  for (let s = 0; s < time; s++) {
    const t = timeOf(s, time, isReversed(call.reverse, direction))
    if (hBefore) {
      const z = gates + <usize>t * gatesFrame
      if (cell.keepsProduct)
        multiplyForward(call, hBefore, hBeforeSample, products, <usize>space * productRow)
      else multiplyForward(call, hBefore, hBeforeSample, z, <usize>time * gatesFrame)
    }
    const hAfter = h ? h + <usize>t * stateFrame : hidden
    const cAfter = c ? c + <usize>t * stateFrame : carried
    for (let b: usize = 0; b < <usize>samples; b++) {
      const valid = isValid(call, <i32>b, t)
      const frame = b * <usize>time + <usize>t
      for (let n: usize = 0; n < <usize>space; n++) {
        const at = n * stateRow
        row.gates = gates + frame * gatesFrame + n * gatesRow
        row.product = products + (b * <usize>space + n) * productRow
        row.inner = inner ? inner + frame * stateFrame + at : 0
        row.hiddenBefore = hBefore ? hBefore + b * hBeforeSample + at : 0
        row.hidden = hAfter + b * hSample + at
        row.before = cBefore + b * cBeforeSample + at
        row.after = cAfter + b * cSample + at
        if (valid) cell.forward(row)
        else keepStates(scratchRow)
      }
    }
    hBefore = hAfter
    hBeforeSample = hSample
    cBefore = cAfter
    cBeforeSample = cSample
  }
  const hLast = part(call.last, direction, units)
  const cLast = carries ? part(second(call.last, call.stateStride), direction, units) : 0
  for (let b: usize = 0; b < <usize>samples; b++) {
    if (hLast) memory.copy(hLast + b * stateFrame, hBefore + b * hBeforeSample, scratchFrame)
    if (cLast) memory.copy(cLast + b * stateFrame, cBefore + b * cBeforeSample, scratchFrame)
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

/** Where a direction's part of what a cell stores beside gates and h begins; 0 where it stores nothing. */
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
  const space = spaceOf(call)
  const samples = call.batch / space
  const time = call.time
  const units = call.units
  const wide = cell.gates * units
  const carries = cell.carries > 0
  const reverse = isReversed(call.reverse, direction)
  const gates = part(call.gates, direction, wide)
  const c = part(sequence, direction, units)
  const c0 = initialOf(call, cell, direction)
  const dh = part(call.dh, direction, units)
  const dcLast = part(dLast, direction, units)
  const dh0 = call.storeDInitial ? part(call.dInitial, direction, units) : 0
  const dc0 = carries ? part(second(call.dInitial, call.stateStride), direction, units) : 0
  const lastOnly = call.dhKind === LAST_ONLY
  const gatesRow = <usize>call.DIRECTIONS * <usize>wide * 4
  const gatesFrame = <usize>space * gatesRow
  const stateRow = <usize>call.DIRECTIONS * <usize>units * 4
  const stateFrame = <usize>space * stateRow
  const scratchRow = <usize>units * 4
  const scratchFrame = <usize>space * scratchRow
  const productRow = <usize>wide * 4
  const state = <usize>samples * scratchFrame
  const below = call.scratch + <usize>productScratch(call, cell)
  const carried = below + state
  const products = carried + state
  const inner = innerOf(call, direction)
  beginBackward(call, cell, part(call.recurrentKernel, direction, wide), gatesRow)
  beginRows(call)
  memory.fill(below, 0, 2 * state)
  for (let b: usize = 0; b < <usize>samples && dcLast !== 0; b++)
    memory.copy(carried + b * scratchFrame, dcLast + b * stateFrame, scratchFrame)
  for (let s = time - 1; s >= 0; s--) {
    const t = timeOf(s, time, reverse)
    for (let b: usize = 0; b < <usize>samples; b++) {
      const valid = isValid(call, <i32>b, t)
      const frame = b * <usize>time + <usize>t
      const earlier = b * <usize>time + <usize>timeOf(s - 1, time, reverse)
      for (let n: usize = 0; n < <usize>space; n++) {
        const inScratch = b * scratchFrame + n * scratchRow
        const given = b * stateFrame + n * stateRow
        const at = frame * stateFrame + n * stateRow
        row.gates = gates + frame * gatesFrame + n * gatesRow
        row.product = products + (b * <usize>space + n) * productRow
        row.inner = inner + at
        row.after = c + at
        row.before = s > 0 ? c + earlier * stateFrame + n * stateRow : c0 ? c0 + given : 0
        if (!dh) row.outer = 0
        else if (!lastOnly) row.outer = dh + at
        else row.outer = s === time - 1 ? dh + given : 0
        row.below = below + inScratch
        row.carried = carried + inScratch
        if (valid) {
          cell.backward(row)
          if (addsBelow(call)) memory.fill(row.below, 0, scratchRow)
        } else {
          // The gradient of h goes on to the time step before as it is; the product of the other rows is added below.
          if (row.outer) addRow(units, row.below, row.outer)
          memory.fill(row.gates, 0, productRow)
          if (cell.keepsProduct) memory.fill(row.product, 0, productRow)
        }
      }
    }
    if (s === 0 && !dh0) break
    if (cell.keepsProduct) multiplyBackward(call, products, <usize>space * productRow, below)
    else multiplyBackward(call, gates + <usize>t * gatesFrame, <usize>time * gatesFrame, below)
  }
  for (let b: usize = 0; b < <usize>samples; b++) {
    const inScratch = b * scratchFrame
    if (dh0 && !carries) addRow(space * units, below + inScratch, carried + inScratch)
    if (dh0) memory.copy(dh0 + b * stateFrame, below + inScratch, scratchFrame)
    if (dc0) memory.copy(dc0 + b * stateFrame, carried + inScratch, scratchFrame)
  }
}
