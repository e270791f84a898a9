// The product h·R of all rows at one time step, and the gradient of h that goes back through it. R is a matrix, or the kernel of a
// convolution with strides of 1 and 'same' padding where samples have positions: there a row's product is that of the window which
// its position sees, and windows are laid out a block of positions at a time. Which of the two it is a call's class says, so
// that the compiler makes a recurrence of each.

import { Cell } from './cell'
import { packB, packedSizeA, packedSizeB, packRows, packTransposedB } from './packing'
import { multiplyPanels, PanelProduct } from './product'
import { addBack, bytesOfWindows, geometry, layOut, rowsOfBlock, termsOfWindow } from './windows'

const product = changetype<PanelProduct>(memory.data(offsetof<PanelProduct>(), 16))

/** What is the same at every time step of the recurrence under way. */
@unmanaged
class Extents {
  /** Terms of a row's sum, forward. */
  terms: i32
  /** Columns of the gates. */
  wide: i32
  /** Bytes from a row of the gates to the next. */
  gatesRow: usize
  /** Whether products are added to what is there. */
  isAdded: bool
  windows: usize
}

const extents = changetype<Extents>(memory.data(offsetof<Extents>(), 16))

/** Positions of a sample. */
export function spaceOf<Call>(call: Call): i32 {
  return isDefined(call.KERNEL_HEIGHT) ? call.SPACE : 1
}

/** Makes a recurrent convolution on states [B, H, W, U] the one under way. */
export function setSpace<Call>(call: Call, filters: i32): void {
  geometry.batch = call.batch / call.SPACE
  geometry.rows = call.SPACE / call.WIDTH
  geometry.width = call.WIDTH
  geometry.channels = call.units
  geometry.outRows = geometry.rows
  geometry.outWidth = call.WIDTH
  geometry.filters = filters
  geometry.groups = 1
  geometry.kernelRows = call.KERNEL_ROWS
  geometry.kernelWidth = call.KERNEL_WIDTH
  geometry.strideHeight = 1
  geometry.strideWidth = 1
  geometry.dilationHeight = 1
  geometry.dilationWidth = 1
  geometry.paddingTop = (call.KERNEL_HEIGHT - 1) >> 1
  geometry.paddingLeft = (call.KERNEL_WIDTH - 1) >> 1
  geometry.isVolume = geometry.rows * call.KERNEL_ROWS > call.HEIGHT * call.KERNEL_HEIGHT
  geometry.height = call.HEIGHT
  geometry.outHeight = call.HEIGHT
  geometry.kernelHeight = call.KERNEL_HEIGHT
  geometry.strideDepth = 1
  geometry.dilationDepth = 1
  geometry.paddingFront = (call.KERNEL_ROWS / call.KERNEL_HEIGHT - 1) >> 1
}

/** Terms of a row's sum, forward. */
function termsOf<Call>(call: Call, cell: Cell): i32 {
  if (isDefined(call.KERNEL_HEIGHT)) {
    setSpace(call, cell.gates * call.units)
    return termsOfWindow()
  } else return call.units
}

/** Rows that are packed at once. */
function rowsAtOnce<Call>(call: Call, terms: i32): i32 {
  return isDefined(call.KERNEL_HEIGHT) ? rowsOfBlock(terms) : call.batch
}

/** Bytes that either way through time works in: packed weights, packed rows, windows. */
export function productScratch<Call>(call: Call, cell: Cell): i32 {
  const wide = cell.gates * call.units
  const terms = termsOf(call, cell)
  const weights = max(packedSizeB(wide, terms), packedSizeB(terms, wide))
  const packed = packedSizeA(rowsAtOnce(call, terms), max(terms, wide))
  return 4 * (weights + packed) + (isDefined(call.KERNEL_HEIGHT) ? bytesOfWindows(terms) : 0)
}

