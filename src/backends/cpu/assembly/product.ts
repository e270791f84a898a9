// Matrix products by register tiles: C [m, n] = base [m, n] + A [m, k]·B [k, n].
//
// A tile is four rows by eight columns, in eight vectors. Its operands come packed (packing.ts), B also as it is stored.

import { COLUMNS, packB, packColumn, packRows, packTransposedB, ROWS } from './packing'
import { multiplyAdd } from './vector'

/** Bytes of a term in a panel of B. */
const PANEL_ROW: usize = 32
/**
 * Terms of a sum between two visits to C: a panel of each operand then stays in the first cache. Not a power of two, so that
 * the panels a row is packed into do not all begin in the same few lines of that cache.
 */
export const DEPTH = 240
/** Rows and columns that are packed at once. */
const BLOCK_ROWS = 128
const BLOCK_COLUMNS = 512
/**
 * Rows of C up to which B is read as it is stored: they do not pay for packing it. Rows of B that are long meet in few lines
 * of the first cache, so that more than a few passes over them do pay.
 */
const UNPACKED_ROWS = BLOCK_ROWS
const UNPACKED_ROWS_IF_LONG = 32
const LONG_ROW: usize = 2048

const packedA = memory.data(BLOCK_ROWS * DEPTH * 4, 16)
const packedB = memory.data(BLOCK_COLUMNS * DEPTH * 4, 16)
const edge = memory.data(ROWS * COLUMNS * 4, 16)

/**
 * Tiles one below the other, `count` of them: C = base + the products of panels of A, `stride` terms apart, and one of B, whose
 * terms are `rowB` bytes apart. A base of 0 is none.
 */
function multiplyTiles(
  count: i32,
  k: i32,
  stride: i32,
  a: usize,
  b: usize,
  rowB: usize,
  c: usize,
  row: usize,
  base: usize,
  baseRow: usize,
): void {
  const zero = f32x4.splat(0.0)
  const skip = <usize>(stride - k) * 16
  const back = <usize>k * rowB
  for (; count > 0; count--) {
    let s00 = zero
    let s01 = zero
    let s10 = zero
    let s11 = zero
    let s20 = zero
    let s21 = zero
    let s30 = zero
    let s31 = zero
    if (base) {
      s00 = v128.load(base)
      s01 = v128.load(base, 16)
      base += baseRow
      s10 = v128.load(base)
      s11 = v128.load(base, 16)
      base += baseRow
      s20 = v128.load(base)
      s21 = v128.load(base, 16)
      base += baseRow
      s30 = v128.load(base)
      s31 = v128.load(base, 16)
      base += baseRow
    }
    // One term a turn: unrolled, engines load further ahead than there are registers.
    const end = b + back
    while (b < end) {
      const b0 = v128.load(b)
      const b1 = v128.load(b, 16)
      let p = v128.load32_splat(a)
      s00 = multiplyAdd(p, b0, s00)
      s01 = multiplyAdd(p, b1, s01)
      p = v128.load32_splat(a, 4)
      s10 = multiplyAdd(p, b0, s10)
      s11 = multiplyAdd(p, b1, s11)
      p = v128.load32_splat(a, 8)
      s20 = multiplyAdd(p, b0, s20)
      s21 = multiplyAdd(p, b1, s21)
      p = v128.load32_splat(a, 12)
      s30 = multiplyAdd(p, b0, s30)
      s31 = multiplyAdd(p, b1, s31)
      a += 16
      b += rowB
    }
    a += skip
    b -= back
    v128.store(c, s00)
    v128.store(c, s01, 16)
    c += row
    v128.store(c, s10)
    v128.store(c, s11, 16)
    c += row
    v128.store(c, s20)
    v128.store(c, s21, 16)
    c += row
    v128.store(c, s30)
    v128.store(c, s31, 16)
    c += row
  }
}

/** A tile at the edge: of `rows` and `columns` that exist. It rounds as a whole one does, wherever an edge falls. */
function multiplyEdge(
  k: i32,
  a: usize,
  b: usize,
  rowB: usize,
  c: usize,
  row: usize,
  base: usize,
  baseRow: usize,
  rows: i32,
  columns: i32,
): void {
  const inside = <usize>columns * 4
  const edgeRow = <usize>COLUMNS * 4
  if (base) {
    for (let i = 0; i < rows; i++) memory.copy(edge + <usize>i * edgeRow, base + <usize>i * baseRow, inside)
  }
  multiplyTiles(1, k, k, a, b, rowB, edge, edgeRow, base ? edge : 0, edgeRow)
  for (let i = 0; i < rows; i++) memory.copy(c + <usize>i * row, edge + <usize>i * edgeRow, inside)
}

