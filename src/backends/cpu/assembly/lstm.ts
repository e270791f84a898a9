// The LSTM recurrence whole, forward and back, as src/ops/lstm.ts and lstmGradient.ts mean it. Gates lie [B, T, 4U] in
// Keras's order i f c o. Two directions lie side by side in the columns of every tensor and run one after the other, the
// second against the first. The scratch memory holds the packed weights and the states of the time step under way.

import { isKnown } from './activation'
import { LstmSequence, LstmSequenceGradient } from './calls.gen'
import { CellStep, CellStepBack, stepCell, stepCellBack } from './lstmCell'
import { packB, packedSizeA, packedSizeB, packRows, packTransposedB } from './packing'
import { multiplyPanels, PanelProduct } from './product'
import { isReversed, part, second, timeOf } from './recurrence'

const product = changetype<PanelProduct>(memory.data(offsetof<PanelProduct>(), 16))
const cellStep = changetype<CellStep>(memory.data(offsetof<CellStep>(), 16))
const cellStepBack = changetype<CellStepBack>(memory.data(offsetof<CellStepBack>(), 16))

/** Bytes for the packed weights, the packed rows of a time step, and two states. */
function scratchOf(batch: i32, units: i32): i32 {
  const wide = 4 * units
  const weights = max(packedSizeB(wide, units), packedSizeB(units, wide))
  return 4 * (weights + packedSizeA(batch, wide) + 2 * batch * units)
}

export function lstmCovers(call: LstmSequence): bool {
  return call.recurrentRate === 0 && isKnown(call.ACTIVATION) && isKnown(call.RECURRENT_ACTIVATION)
}

export function lstmScratch(call: LstmSequence): i32 {
  return scratchOf(call.batch, call.units)
}

export function lstm(call: LstmSequence): void {
  for (let d = 0; d < call.DIRECTIONS; d++) forward(call, d)
}

function forward(call: LstmSequence, direction: i32): void {
  const batch = call.batch
  const time = call.time
  const units = call.units
  const wide = 4 * units
  const recurrentKernel = part(call.recurrentKernel, direction, wide)
  const gates = part(call.gates, direction, wide)
  const h = part(call.h, direction, units)
  const c = part(call.c, direction, units)
  const c0 = part(second(call.initial, call.stateStride), direction, units)
  const stepRow = <usize>call.DIRECTIONS * <usize>wide * 4
  const row = <usize>time * stepRow
  const stateRow = <usize>call.DIRECTIONS * <usize>units * 4
  const ownRow = <usize>units * 4
  const state = <usize>batch * ownRow
  const weights = call.scratch
  const packed = weights + <usize>packedSizeB(wide, units) * 4
  const hidden = packed + <usize>packedSizeA(batch, units) * 4
  const cell = hidden + state
  packB(recurrentKernel, stepRow, wide, units, weights)
  product.m = batch
  product.n = wide
  product.setPacked(units)
  product.a = packed
  product.b = weights
  product.rowC = row
  product.rowBase = row
  cellStep.units = units
  cellStep.activation = call.ACTIVATION
  cellStep.gate = call.RECURRENT_ACTIVATION
  // States lie where they are kept, or else here.
  const every = <usize>time * stateRow
  const hRow = h ? every : ownRow
  const cRow = c ? every : ownRow
  if (!c0) memory.fill(cell, 0, state)
  let hBefore = part(call.initial, direction, units)
  let hBeforeRow = stateRow
  let cBefore = c0 ? c0 : cell
  let cBeforeRow = c0 ? stateRow : ownRow
  for (let s = 0; s < time; s++) {
    const t = timeOf(s, time, isReversed(call.reverse, direction))
    const z = gates + <usize>t * stepRow
    if (hBefore) {
      packRows(hBefore, hBeforeRow, batch, units, packed)
      product.c = z
      product.base = z
      multiplyPanels(product)
    }
    const hAfter = h ? h + <usize>t * stateRow : hidden
    const cAfter = c ? c + <usize>t * stateRow : cell
    for (let b: usize = 0; b < <usize>batch; b++) {
      cellStep.z = z + b * row
      cellStep.hidden = hAfter + b * hRow
      cellStep.before = cBefore + b * cBeforeRow
      cellStep.after = cAfter + b * cRow
      stepCell(cellStep)
    }
    hBefore = hAfter
    hBeforeRow = hRow
    cBefore = cAfter
    cBeforeRow = cRow
  }
  const hLast = part(call.last, direction, units)
  const cLast = part(second(call.last, call.stateStride), direction, units)
  for (let b: usize = 0; b < <usize>batch; b++) {
    if (hLast) memory.copy(hLast + b * stateRow, hBefore + b * hBeforeRow, ownRow)
    if (cLast) memory.copy(cLast + b * stateRow, cBefore + b * cBeforeRow, ownRow)
  }
}

