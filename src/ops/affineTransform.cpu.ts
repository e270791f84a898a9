// The CPU side of affineTransform.ts.

import { cpuSide } from './cpuSide.ts'
import type * as Kernels from './kernels.gen.ts'

const [CONSTANT, WRAP, REFLECT] = [0, 2, 3]
const { fround } = Math

/** The entry that stands at a place along an axis; −1 for a number. */
function entryAt(place: number, extent: number, mode: number): number {
  if (place >= 0 && place < extent) return place
  if (mode === CONSTANT) return -1
  if (mode < WRAP) return place < 0 ? 0 : extent - 1
  const period = mode === REFLECT ? 2 * extent : extent
  const within = ((place % period) + period) % period
  return within < extent ? within : period - 1 - within
}

/** The nearest entry, of two that are as near the one further from 0. */
function nearest(place: number): number {
  const whole = Math.trunc(place)
  return Math.abs(place - whole) >= 0.5 ? whole + Math.sign(place) : whole
}

interface Geometry {
  readonly size: number
  readonly height: number
  readonly width: number
  readonly channels: number
  readonly mode: number
  readonly linear: number
}

/**
 * Calls `visit` for each pixel of the result and each of at most four of the image that it has a part of, as offsets of their first
 * channel; −1 is what stands behind the edges.
 */
function eachPart(
  transforms: Float32Array,
  { size, height, width, channels, mode, linear }: Geometry,
  visit: (output: number, input: number, weight: number) => void,
): void {
  const pixels = height * width
  for (let b = 0; b * pixels * channels < size; b++) {
    const [a0 = 0, a1 = 0, a2 = 0, b0 = 0, b1 = 0, b2 = 0] = transforms.subarray(6 * b, 6 * b + 6)
    for (let pixel = 0; pixel < pixels; pixel++) {
      const u = pixel % width
      const v = (pixel - u) / width
      // Rounded as on a GPU, so that both see the same pixels.
      const across = fround(fround(fround(a0 * u) + fround(a1 * v)) + a2)
      const down = fround(fround(fround(b0 * u) + fround(b1 * v)) + b2)
      const column = linear ? Math.floor(across) : nearest(across)
      const row = linear ? Math.floor(down) : nearest(down)
      const [right, below] = linear ? [across - column, down - row] : [0, 0]
      for (let k = 0; k < 4; k++) {
        const weight = (k > 1 ? below : 1 - below) * (k % 2 === 1 ? right : 1 - right)
        if (weight === 0) continue
        const inRow = entryAt(row + (k >> 1), height, mode)
        const inColumn = entryAt(column + (k % 2), width, mode)
        const isThere = inRow >= 0 && inColumn >= 0
        const at = isThere ? ((b * height + inRow) * width + inColumn) * channels : -1
        visit((b * pixels + pixel) * channels, at, weight)
      }
    }
  }
}

export const affineTransform = cpuSide<typeof Kernels.affineTransform>({
  cpu({ x, transforms, y }, params) {
    y.fill(0)
    eachPart(transforms, params, (output, input, weight) => {
      for (let c = 0; c < params.channels; c++)
        y[output + c]! += weight * (input < 0 ? params.value : x[input + c]!)
    })
  },
})

export const affineTransformGradient = cpuSide<typeof Kernels.affineTransformGradient>({
  cpu({ transforms, dy, dx }, params) {
    dx.fill(0)
    eachPart(transforms, params, (output, input, weight) => {
      if (input < 0) return
      for (let c = 0; c < params.channels; c++) dx[input + c]! += weight * dy[output + c]!
    })
  },
})