/** Takes the columns and the sums of packed operands, and says where these lie. */
function begin<Call>(call: Call, cell: Cell, gatesRow: usize): void {
  const wide = cell.gates * call.units
  const terms = termsOf(call, cell)
  extents.terms = terms
  extents.wide = wide
  extents.gatesRow = gatesRow
  extents.isAdded = !cell.keepsProduct
  product.b = call.scratch
  product.a = call.scratch + <usize>max(packedSizeB(wide, terms), packedSizeB(terms, wide)) * 4
  extents.windows = product.a + <usize>packedSizeA(rowsAtOnce(call, terms), max(terms, wide)) * 4
}

/** @param gatesRow Bytes from a row of R, or of the gates, to the next. */
export function beginForward<Call>(call: Call, cell: Cell, recurrentKernel: usize, gatesRow: usize): void {
  begin(call, cell, gatesRow)
  packB(recurrentKernel, gatesRow, extents.wide, extents.terms, product.b)
  product.n = extents.wide
  product.setPacked(extents.terms)
}

/**
 * Computes h·R of all rows, and adds it to the gates unless the cell keeps it.
 *
 * @param hSample Bytes from a sample of h to the next, `sampleTo` of what is written.
 */
export function multiplyForward<Call>(
  call: Call,
  h: usize,
  hSample: usize,
  to: usize,
  sampleTo: usize,
): void {
  if (isDefined(call.KERNEL_HEIGHT)) {
    const space = call.SPACE
    const terms = extents.terms
    const rows = rowsOfBlock(terms)
    product.rowC = extents.gatesRow
    product.rowBase = extents.gatesRow
    for (let b = 0; b < call.batch / space; b++) {
      for (let n = 0; n < space; n += rows) {
        const count = min(rows, space - n)
        layOut(h + <usize>b * hSample, n, count, 0, extents.windows)
        packRows(extents.windows, <usize>terms * 4, count, terms, product.a)
        multiplyRows(count, to + <usize>b * sampleTo + <usize>n * extents.gatesRow)
      }
    }
  } else {
    product.rowC = sampleTo
    product.rowBase = sampleTo
    packRows(h, hSample, call.batch, extents.terms, product.a)
    multiplyRows(call.batch, to)
  }
}

function multiplyRows(count: i32, to: usize): void {
  product.m = count
  product.c = to
  product.base = extents.isAdded ? to : 0
  multiplyPanels(product)
}

/** Whether the gradient of h that goes back through R is added to what lies there. */
export function addsBelow<Call>(call: Call): bool {
  return isDefined(call.KERNEL_HEIGHT) || call.MASKED !== 0
}

/** @param gatesRow Bytes from a row of R, or of the gates, to the next. */
export function beginBackward<Call>(call: Call, cell: Cell, recurrentKernel: usize, gatesRow: usize): void {
  begin(call, cell, gatesRow)
  packTransposedB(recurrentKernel, gatesRow, extents.terms, extents.wide, product.b)
  product.n = extents.terms
  product.setPacked(extents.wide)
}

/**
 * Computes the gradient of h that goes back through R, of rows side by side.
 *
 * @param dz The gradients of the gates, `dzSample` bytes from a sample to the next.
 */
export function multiplyBackward<Call>(call: Call, dz: usize, dzSample: usize, below: usize): void {
  if (isDefined(call.KERNEL_HEIGHT)) {
    const space = call.SPACE
    const rows = rowsOfBlock(extents.terms)
    product.c = extents.windows
    product.rowC = <usize>extents.terms * 4
    product.base = 0
    product.rowBase = 0
    for (let b = 0; b < call.batch / space; b++) {
      for (let n = 0; n < space; n += rows) {
        const count = min(rows, space - n)
        const from_ = dz + <usize>b * dzSample + <usize>n * extents.gatesRow
        packRows(from_, extents.gatesRow, count, extents.wide, product.a)
        product.m = count
        multiplyPanels(product)
        addBack(below + <usize>(b * space * call.units) * 4, n, count, 0, extents.windows)
      }
    }
  } else {
    packRows(dz, dzSample, call.batch, extents.wide, product.a)
    product.m = call.batch
    product.c = below
    product.rowC = <usize>extents.terms * 4
    product.base = call.MASKED ? below : 0
    product.rowBase = call.MASKED ? product.rowC : 0
    multiplyPanels(product)
  }
}
