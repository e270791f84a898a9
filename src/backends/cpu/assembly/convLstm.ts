// The ConvLSTM recurrence whole, forward and back, and its weight gradient, as src/ops/convLstm.ts and convLstmGradient.ts
// mean them: a row is a position of a sample, its recurrent product that of the window that it sees. Gates lie
// [B, T, positions, 4U]. The scratch memory holds two states, the packed weights, and the windows of a block of positions.

import { ConvRecurrentKernelGradient, LstmTimestep, LstmTimestepGradient } from './calls.gen'
import { beginRows, cellCovers, row as cellRow } from './cell'
import { lstmCell } from './lstm'
import { packB, packedSizeA, packedSizeB, packRows, packTransposedB } from './packing'
import { multiply, multiplyPanels, PanelProduct, Product } from './product'
import { LAST_ONLY, second, timeOf } from './recurrence'
import { addBack, bytesOfWindows, geometry, layOut, rowsOfBlock, termsOfWindow } from './windows'

const product = changetype<PanelProduct>(memory.data(offsetof<PanelProduct>(), 16))
const gradientProduct = changetype<Product>(memory.data(offsetof<Product>(), 16))

/** The recurrent convolution of one time step: stride 1, 'same' padding, on states [B, H, W, U]. */
function setSpace<Call>(call: Call): void {
  geometry.batch = call.batch / call.SPACE
  geometry.height = call.HEIGHT
  geometry.width = call.WIDTH
  geometry.channels = call.units
  geometry.outHeight = call.HEIGHT
  geometry.outWidth = call.WIDTH
  geometry.filters = lstmCell.gates * call.units
  geometry.groups = 1
  geometry.kernelHeight = call.KERNEL_HEIGHT
  geometry.kernelWidth = call.KERNEL_WIDTH
  geometry.strideHeight = 1
  geometry.strideWidth = 1
  geometry.dilationHeight = 1
  geometry.dilationWidth = 1
  geometry.paddingTop = (call.KERNEL_HEIGHT - 1) >> 1
  geometry.paddingLeft = (call.KERNEL_WIDTH - 1) >> 1
}

/** Bytes for either way through time. */
function scratchOf<Call>(call: Call): i32 {
  setSpace(call)
  const units = call.units
  const wide = lstmCell.gates * units
  const terms = termsOfWindow()
  const packed = 4 * packedSizeA(rowsOfBlock(terms), max(terms, wide))
  const weights = 4 * max(packedSizeB(wide, terms), packedSizeB(terms, wide))
  return bytesOfWindows(terms) + packed + weights + 2 * 4 * call.batch * units
}

export function convLstmCovers(call: LstmTimestep): bool {
  return cellCovers(call) && !call.MASKED
}

export function convLstmScratch(call: LstmTimestep): i32 {
  return scratchOf(call)
}

export function convLstm(call: LstmTimestep): void {
  setSpace(call)
  const space = call.SPACE
  const batch = call.batch / space
  const time = call.time
  const units = call.units
  const h0 = call.initial
  const wide = lstmCell.gates * units
  const row = <usize>wide * 4
  const stateRow = <usize>units * 4
  const sample = <usize>space * stateRow
  const state = <usize>batch * sample
  const terms = termsOfWindow()
  const rows = rowsOfBlock(terms)
  const hidden = call.scratch
  const cell = hidden + state
  const weights = cell + state
  const windows = weights + <usize>packedSizeB(wide, terms) * 4
  const packed = windows + <usize>(rows * terms) * 4
  packB(call.recurrentKernel, row, wide, terms, weights)
  product.n = wide
  product.setPacked(terms)
  product.a = packed
  product.b = weights
  product.rowC = row
  product.rowBase = row
  beginRows(call)
  if (h0) {
    memory.copy(hidden, h0, state)
    memory.copy(cell, second(h0, call.stateStride), state)
  } else memory.fill(cell, 0, state)
  for (let s = 0; s < time; s++) {
    const t = timeOf(s, time, call.reverse !== 0)
    for (let b = 0; b < batch && (s > 0 || h0 !== 0); b++) {
      const z = call.gates + <usize>((b * time + t) * space) * row
      for (let n = 0; n < space; n += rows) {
        const count = min(rows, space - n)
        layOut(hidden, b * space + n, count, 0, windows)
        packRows(windows, <usize>terms * 4, count, terms, packed)
        product.m = count
        product.c = z + <usize>n * row
        product.base = product.c
        multiplyPanels(product)
      }
    }
    for (let b = 0; b < batch; b++) {
      const offset = <usize>((b * time + t) * space)
      const own = <usize>b * sample
      for (let n: usize = 0; n < <usize>space; n++) {
        const at = own + n * stateRow
        cellRow.gates = call.gates + (offset + n) * row
        cellRow.hidden = hidden + at
        cellRow.before = cell + at
        cellRow.after = cell + at
        lstmCell.forward(cellRow)
      }
      memory.copy(call.h + offset * stateRow, hidden + own, sample)
      memory.copy(call.c + offset * stateRow, cell + own, sample)
    }
  }
  if (!call.last) return
  memory.copy(call.last, hidden, state)
  memory.copy(second(call.last, call.stateStride), cell, state)
}

export function convLstmGradientCovers(call: LstmTimestepGradient): bool {
  return cellCovers(call) && !call.MASKED
}

