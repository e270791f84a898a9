// Windows of convolutions, which products read as rows [positions, KH·KW·C / groups].

import { storeFirst } from './vector'

/** The extents of a convolution, as its kernels' scalars name them. */
@unmanaged
class Geometry {
  batch: i32
  rows: i32
  width: i32
  channels: i32
  outRows: i32
  outWidth: i32
  filters: i32
  groups: i32
  kernelRows: i32
  kernelWidth: i32
  strideHeight: i32
  strideWidth: i32
  dilationHeight: i32
  dilationWidth: i32
  paddingTop: i32
  paddingLeft: i32
  isVolume: bool
  /** Of volumes. */
  height: i32
  outHeight: i32
  kernelHeight: i32
  strideDepth: i32
  dilationDepth: i32
  paddingFront: i32
}

/** That of the convolution under way. */
export const geometry = changetype<Geometry>(memory.data(offsetof<Geometry>(), 16))

/** Sets it to the extents that a call names. */
export function setGeometry<Call>(call: Call): void {
  geometry.batch = call.batch
  geometry.rows = call.rows
  geometry.width = call.width
  geometry.channels = call.channels
  geometry.outRows = call.outRows
  geometry.outWidth = call.outWidth
  geometry.filters = call.filters
  geometry.groups = call.groups
  geometry.kernelRows = call.kernelRows
  geometry.kernelWidth = call.kernelWidth
  geometry.strideHeight = call.strideHeight
  geometry.strideWidth = call.strideWidth
  geometry.dilationHeight = call.dilationHeight
  geometry.dilationWidth = call.dilationWidth
  geometry.paddingTop = call.paddingTop
  geometry.paddingLeft = call.paddingLeft
  geometry.isVolume = call.VOLUMES !== 0
  geometry.height = call.height
  geometry.outHeight = call.outHeight
  geometry.kernelHeight = call.kernelHeight
  geometry.strideDepth = call.strideDepth
  geometry.dilationDepth = call.dilationDepth
  geometry.paddingFront = call.paddingFront
}

/** Floats of the windows that are laid out at once, and the fewest positions of a block. */
const BLOCK = 65536
const LEAST_ROWS = 16

/** Bytes of the windows that are laid out at once, of `terms` floats each. */
export function bytesOfWindows(terms: i32): i32 {
  return max(BLOCK, LEAST_ROWS * terms) * 4
}

export function termsOfWindow(): i32 {
  return (geometry.kernelRows * geometry.kernelWidth * geometry.channels) / geometry.groups
}

/** Output positions whose windows of `terms` floats are laid out at once. */
export function rowsOfBlock(terms: i32): i32 {
  return max(LEAST_ROWS, BLOCK / terms)
}

/** Whether every channel has filters of its own and nothing else: one each. */
export function isDepthwise(): bool {
  const groups = geometry.groups
  return groups > 1 && groups === geometry.channels && groups === geometry.filters
}

/**
 * The row of x, among those of all images, that row i of a window reads, of the windows whose outputs are in row `outRow` of all
 * outputs; −1 in the padding.
 */
export function rowSeen(outRow: i32, i: i32): i32 {
  const g = geometry
  const image = outRow / g.outRows
  let row = outRow % g.outRows
  if (!g.isVolume) {
    row = row * g.strideHeight + i * g.dilationHeight - g.paddingTop
    return row < 0 || row >= g.rows ? -1 : image * g.rows + row
  }
  const height = g.height
  const slice = (row / g.outHeight) * g.strideDepth + (i / g.kernelHeight) * g.dilationDepth - g.paddingFront
  row = (row % g.outHeight) * g.strideHeight + (i % g.kernelHeight) * g.dilationHeight - g.paddingTop
  const isInside = row >= 0 && row < height && slice >= 0 && slice * height < g.rows
  return isInside ? image * g.rows + slice * height + row : -1
}

/** Bytes from the start of a row of x to what entry j of a window reads that starts `left` entries behind it; −1 in the padding. */
export function placeSeen(left: i32, j: i32): isize {
  const column = left + j * geometry.dilationWidth
  return column < 0 || column >= geometry.width ? -1 : <isize>column * <isize>geometry.channels * 4
}

/** Bytes of a row of x. */
export function rowSize(): usize {
  return <usize>geometry.width * <usize>geometry.channels * 4
}

/** The place in a row of x where the window of an output starts. */
export function leftOf(position: i32): i32 {
  return (position % geometry.outWidth) * geometry.strideWidth - geometry.paddingLeft
}

/** Lays out the windows of `count` positions from `first` on, the part of one group. */
export function layOut(x: usize, first: i32, count: i32, group: i32, to: usize): void {
  const bytes = <usize>(geometry.channels / geometry.groups) * 4
  const offset = <usize>group * bytes
  const kernelRows = geometry.kernelRows
  const kernelWidth = geometry.kernelWidth
  const size = rowSize()
  for (let n = first; n < first + count; n++) {
    const left = leftOf(n)
    const outRow = n / geometry.outWidth
    for (let i = 0; i < kernelRows; i++) {
      const row = rowSeen(outRow, i)
      if (row < 0) {
        memory.fill(to, 0, <usize>kernelWidth * bytes)
        to += <usize>kernelWidth * bytes
        continue
      }
      const start = x + <usize>row * size + offset
      for (let j = 0; j < kernelWidth; j++, to += bytes) {
        const place = placeSeen(left, j)
        if (place < 0) memory.fill(to, 0, bytes)
        else memory.copy(to, start + place, bytes)
      }
    }
  }
}

/** Adds what `layOut` would have read back to where it comes from. */
export function addBack(dx: usize, first: i32, count: i32, group: i32, from_: usize): void {
  const size = geometry.channels / geometry.groups
  const bytes = <usize>size * 4
  const kernelRows = geometry.kernelRows
  const kernelWidth = geometry.kernelWidth
  const offset = <usize>group * bytes
  const sizeOfRow = rowSize()
  for (let n = first; n < first + count; n++) {
    const left = leftOf(n)
    const outRow = n / geometry.outWidth
    for (let i = 0; i < kernelRows; i++) {
      const row = rowSeen(outRow, i)
      const start = dx + <usize>row * sizeOfRow + offset
      for (let j = 0; j < kernelWidth; j++, from_ += bytes) {
        const place = row < 0 ? -1 : placeSeen(left, j)
        if (place < 0) continue
        for (let c = 0; c < size; c += 4) {
          const to = start + place + <usize>c * 4
          storeFirst(to, f32x4.add(v128.load(to), v128.load(from_ + <usize>c * 4)), size - c)
        }
      }
    }
  }
}
