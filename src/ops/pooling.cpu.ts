// The CPU side of pooling.ts.

import type { KernelParams } from '../graph/definition.ts'
import { cpuSide } from './cpuSide.ts'
import { exceeds } from './exceeds.ts'
import type * as Kernels from './kernels.gen.ts'

type Geometry = KernelParams<typeof Kernels.pooling>

/** Where the window of an output starts and ends in the input, for one axis; the end is exclusive. */
const startOf = (o: number, stride: number, padding: number): number => Math.max(o * stride - padding, 0)
const endOf = (o: number, stride: number, window: number, padding: number, extent: number): number =>
  Math.min(o * stride + window - padding, extent)

/** Calls `visit` with the first output entry of each window, one for each channel, and the offsets of the first channel that it reads. */
function eachWindow(
  outputs: number,
  g: Geometry,
  visit: (output: number, offsets: Int32Array, count: number) => void,
): void {
  const { channels, height, width } = g
  const offsets = new Int32Array(g.windowDepth * g.windowHeight * g.windowWidth)
  for (let output = 0, i = 0; output < outputs; output += channels, i++) {
    const column = i % g.outWidth
    const row = Math.floor(i / g.outWidth) % g.outHeight
    const slice = Math.floor(i / (g.outWidth * g.outHeight)) % (g.outRows / g.outHeight)
    const batch = Math.floor(i / (g.outWidth * g.outRows))
    const back = endOf(slice, g.strideDepth, g.windowDepth, g.paddingFront, g.rows / height)
    const bottom = endOf(row, g.strideHeight, g.windowHeight, g.paddingTop, height)
    const left = startOf(column, g.strideWidth, g.paddingLeft)
    const right = endOf(column, g.strideWidth, g.windowWidth, g.paddingLeft, width)
    let count = 0
    for (let d = startOf(slice, g.strideDepth, g.paddingFront); d < back; d++)
      for (let h = startOf(row, g.strideHeight, g.paddingTop); h < bottom; h++) {
        const start = (batch * g.rows + d * height + h) * width
        for (let w = left; w < right; w++) offsets[count++] = (start + w) * channels
      }
    visit(output, offsets, count)
  }
}

export const pooling = cpuSide<typeof Kernels.pooling>({
  compiled: 'pooling',
  cpu({ x, y }, p) {
    eachWindow(p.size, p, (output, offsets, count) => {
      for (let c = 0; c < p.channels; c++) {
        let sum = 0
        let largest = -Infinity
        for (let k = 0; k < count; k++) {
          const value = x[offsets[k]! + c]!
          sum += value
          if (exceeds(value, largest)) largest = value
        }
        y[output + c] = p.mean ? sum / count : largest
      }
    })
  },
})

export const poolingGradient = cpuSide<typeof Kernels.poolingGradient>({
  compiled: 'poolingGradient',
  cpu({ x, dy, dx }, p) {
    dx.fill(0)
    eachWindow(dy.length, p, (output, offsets, count) => {
      for (let c = 0; c < p.channels; c++) {
        const d = dy[output + c]!
        const share = d / count
        let first = -1
        for (let k = 0; k < count; k++) {
          const at = offsets[k]! + c
          if (p.mean) dx[at]! += share
          else if (first < 0 || exceeds(x[at]!, x[first]!)) first = at
        }
        if (!p.mean) dx[first]! += d
      }
    })
  },
})
