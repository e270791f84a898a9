// The geometry of a recurrent convolution: stride 1, 'same' padding, on states [B, H, W, F] whose positions are rows.
// The CPU side of shaders/lib/recurrent_convolution.wgsl.

import type { Shape } from '../util/shape.ts'

/** Extents as the kernels' scalars and override constants, from z [B, T, H, W, 4F] and R [KH, KW, F, 4F]. */
export const spaceParams = (
  [batch = 1, time = 1, height = 1, width = 1]: Shape,
  [kernelHeight = 1, kernelWidth = 1, filters = 1]: Shape,
) => ({
  batch: batch * height * width,
  time,
  units: filters,
  SPACE: height * width,
  HEIGHT: height,
  WIDTH: width,
  KERNEL_HEIGHT: kernelHeight,
  KERNEL_WIDTH: kernelWidth,
})

interface Geometry {
  readonly HEIGHT?: number
  readonly WIDTH?: number
  readonly KERNEL_HEIGHT?: number
  readonly KERNEL_WIDTH?: number
}

/** Offset of a row's state at time step t in [B, T, positions, F], in filters. */
export const offsetOf = (row: number, time: number, t: number, space: number): number =>
  (Math.floor(row / space) * time + t) * space + (row % space)

/**
 * Calls `visit` for each row that lies in the state and that `row`'s window sees at an entry (direction 1), or whose
 * window sees `row` there (direction -1).
 */
export function eachSeen(
  row: number,
  { HEIGHT = 1, WIDTH = 1, KERNEL_HEIGHT = 1, KERNEL_WIDTH = 1 }: Geometry,
  direction: 1 | -1,
  visit: (seen: number, entry: number) => void,
): void {
  const y = Math.floor(row / WIDTH) % HEIGHT
  const x = row % WIDTH
  for (let i = 0; i < KERNEL_HEIGHT; i++) {
    const down = direction * (i - ((KERNEL_HEIGHT - 1) >> 1))
    if (y + down < 0 || y + down >= HEIGHT) continue
    for (let j = 0; j < KERNEL_WIDTH; j++) {
      const right = direction * (j - ((KERNEL_WIDTH - 1) >> 1))
      if (x + right < 0 || x + right >= WIDTH) continue
      visit(row + down * WIDTH + right, i * KERNEL_WIDTH + j)
    }
  }
}
