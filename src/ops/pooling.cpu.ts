// The CPU side of pooling.ts.

import type { KernelParams } from '../graph/definition.ts'
import { cpuSide } from './cpuSide.ts'
import { exceeds } from './exceeds.ts'
import type * as Kernels from './kernels.gen.ts'

type Geometry = KernelParams<typeof Kernels.pooling>

/** Where the window of an output entry starts and ends in the input, for one axis. */
const startOf = (o: number, stride: number, padding: number): number => Math.max(o * stride - padding, 0)
const endOf = (o: number, stride: number, window: number, padding: number, extent: number): number =>
  Math.min(o * stride + window - padding, extent)

/** The rows and columns of the input in the window of an output entry; the ends are exclusive. */
interface Window {
  readonly batch: number
  readonly top: number
  readonly bottom: number
  readonly left: number
  readonly right: number
}

/** Calls `visit` with the first output entry of each window, one for each channel. */
function eachWindow(outputs: number, g: Geometry, visit: (output: number, window: Window) => void): void {
  for (let output = 0, i = 0; output < outputs; output += g.channels, i++) {
    const column = i % g.outWidth
    const row = Math.floor(i / g.outWidth) % g.outHeight
    visit(output, {
      batch: Math.floor(i / (g.outWidth * g.outHeight)),
      top: startOf(row, g.strideHeight, g.paddingTop),
      bottom: endOf(row, g.strideHeight, g.windowHeight, g.paddingTop, g.height),
      left: startOf(column, g.strideWidth, g.paddingLeft),
      right: endOf(column, g.strideWidth, g.windowWidth, g.paddingLeft, g.width),
    })
  }
}

export const pooling = cpuSide<typeof Kernels.pooling>({
  cpu({ x, y }, p) {
    const { channels, width } = p
    eachWindow(p.size, p, (output, { batch, top, bottom, left, right }) => {
      const count = (bottom - top) * (right - left)
      for (let c = 0; c < channels; c++) {
        let sum = 0
        let largest = -Infinity
        for (let h = top; h < bottom; h++) {
          const row = (batch * p.height + h) * width * channels + c
          for (let w = left; w < right; w++) {
            const value = x[row + w * channels]!
            sum += value
            if (exceeds(value, largest)) largest = value
          }
        }
        y[output + c] = p.mean ? sum / count : largest
      }
    })
  },
})

export const poolingGradient = cpuSide<typeof Kernels.poolingGradient>({
  cpu({ x, dy, dx }, p) {
    dx.fill(0)
    const { channels, width } = p
    eachWindow(dy.length, p, (output, { batch, top, bottom, left, right }) => {
      const count = (bottom - top) * (right - left)
      for (let c = 0; c < channels; c++) {
        const share = dy[output + c]! / count
        let first = -1
        for (let h = top; h < bottom; h++) {
          const row = (batch * p.height + h) * width * channels + c
          for (let w = left; w < right; w++) {
            const k = row + w * channels
            if (p.mean) dx[k]! += share
            else if (first < 0 || exceeds(x[k]!, x[first]!)) first = k
          }
        }
        if (!p.mean) dx[first]! += dy[output + c]!
      }
    })
  },
})
