// The CPU side of upsample.ts.

import type { KernelParams } from '../graph/definition.ts'
import { cpuSide } from './cpuSide.ts'
import type * as Kernels from './kernels.gen.ts'

/** Of each output along an axis: the first entry of x that it has a part of, and the share of the entry behind. */
interface Axis {
  readonly first: Int32Array
  readonly shares: Float64Array
}

function axisOf(extent: number, factor: number, linear: number): Axis {
  const first = Int32Array.from({ length: extent * factor }, (_, o) => Math.floor(o / factor))
  const shares = new Float64Array(first.length)
  if (linear) {
    first.forEach((_, o) => {
      const place = Math.min(Math.max((2 * o + 1 - factor) / (2 * factor), 0), extent - 1)
      first[o] = Math.floor(place)
      shares[o] = place - Math.floor(place)
    })
  }
  return { first, shares }
}

/** The share that an output has of its first entry, or of the one behind. */
const shareOf = ({ shares }: Axis, output: number, behind: number): number =>
  behind === 1 ? shares[output]! : 1 - shares[output]!

/** Calls `visit` for each position of y and each of x that it has a part of, as offsets of their first channel, with the weight. */
function eachPart(
  positions: number,
  p: KernelParams<typeof Kernels.upsample>,
  visit: (output: number, input: number, weight: number) => void,
): void {
  const { depth, height, width, channels, LINEAR = 0 } = p
  const slices = axisOf(depth, p.factorDepth, LINEAR)
  const rows = axisOf(height, p.factorHeight, LINEAR)
  const columns = axisOf(width, p.factorWidth, LINEAR)
  const wide = columns.first.length
  // A line of outputs has parts of four lines of entries at most, two of each of two slices.
  for (let line = 0; line * wide < positions; line++) {
    const oh = line % rows.first.length
    const plane = Math.floor(line / rows.first.length)
    const od = plane % slices.first.length
    const b = Math.floor(plane / slices.first.length)
    for (let corner = 0; corner < (LINEAR ? 4 : 1); corner++) {
      const inLine = shareOf(slices, od, corner >> 1) * shareOf(rows, oh, corner & 1)
      if (inLine === 0) continue
      const d = b * depth + slices.first[od]! + (corner >> 1)
      const start = (d * height + rows.first[oh]! + (corner & 1)) * width
      for (let ow = 0; ow < wide; ow++) {
        const at = (start + columns.first[ow]!) * channels
        const output = (line * wide + ow) * channels
        const share = columns.shares[ow]!
        visit(output, at, inLine * (1 - share))
        if (share > 0) visit(output, at + channels, inLine * share)
      }
    }
  }
}

export const upsample = cpuSide<typeof Kernels.upsample>({
  cpu({ x, y }, p) {
    y.fill(0)
    eachPart(p.size / p.channels, p, (output, input, weight) => {
      for (let c = 0; c < p.channels; c++) y[output + c]! += weight * x[input + c]!
    })
  },
})

export const upsampleGradient = cpuSide<typeof Kernels.upsampleGradient>({
  cpu({ dy, dx }, p) {
    dx.fill(0)
    eachPart(dy.length / p.channels, p, (output, input, weight) => {
      for (let c = 0; c < p.channels; c++) dx[input + c]! += weight * dy[output + c]!
    })
  },
})
