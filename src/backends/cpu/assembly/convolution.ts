// Convolution, forward and both gradients, as src/ops/convolution.ts means them: products over blocks of output positions,
// whose windows are laid out as rows [positions, KH·KW·C / groups] first. `bindGeometry` comes before each call.

import { activateAll } from './activation'
import { columnSums } from './matmul'
import { multiply } from './product'
import { multiplyAdd, storeFirst } from './vector'

let batch: i32
let height: i32
let width: i32
let channels: i32
let outHeight: i32
let outWidth: i32
let filters: i32
let groups: i32
let kernelHeight: i32
let kernelWidth: i32
let strideHeight: i32
let strideWidth: i32
let dilationHeight: i32
let dilationWidth: i32
let paddingTop: i32
let paddingLeft: i32

/** The extents of the convolution that the next call computes. */
export function bindGeometry(
  batch_: i32,
  height_: i32,
  width_: i32,
  channels_: i32,
  outHeight_: i32,
  outWidth_: i32,
  filters_: i32,
  groups_: i32,
  kernelHeight_: i32,
  kernelWidth_: i32,
  strideHeight_: i32,
  strideWidth_: i32,
  dilationHeight_: i32,
  dilationWidth_: i32,
  paddingTop_: i32,
  paddingLeft_: i32,
): void {
  batch = batch_
  height = height_
  width = width_
  channels = channels_
  outHeight = outHeight_
  outWidth = outWidth_
  filters = filters_
  groups = groups_
  kernelHeight = kernelHeight_
  kernelWidth = kernelWidth_
  strideHeight = strideHeight_
  strideWidth = strideWidth_
  dilationHeight = dilationHeight_
  dilationWidth = dilationWidth_
  paddingTop = paddingTop_
  paddingLeft = paddingLeft_
}

/** Floats of the windows that are laid out at once, and the fewest positions of a block. */
const BLOCK = 65536
const LEAST_ROWS = 16

/** Bytes of scratch for windows of `terms` floats. */
export function convolutionScratch(terms: i32): i32 {
  return max(BLOCK, LEAST_ROWS * terms) * 4
}

export function termsOfWindow(): i32 {
  return (kernelHeight * kernelWidth * channels) / groups
}

export function rowsOfBlock(): i32 {
  return max(LEAST_ROWS, BLOCK / termsOfWindow())
}

function isDepthwise(): bool {
  return groups > 1 && groups === channels && groups === filters
}

/** The address that entry (i, j) of the window of an output position reads in x, or 0 in the padding. */
function windowEntry(x: usize, position: i32, i: i32, j: i32): usize {
  const q = position % outWidth
  const rest = position / outWidth
  const p = rest % outHeight
  const row = p * strideHeight + i * dilationHeight - paddingTop
  const column = q * strideWidth + j * dilationWidth - paddingLeft
  if (row < 0 || row >= height || column < 0 || column >= width) return 0
  return x + <usize>(((rest / outHeight) * height + row) * width + column) * <usize>channels * 4
}

/** Lays out the windows of `count` positions from `first` on, the part of one group. */
export function layOut(x: usize, first: i32, count: i32, group: i32, to: usize): void {
  const bytes = <usize>(channels / groups) * 4
  const offset = <usize>group * bytes
  for (let n = first; n < first + count; n++) {
    for (let i = 0; i < kernelHeight; i++) {
      for (let j = 0; j < kernelWidth; j++, to += bytes) {
        const at = windowEntry(x, n, i, j)
        if (at) memory.copy(to, at + offset, bytes)
        else memory.fill(to, 0, bytes)
      }
    }
  }
}

/** Adds what `layOut` would have read back to where it comes from. */
export function addBack(dx: usize, first: i32, count: i32, group: i32, from_: usize): void {
  const size = channels / groups
  const offset = <usize>(group * size) * 4
  for (let n = first; n < first + count; n++) {
    for (let i = 0; i < kernelHeight; i++) {
      for (let j = 0; j < kernelWidth; j++, from_ += <usize>size * 4) {
        const at = windowEntry(dx, n, i, j)
        if (!at) continue
        for (let c = 0; c < size; c += 4) {
          const to = at + offset + <usize>c * 4
          storeFirst(to, f32x4.add(v128.load(to), v128.load(from_ + <usize>c * 4)), size - c)
        }
      }
    }
  }
}

const FORWARD = 0
const INPUT_GRADIENT = 1
const KERNEL_GRADIENT = 2

