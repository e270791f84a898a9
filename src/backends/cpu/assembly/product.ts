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
const EDGE_ROW: usize = <usize>COLUMNS * 4

/** C [m, n] = base + op(A)·op(B), as `multiply` is told it. Rows are so many bytes apart. */
@unmanaged
export class Product {
  m: i32
  n: i32
  k: i32
  a: usize
  rowA: usize
  /** Whether A is stored [k, m]. */
  transposedA: bool
  b: usize
  rowB: usize
  /** Whether B is stored [n, k]. */
  transposedB: bool
  c: usize
  rowC: usize
  /** C itself, one row for all (rows 0 bytes apart), or none (0). */
  base: usize
  rowBase: usize
}

/** C [m, n] = base + A·B of operands in panels (packing.ts), as `multiplyPanels` is told it. */
@unmanaged
export class PanelProduct {
  m: i32
  n: i32
  k: i32
  a: usize
  b: usize
  /** Terms that the panels of A have; the product takes the first k. */
  stride: i32
  /** Bytes from one panel of B to the next, and from one term to the next inside a panel. */
  panelB: usize
  rowB: usize
  c: usize
  rowC: usize
  /** C itself, one row for all (rows 0 bytes apart), or none (0). */
  base: usize
  rowBase: usize

  /** Says that `stride` terms of both operands are packed, and that all of them are taken. */
  setPacked(stride: i32): void {
    this.k = stride
    this.stride = stride
    this.panelB = <usize>stride * PANEL_ROW
    this.rowB = PANEL_ROW
  }
}

/** What tiles of one product have in common: how many terms they sum, from panels of A of `stride` terms, and where C lies. */
@unmanaged
class Tiles {
  k: i32
  stride: i32
  rowB: usize
  c: usize
  rowC: usize
  /** 0 is none. */
  base: usize
  rowBase: usize
}

const whole = changetype<Tiles>(memory.data(offsetof<Tiles>(), 16))
const partial = changetype<Tiles>(memory.data(offsetof<Tiles>(), 16))
const block = changetype<PanelProduct>(memory.data(offsetof<PanelProduct>(), 16))

/** Computes `count` tiles one below the other, the first `at` bytes into C, from panels of A and one of B. */
function multiplyTiles(tiles: Tiles, count: i32, a: usize, b: usize, at: usize): void {
  const zero = f32x4.splat(0.0)
  const rowB = tiles.rowB
  const row = tiles.rowC
  const baseRow = tiles.rowBase
  const skip = <usize>(tiles.stride - tiles.k) * 16
  const back = <usize>tiles.k * rowB
  let c = tiles.c + at
  let base = tiles.base ? tiles.base + at : 0
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

/**
 * A tile at the edge of C, its first element `i` rows and `j` columns in. It rounds as a whole one does, wherever an edge
 * falls.
 */
function multiplyEdge(product: PanelProduct, a: usize, b: usize, i: i32, j: i32): void {
  const rows = min(product.m - i, ROWS)
  const inside = <usize>min(product.n - j, COLUMNS) * 4
  const at = <usize>j * 4
  partial.k = whole.k
  partial.stride = whole.stride
  partial.rowB = whole.rowB
  if (whole.base) {
    const base = whole.base + <usize>i * whole.rowBase + at
    for (let n = 0; n < rows; n++)
      memory.copy(edge + <usize>n * EDGE_ROW, base + <usize>n * whole.rowBase, inside)
  }
  partial.c = edge
  partial.rowC = EDGE_ROW
  partial.base = whole.base ? edge : 0
  partial.rowBase = EDGE_ROW
  multiplyTiles(partial, 1, a, b, 0)
  const c = whole.c + <usize>i * whole.rowC + at
  for (let n = 0; n < rows; n++) memory.copy(c + <usize>n * whole.rowC, edge + <usize>n * EDGE_ROW, inside)
}

export function multiplyPanels(product: PanelProduct): void {
  const m = product.m
  const n = product.n
  const stride = product.stride
  whole.stride = stride
  whole.rowB = product.rowB
  whole.c = product.c
  whole.rowC = product.rowC
  whole.base = product.base
  whole.rowBase = product.rowBase
  for (let l = 0; l < product.k; l += DEPTH) {
    whole.k = min(DEPTH, product.k - l)
    if (l > 0) {
      whole.base = product.c
      whole.rowBase = product.rowC
    }
    const panelA = product.a + <usize>l * 16
    let panelB = product.b + <usize>l * product.rowB
    for (let j = 0; j < n; j += COLUMNS, panelB += product.panelB) {
      const tiles = n - j < COLUMNS ? 0 : m / ROWS
      multiplyTiles(whole, tiles, panelA, panelB, <usize>j * 4)
      for (let i = tiles * ROWS; i < m; i += ROWS)
        multiplyEdge(product, panelA + <usize>i * <usize>stride * 4, panelB, i, j)
    }
  }
}

export function multiply(product: Product): void {
  const a = product.a
  const b = product.b
  const rowA = product.rowA
  const rowB = product.rowB
  const m = product.m
  const isStored = !product.transposedB && m <= (rowB > LONG_ROW ? UNPACKED_ROWS_IF_LONG : UNPACKED_ROWS)
  let base = product.base
  block.rowC = product.rowC
  block.rowBase = product.rowBase
  for (let l = 0; l < product.k; l += DEPTH) {
    const terms = min(DEPTH, product.k - l)
    if (l > 0) {
      base = product.c
      block.rowBase = product.rowC
    }
    block.setPacked(terms)
    for (let j = 0; j < product.n; j += BLOCK_COLUMNS) {
      const columns = min(BLOCK_COLUMNS, product.n - j)
      const stored = b + <usize>l * rowB + <usize>j * 4
      block.n = columns
      block.b = packedB
      if (product.transposedB)
        packTransposedB(b + <usize>j * rowB + <usize>l * 4, rowB, columns, terms, packedB)
      else if (!isStored) packB(stored, rowB, columns, terms, packedB)
      else {
        block.b = stored
        block.panelB = PANEL_ROW
        block.rowB = rowB
      }
      block.a = packedA
      for (let i = 0; i < m; i += BLOCK_ROWS) {
        const rows = min(BLOCK_ROWS, m - i)
        if (product.transposedA) {
          for (let t = 0; t < terms; t++)
            packColumn(a + <usize>(l + t) * rowA + <usize>i * 4, rows, terms, t, packedA)
        } else packRows(a + <usize>i * rowA + <usize>l * 4, rowA, rows, terms, packedA)
        block.m = rows
        block.c = product.c + <usize>i * product.rowC + <usize>j * 4
        block.base = base ? base + <usize>i * block.rowBase + <usize>j * 4 : 0
        multiplyPanels(block)
      }
    }
  }
}