/**
 * C [m, n] = base + the product of packed operands with panels of `stride` terms, of which `k` are taken. Rows of C and of
 * the base are `row` and `baseRow` bytes apart; the base is C itself, one row for all (0 bytes apart), or none (0).
 */
export function multiplyPacked(
  m: i32,
  n: i32,
  k: i32,
  stride: i32,
  a: usize,
  b: usize,
  c: usize,
  row: usize,
  base: usize,
  baseRow: usize,
): void {
  multiplyPanels(m, n, k, stride, a, b, <usize>stride * PANEL_ROW, PANEL_ROW, c, row, base, baseRow)
}

/** The same with a B whose panels and their terms are `panel` and `rowB` bytes apart: its rows as they are stored, say. */
function multiplyPanels(
  m: i32,
  n: i32,
  k: i32,
  stride: i32,
  a: usize,
  b: usize,
  panel: usize,
  rowB: usize,
  c: usize,
  row: usize,
  base: usize,
  baseRow: usize,
): void {
  for (let l = 0; l < k; l += DEPTH) {
    const terms = min(DEPTH, k - l)
    if (l > 0) {
      base = c
      baseRow = row
    }
    let panelB = b + <usize>l * rowB
    for (let j = 0; j < n; j += COLUMNS, panelB += panel) {
      const columns = min(n - j, COLUMNS)
      const panelA = a + <usize>l * 16
      const to = c + <usize>j * 4
      const from_ = base ? base + <usize>j * 4 : 0
      const whole = columns < COLUMNS ? 0 : m / ROWS
      multiplyTiles(whole, terms, stride, panelA, panelB, rowB, to, row, from_, baseRow)
      for (let i = whole * ROWS; i < m; i += ROWS) {
        multiplyEdge(
          terms,
          panelA + <usize>i * <usize>stride * 4,
          panelB,
          rowB,
          to + <usize>i * row,
          row,
          from_ ? from_ + <usize>i * baseRow : 0,
          baseRow,
          min(m - i, ROWS),
          columns,
        )
      }
    }
  }
}

/**
 * C [m, n] = base + op(A)·op(B). `rowA` and `rowB` are the bytes between stored rows; transposed operands are stored [k, m]
 * and [n, k]. The base is as in `multiplyPacked`.
 */
export function multiply(
  m: i32,
  n: i32,
  k: i32,
  a: usize,
  rowA: usize,
  transposedA: bool,
  b: usize,
  rowB: usize,
  transposedB: bool,
  c: usize,
  row: usize,
  base: usize,
  baseRow: usize,
): void {
  for (let l = 0; l < k; l += DEPTH) {
    const terms = min(DEPTH, k - l)
    if (l > 0) {
      base = c
      baseRow = row
    }
    for (let j = 0; j < n; j += BLOCK_COLUMNS) {
      const columns = min(BLOCK_COLUMNS, n - j)
      const stored = b + <usize>l * rowB + <usize>j * 4
      const isStored = !transposedB && m <= (rowB > LONG_ROW ? UNPACKED_ROWS_IF_LONG : UNPACKED_ROWS)
      if (transposedB) packTransposedB(b + <usize>j * rowB + <usize>l * 4, rowB, columns, terms, packedB)
      else if (!isStored) packB(stored, rowB, columns, terms, packedB)
      for (let i = 0; i < m; i += BLOCK_ROWS) {
        const rows = min(BLOCK_ROWS, m - i)
        if (transposedA) {
          for (let t = 0; t < terms; t++) {
            packColumn(a + <usize>(l + t) * rowA + <usize>i * 4, rows, terms, t, packedA)
          }
        } else packRows(a + <usize>i * rowA + <usize>l * 4, rowA, rows, terms, packedA)
        const to = c + <usize>i * row + <usize>j * 4
        const from_ = base ? base + <usize>i * baseRow + <usize>j * 4 : 0
        if (isStored) {
          multiplyPanels(
            rows,
            columns,
            terms,
            terms,
            packedA,
            stored,
            PANEL_ROW,
            rowB,
            to,
            row,
            from_,
            baseRow,
          )
        } else multiplyPacked(rows, columns, terms, terms, packedA, packedB, to, row, from_, baseRow)
      }
    }
  }
}