/** Every channel with a filter of its own: sums of products along the channels. */
function depthwise(kind: i32, x: usize, weights: usize, y: usize, first: i32, end: i32): void {
  const row = <usize>channels * 4
  for (let n = first; n < end; n++) {
    const output = y + <usize>n * row
    for (let i = 0; i < kernelHeight; i++) {
      for (let j = 0; j < kernelWidth; j++) {
        const input = windowEntry(x, n, i, j)
        if (!input) continue
        const weight = weights + <usize>(i * kernelWidth + j) * row
        const to = kind === FORWARD ? output : kind === INPUT_GRADIENT ? input : weight
        const a = kind === INPUT_GRADIENT ? output : input
        const b = kind === KERNEL_GRADIENT ? output : weight
        for (let c = 0; c < channels; c += 4) {
          const at = <usize>c * 4
          storeFirst(
            to + at,
            multiplyAdd(v128.load(a + at), v128.load(b + at), v128.load(to + at)),
            channels - c,
          )
        }
      }
    }
  }
}

export function convolution(
  x: usize,
  weights: usize,
  bias: usize,
  y: usize,
  activation: i32,
  scratch: usize,
): void {
  const positions = batch * outHeight * outWidth
  const row = <usize>filters * 4
  if (isDepthwise()) {
    if (bias) for (let n = 0; n < positions; n++) memory.copy(y + <usize>n * row, bias, row)
    else memory.fill(y, 0, <usize>positions * row)
    depthwise(FORWARD, x, weights, y, 0, positions)
  } else {
    const terms = termsOfWindow()
    const perGroup = filters / groups
    const rows = rowsOfBlock()
    for (let n = 0; n < positions; n += rows) {
      const count = min(rows, positions - n)
      for (let group = 0; group < groups; group++) {
        const offset = <usize>(group * perGroup) * 4
        layOut(x, n, count, group, scratch)
        const to = y + <usize>n * row + offset
        multiply(
          count,
          perGroup,
          terms,
          scratch,
          <usize>terms * 4,
          false,
          weights + offset,
          row,
          false,
          to,
          row,
          bias ? bias + offset : 0,
          0,
        )
      }
    }
  }
  if (activation) activateAll(activation, y, positions * filters)
}

export function convolutionInputGradient(dy: usize, weights: usize, dx: usize, scratch: usize): void {
  const positions = batch * outHeight * outWidth
  const row = <usize>filters * 4
  memory.fill(dx, 0, <usize>(batch * height * width) * <usize>channels * 4)
  if (isDepthwise()) {
    depthwise(INPUT_GRADIENT, dx, weights, dy, 0, positions)
    return
  }
  const terms = termsOfWindow()
  const perGroup = filters / groups
  const rows = rowsOfBlock()
  for (let n = 0; n < positions; n += rows) {
    const count = min(rows, positions - n)
    for (let group = 0; group < groups; group++) {
      const offset = <usize>(group * perGroup) * 4
      const from_ = dy + <usize>n * row + offset
      const wide = <usize>terms * 4
      multiply(count, terms, perGroup, from_, row, false, weights + offset, row, true, scratch, wide, 0, 0)
      addBack(dx, n, count, group, scratch)
    }
  }
}

/** The gradients of kernel and bias (0: not asked for), in `chunks` parts. */
export function convolutionKernelGradient(
  x: usize,
  dy: usize,
  kernelParts: usize,
  biasParts: usize,
  chunks: i32,
  scratch: usize,
): void {
  const positions = batch * outHeight * outWidth
  const perChunk = (positions + chunks - 1) / chunks
  const row = <usize>filters * 4
  const terms = termsOfWindow()
  const part = <usize>terms * row
  const perGroup = filters / groups
  const rows = rowsOfBlock()
  memory.fill(kernelParts, 0, <usize>chunks * part)
  for (let chunk = 0; chunk < chunks; chunk++) {
    const to = kernelParts + <usize>chunk * part
    const start = min(positions, chunk * perChunk)
    const end = min(positions, start + perChunk)
    if (biasParts) columnSums(end - start, filters, dy + <usize>start * row, biasParts + <usize>chunk * row)
    if (isDepthwise()) {
      depthwise(KERNEL_GRADIENT, x, to, dy, start, end)
      continue
    }
    for (let n = start; n < end; n += rows) {
      const count = min(rows, end - n)
      for (let group = 0; group < groups; group++) {
        const offset = <usize>(group * perGroup) * 4
        const right = dy + <usize>n * row + offset
        layOut(x, n, count, group, scratch)
        multiply(
          terms,
          perGroup,
          count,
          scratch,
          <usize>terms * 4,
          true,
          right,
          row,
          false,
          to + offset,
          row,
          to + offset,
          row,
        )
      }
    }
  }
}