export function convLstmGradientScratch(call: LstmTimestepGradient): i32 {
  return scratchOf(call)
}

export function convLstmGradient(call: LstmTimestepGradient): void {
  setSpace(call)
  const space = call.SPACE
  const batch = call.batch / space
  const time = call.time
  const units = call.units
  const reverse = call.reverse !== 0
  const dh = call.dh
  const lastOnly = call.dhKind === LAST_ONLY
  const wide = lstmCell.gates * units
  const row = <usize>wide * 4
  const stateRow = <usize>units * 4
  const sample = <usize>space * stateRow
  const state = <usize>batch * sample
  const terms = termsOfWindow()
  const rows = rowsOfBlock(terms)
  const below = call.scratch
  const cell = below + state
  const weights = cell + state
  const windows = weights + <usize>packedSizeB(terms, wide) * 4
  const packed = windows + <usize>(rows * terms) * 4
  packTransposedB(call.recurrentKernel, row, terms, wide, weights)
  product.n = terms
  product.setPacked(wide)
  product.a = packed
  product.b = weights
  product.c = windows
  product.rowC = <usize>terms * 4
  product.base = 0
  product.rowBase = 0
  beginRows(call)
  memory.fill(below, 0, state)
  const c0 = second(call.initial, call.stateStride)
  if (call.dLast) memory.copy(cell, call.dLast, state)
  else memory.fill(cell, 0, state)
  for (let s = time - 1; s >= 0; s--) {
    const t = timeOf(s, time, reverse)
    for (let b = 0; b < batch; b++) {
      const offset = <usize>((b * time + t) * space)
      const earlier = call.cells + <usize>((b * time + timeOf(s - 1, time, reverse)) * space) * stateRow
      const own = <usize>b * sample
      const before: usize = s > 0 ? earlier : c0 ? c0 + own : 0
      let outer: usize = 0
      if (dh) outer = lastOnly ? (s === time - 1 ? dh + own : 0) : dh + offset * stateRow
      for (let n: usize = 0; n < <usize>space; n++) {
        const at = n * stateRow
        cellRow.gates = call.gates + (offset + n) * row
        cellRow.after = call.cells + (offset + n) * stateRow
        cellRow.before = before ? before + at : 0
        cellRow.outer = outer ? outer + at : 0
        cellRow.below = below + own + at
        cellRow.carried = cell + own + at
        lstmCell.backward(cellRow)
      }
    }
    if (s === 0 && !call.storeDInitial) break
    memory.fill(below, 0, state)
    for (let b = 0; b < batch; b++) {
      const z = call.gates + <usize>((b * time + t) * space) * row
      for (let n = 0; n < space; n += rows) {
        const count = min(rows, space - n)
        packRows(z + <usize>n * row, row, count, wide, packed)
        product.m = count
        multiplyPanels(product)
        addBack(below, b * space + n, count, 0, windows)
      }
    }
  }
  if (call.storeDInitial) memory.copy(call.dInitial, below, state)
  memory.copy(second(call.dInitial, call.stateStride), cell, state)
}

export function convRecurrentKernelGradientCovers(call: ConvRecurrentKernelGradient): bool {
  return call.recurrentRate === 0
}

export function convRecurrentKernelGradientScratch(call: ConvRecurrentKernelGradient): i32 {
  setSpace(call)
  return bytesOfWindows(termsOfWindow())
}

/** dR in parts [KH·KW·U, columns], each a sum over as many rows, time step by time step. */
export function convRecurrentKernelGradient(call: ConvRecurrentKernelGradient): void {
  setSpace(call)
  const time = call.time
  const space = call.SPACE
  const h0 = call.h0
  const reverse = call.reverse !== 0
  const wide = call.columns
  const row = <usize>wide * 4
  const sample = <usize>(space * call.units) * 4
  const terms = termsOfWindow()
  const rows = rowsOfBlock(terms)
  const all = call.batch
  const total = all * time
  const perChunk = (total + call.chunks - 1) / call.chunks
  const part = <usize>terms * row
  const first = timeOf(0, time, reverse)
  gradientProduct.m = terms
  gradientProduct.n = wide
  gradientProduct.a = call.scratch
  gradientProduct.rowA = <usize>terms * 4
  gradientProduct.transposedA = true
  gradientProduct.rowB = row
  gradientProduct.transposedB = false
  gradientProduct.rowC = row
  gradientProduct.rowBase = row
  memory.fill(call.parts, 0, <usize>call.chunks * part)
  for (let n = 0; n < total; ) {
    const t = n / all
    const b = (n % all) / space
    const position = n % space
    const chunk = n / perChunk
    // As many rows as are of one sample, one time step, one chunk and one block.
    const count = min(min(space - position, (chunk + 1) * perChunk - n), rows)
    n += count
    if (t === first && !h0) continue
    const earlier = call.h + <usize>(b * time + (reverse ? t + 1 : t - 1)) * sample
    layOut(t === first ? h0 + <usize>b * sample : earlier, position, count, 0, call.scratch)
    gradientProduct.k = count
    gradientProduct.b = call.dz + <usize>((b * time + t) * space + position) * row
    gradientProduct.c = call.parts + <usize>chunk * part
    gradientProduct.base = gradientProduct.c
    multiply(gradientProduct)
  }
}
