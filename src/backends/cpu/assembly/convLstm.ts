// The ConvLSTM recurrence whole, forward and back, and its weight gradient, as src/ops/convLstm.ts and convLstmGradient.ts
// mean them: a row is a position of a sample, its recurrent product that of the window that it sees. Gates lie
// [B, T, positions, 4U]. `bindGeometry` comes before each call, with the recurrent convolution of one step.

import { addBack, convolutionScratch, layOut, rowsOfBlock, termsOfWindow } from './convolution'
import { stepCell, stepCellBack, timeOf } from './lstm'
import { packB, packedSizeA, packedSizeB, packRows, packTransposedB } from './packing'
import { multiply, multiplyPacked } from './product'

/** Bytes of scratch that either direction needs: `rows` positions of all samples, windows of `terms` floats. */
export function convLstmScratch(rows: i32, units: i32, terms: i32): i32 {
  const wide = 4 * units
  const windows = convolutionScratch(terms)
  const packed = 4 * packedSizeA(windows / 4 / terms, max(terms, wide))
  const weights = 4 * max(packedSizeB(wide, terms), packedSizeB(terms, wide))
  return windows + packed + weights + 2 * 4 * rows * units
}

export function convLstm(
  batch: i32,
  time: i32,
  space: i32,
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
  const row = <usize>wide * 4
  const stateRow = <usize>units * 4
  const sample = <usize>space * stateRow
  const state = <usize>batch * sample
  const terms = termsOfWindow()
  const rows = rowsOfBlock()
  const hidden = scratch
  const cell = hidden + state
  const weights = cell + state
  const windows = weights + <usize>packedSizeB(wide, terms) * 4
  const packed = windows + <usize>(rows * terms) * 4
  packB(recurrentKernel, row, wide, terms, weights)
  if (h0) {
    memory.copy(hidden, h0, state)
    memory.copy(cell, c0, state)
  } else memory.fill(cell, 0, state)
  for (let s = 0; s < time; s++) {
    const t = timeOf(s, time, reverse)
    for (let b = 0; b < batch && (s > 0 || h0 !== 0); b++) {
      const z = gates + <usize>((b * time + t) * space) * row
      for (let n = 0; n < space; n += rows) {
        const count = min(rows, space - n)
        layOut(hidden, b * space + n, count, 0, windows)
        packRows(windows, <usize>terms * 4, count, terms, packed)
        const to = z + <usize>n * row
        multiplyPacked(count, wide, terms, terms, packed, weights, to, row, to, row)
      }
    }
    for (let b = 0; b < batch; b++) {
      const place = <usize>((b * time + t) * space)
      const own = <usize>b * sample
      for (let n: usize = 0; n < <usize>space; n++) {
        const at = own + n * stateRow
        stepCell(units, activation, gate, gates + (place + n) * row, hidden + at, cell + at, cell + at)
      }
      memory.copy(h + place * stateRow, hidden + own, sample)
      memory.copy(c + place * stateRow, cell + own, sample)
    }
  }
  if (hLast) memory.copy(hLast, hidden, state)
  if (cLast) memory.copy(cLast, cell, state)
}

/** `dh` is [B, T, positions, U], or [B, positions, U] where it belongs to the last step only. */
export function convLstmGradient(
  batch: i32,
  time: i32,
  space: i32,
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
  const row = <usize>wide * 4
  const stateRow = <usize>units * 4
  const sample = <usize>space * stateRow
  const state = <usize>batch * sample
  const terms = termsOfWindow()
  const rows = rowsOfBlock()
  const below = scratch
  const cell = below + state
  const weights = cell + state
  const windows = weights + <usize>packedSizeB(terms, wide) * 4
  const packed = windows + <usize>(rows * terms) * 4
  packTransposedB(recurrentKernel, row, terms, wide, weights)
  memory.fill(below, 0, state)
  if (dcLast) memory.copy(cell, dcLast, state)
  else memory.fill(cell, 0, state)
  for (let s = time - 1; s >= 0; s--) {
    const t = timeOf(s, time, reverse)
    for (let b = 0; b < batch; b++) {
      const place = <usize>((b * time + t) * space)
      const earlier = c + <usize>((b * time + timeOf(s - 1, time, reverse)) * space) * stateRow
      const own = <usize>b * sample
      const before: usize = s > 0 ? earlier : c0 ? c0 + own : 0
      let outer: usize = 0
      if (dh) outer = lastOnly ? (s === time - 1 ? dh + own : 0) : dh + place * stateRow
      for (let n: usize = 0; n < <usize>space; n++) {
        const at = n * stateRow
        stepCellBack(
          units,
          activation,
          gate,
          gates + (place + n) * row,
          c + (place + n) * stateRow,
          before ? before + at : 0,
          outer ? outer + at : 0,
          below + own + at,
          cell + own + at,
        )
      }
    }
    if (s === 0 && !dh0) break
    memory.fill(below, 0, state)
    for (let b = 0; b < batch; b++) {
      const z = gates + <usize>((b * time + t) * space) * row
      for (let n = 0; n < space; n += rows) {
        const count = min(rows, space - n)
        packRows(z + <usize>n * row, row, count, wide, packed)
        multiplyPacked(count, terms, wide, wide, packed, weights, windows, <usize>terms * 4, 0, 0)
        addBack(below, b * space + n, count, 0, windows)
      }
    }
  }
  if (dh0) memory.copy(dh0, below, state)
  memory.copy(dc0, cell, state)
}

/** dR in `chunks` parts [KH·KW·U, 4U], each a sum over as many rows, time step by time step. */
export function convRecurrentKernelGradient(
  batch: i32,
  time: i32,
  space: i32,
  units: i32,
  reverse: bool,
  h: usize,
  h0: usize,
  dz: usize,
  parts: usize,
  chunks: i32,
  scratch: usize,
): void {
  const wide = 4 * units
  const row = <usize>wide * 4
  const sample = <usize>(space * units) * 4
  const terms = termsOfWindow()
  const rows = rowsOfBlock()
  const all = batch * space
  const total = all * time
  const perChunk = (total + chunks - 1) / chunks
  const part = <usize>terms * row
  const first = timeOf(0, time, reverse)
  memory.fill(parts, 0, <usize>chunks * part)
  for (let n = 0; n < total; ) {
    const t = n / all
    const b = (n % all) / space
    const position = n % space
    const chunk = n / perChunk
    // As many rows as are of one sample, one step, one chunk and one block.
    const count = min(min(space - position, (chunk + 1) * perChunk - n), rows)
    n += count
    if (t === first && !h0) continue
    const earlier = h + <usize>(b * time + (reverse ? t + 1 : t - 1)) * sample
    layOut(t === first ? h0 + <usize>b * sample : earlier, position, count, 0, scratch)
    const right = dz + <usize>((b * time + t) * space + position) * row
    const to = parts + <usize>chunk * part
    multiply(terms, wide, count, scratch, <usize>terms * 4, true, right, row, false, to, row, to, row)
  }
}
