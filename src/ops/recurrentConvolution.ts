// The geometry of a recurrent convolution: stride 1, 'same' padding, on states [B, ...space, F] whose positions are rows.
// The CPU side of shaders/lib/recurrent_convolution.wgsl.

import { type Shape, sizeOf } from '../util/shape.ts'
import { alongSpace } from './convolutionGeometry.ts'

/** Extents as the kernels' scalars and override constants, from z [B, T, ...space, 4F] and R [...window, F, 4F]. */
export function spaceParams([batch = 1, time = 1, ...frame]: Shape, recurrentKernel: Shape) {
  const space = frame.slice(0, -1)
  const [, height, width] = alongSpace(space)
  const [kernelDepth, kernelHeight, kernelWidth] = alongSpace(recurrentKernel.slice(0, -2))
  return {
    batch: batch * sizeOf(space),
    time,
    units: recurrentKernel.at(-2) ?? 1,
    SPACE: sizeOf(space),
    HEIGHT: height,
    WIDTH: width,
    KERNEL_ROWS: kernelDepth * kernelHeight,
    KERNEL_HEIGHT: kernelHeight,
    KERNEL_WIDTH: kernelWidth,
  }
}

interface Geometry {
  readonly SPACE?: number
  readonly HEIGHT?: number
  readonly WIDTH?: number
  readonly KERNEL_ROWS?: number
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
  { SPACE = 1, HEIGHT = 1, WIDTH = 1, KERNEL_ROWS = 1, KERNEL_HEIGHT = 1, KERNEL_WIDTH = 1 }: Geometry,
  direction: 1 | -1,
  visit: (seen: number, entry: number) => void,
): void {
  const x = row % WIDTH
  const y = Math.floor(row / WIDTH) % HEIGHT
  const slice = Math.floor((row % SPACE) / (WIDTH * HEIGHT))
  const slices = SPACE / (WIDTH * HEIGHT)
  const fromMiddle = (entry: number, extent: number): number => direction * (entry - ((extent - 1) >> 1))
  for (let i = 0; i < KERNEL_ROWS; i++) {
    const behind = fromMiddle(Math.floor(i / KERNEL_HEIGHT), KERNEL_ROWS / KERNEL_HEIGHT)
    const down = fromMiddle(i % KERNEL_HEIGHT, KERNEL_HEIGHT)
    if (slice + behind < 0 || slice + behind >= slices || y + down < 0 || y + down >= HEIGHT) continue
    for (let j = 0; j < KERNEL_WIDTH; j++) {
      const right = fromMiddle(j, KERNEL_WIDTH)
      if (x + right < 0 || x + right >= WIDTH) continue
      visit(row + (behind * HEIGHT + down) * WIDTH + right, i * KERNEL_WIDTH + j)
    }
  }
}
