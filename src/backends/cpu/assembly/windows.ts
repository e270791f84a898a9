// Windows of convolutions, which products read as rows [positions, KH·KW·C / groups].

import { storeFirst } from './vector'

/** The extents of a convolution, as its kernels' scalars name them. */
@unmanaged
class Geometry {
  batch: i32
  height: i32
  width: i32
  channels: i32
  outHeight: i32
  outWidth: i32
  filters: i32
  groups: i32
  kernelHeight: i32
  kernelWidth: i32
  strideHeight: i32
  strideWidth: i32
  dilationHeight: i32
  dilationWidth: i32
  paddingTop: i32
  paddingLeft: i32
}

/** That of the convolution under way. */
export const geometry = changetype<Geometry>(memory.data(offsetof<Geometry>(), 16))

/** Sets it to the extents that a call names. */
export function setGeometry<Call>(call: Call): void {
  geometry.batch = call.batch
  geometry.height = call.height
  geometry.width = call.width
  geometry.channels = call.channels
  geometry.outHeight = call.outHeight
  geometry.outWidth = call.outWidth
  geometry.filters = call.filters
  geometry.groups = call.groups
  geometry.kernelHeight = call.kernelHeight
  geometry.kernelWidth = call.kernelWidth
  geometry.strideHeight = call.strideHeight
  geometry.strideWidth = call.strideWidth
  geometry.dilationHeight = call.dilationHeight
  geometry.dilationWidth = call.dilationWidth
  geometry.paddingTop = call.paddingTop
  geometry.paddingLeft = call.paddingLeft
}

/** Floats of the windows that are laid out at once, and the fewest positions of a block. */
const BLOCK = 65536
const LEAST_ROWS = 16

/** Bytes of the windows that are laid out at once, of `terms` floats each. */
export function bytesOfWindows(terms: i32): i32 {
  return max(BLOCK, LEAST_ROWS * terms) * 4
}

export function termsOfWindow(): i32 {
  return (geometry.kernelHeight * geometry.kernelWidth * geometry.channels) / geometry.groups
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

/** The address that entry (i, j) of the window of an output position reads in x, or 0 in the padding. */
export function windowEntry(x: usize, position: i32, i: i32, j: i32): usize {
  const g = geometry
  const q = position % g.outWidth
  const rest = position / g.outWidth
  const p = rest % g.outHeight
  const row = p * g.strideHeight + i * g.dilationHeight - g.paddingTop
  const column = q * g.strideWidth + j * g.dilationWidth - g.paddingLeft
  if (row < 0 || row >= g.height || column < 0 || column >= g.width) return 0
  return x + <usize>(((rest / g.outHeight) * g.height + row) * g.width + column) * <usize>g.channels * 4
}

/** Lays out the windows of `count` positions from `first` on, the part of one group. */
export function layOut(x: usize, first: i32, count: i32, group: i32, to: usize): void {
  const bytes = <usize>(geometry.channels / geometry.groups) * 4
  const offset = <usize>group * bytes
  const kernelHeight = geometry.kernelHeight
  const kernelWidth = geometry.kernelWidth
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
  const size = geometry.channels / geometry.groups
  const offset = <usize>(group * size) * 4
  const kernelHeight = geometry.kernelHeight
  const kernelWidth = geometry.kernelWidth
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