export function lstmGradientCovers(call: LstmSequenceGradient): bool {
  return call.recurrentRate === 0 && isKnown(call.ACTIVATION) && isKnown(call.RECURRENT_ACTIVATION)
}

export function lstmGradientScratch(call: LstmSequenceGradient): i32 {
  return scratchOf(call.batch, call.units)
}

export function lstmGradient(call: LstmSequenceGradient): void {
  for (let d = 0; d < call.DIRECTIONS; d++) backward(call, d)
}

/** The gradient of h that comes from above is [B, T, U], or [B, U] where it belongs to the last time step only. */
const LAST_ONLY = 2

function backward(call: LstmSequenceGradient, direction: i32): void {
  const batch = call.batch
  const time = call.time
  const units = call.units
  const wide = 4 * units
  const reverse = isReversed(call.reverse, direction)
  const recurrentKernel = part(call.recurrentKernel, direction, wide)
  const gates = part(call.gates, direction, wide)
  const c = part(call.cells, direction, units)
  const c0 = part(second(call.initial, call.stateStride), direction, units)
  const dh = part(call.dh, direction, units)
  const dcLast = part(call.dLast, direction, units)
  const dh0 = call.keepDInitial ? part(call.dInitial, direction, units) : 0
  const dc0 = part(second(call.dInitial, call.stateStride), direction, units)
  const lastOnly = call.dhKind === LAST_ONLY
  const stepRow = <usize>call.DIRECTIONS * <usize>wide * 4
  const row = <usize>time * stepRow
  const ownRow = <usize>units * 4
  const stateRow = <usize>call.DIRECTIONS * ownRow
  const state = <usize>batch * ownRow
  const weights = call.scratch
  const packed = weights + <usize>packedSizeB(units, wide) * 4
  const below = packed + <usize>packedSizeA(batch, wide) * 4
  const cell = below + state
  packTransposedB(recurrentKernel, stepRow, units, wide, weights)
  product.m = batch
  product.n = units
  product.setPacked(wide)
  product.a = packed
  product.b = weights
  product.c = below
  product.rowC = ownRow
  product.base = 0
  product.rowBase = 0
  cellStepBack.units = units
  cellStepBack.activation = call.ACTIVATION
  cellStepBack.gate = call.RECURRENT_ACTIVATION
  memory.fill(below, 0, 2 * state)
  for (let b: usize = 0; b < <usize>batch && dcLast !== 0; b++)
    memory.copy(cell + b * ownRow, dcLast + b * stateRow, ownRow)
  for (let s = time - 1; s >= 0; s--) {
    const t = timeOf(s, time, reverse)
    const z = gates + <usize>t * stepRow
    for (let b = 0; b < batch; b++) {
      const own = <usize>b * ownRow
      const given = <usize>b * stateRow
      const at = (<usize>b * <usize>time + <usize>t) * stateRow
      const earlier = (<usize>b * <usize>time + <usize>timeOf(s - 1, time, reverse)) * stateRow
      cellStepBack.z = z + <usize>b * row
      cellStepBack.after = c + at
      cellStepBack.before = s > 0 ? c + earlier : c0 ? c0 + given : 0
      if (!dh) cellStepBack.outer = 0
      else if (!lastOnly) cellStepBack.outer = dh + at
      else cellStepBack.outer = s === time - 1 ? dh + given : 0
      cellStepBack.below = below + own
      cellStepBack.cell = cell + own
      stepCellBack(cellStepBack)
    }
    if (s === 0 && !dh0) break
    packRows(z, row, batch, wide, packed)
    multiplyPanels(product)
  }
  for (let b: usize = 0; b < <usize>batch; b++) {
    if (dh0) memory.copy(dh0 + b * stateRow, below + b * ownRow, ownRow)
    if (dc0) memory.copy(dc0 + b * stateRow, cell + b * ownRow, ownRow)
  }
}
