// Convolutions by their definition, in doubles: loops over positions, windows and channels, along any number of axes.

import type { Grid } from './checkLayer.ts'

/** How windows lie along each axis of space; padding before and after. */
export interface Lie {
  readonly strides?: readonly number[]
  readonly dilation?: readonly number[]
  readonly padding?: readonly (readonly [before: number, after: number])[]
}

/** All indexes of a grid, of which the last changes first. */
export const indexesOf = (extents: readonly number[]): readonly (readonly number[])[] =>
  extents.reduce<number[][]>(
    (all, extent) => all.flatMap((index) => Array.from({ length: extent }, (_, i) => [...index, i])),
    [[]],
  )

/** The place of an index in a grid's numbers; −1 outside. */
export const offsetOf = (shape: readonly number[], index: readonly number[]): number =>
  index.reduce((offset, i, axis) => {
    const extent = shape[axis] ?? 1
    return offset < 0 || i < 0 || i >= extent ? -1 : offset * extent + i
  }, 0)

/**
 * y[b, p, …, f] = Σ x[b, p·stride + i·dilation − padding, …, c] · weightOf([i, …], c, f)
 *
 * @param window Extents of a window, along each axis of space.
 * @param weightOf The weight from channel c to output f at an entry of the window.
 */
export function convolveBy(
  { data, shape }: Grid,
  window: readonly number[],
  filters: number,
  weightOf: (entry: readonly number[], c: number, f: number) => number,
  { strides = [], dilation = [], padding = [] }: Lie,
): Grid {
  const channels = shape.at(-1) ?? 1
  const outputs = window.map((extent, axis) => {
    const [before, after] = padding[axis] ?? [0, 0]
    const span = (extent - 1) * (dilation[axis] ?? 1) + 1
    return Math.floor(((shape[axis + 1] ?? 1) + before + after - span) / (strides[axis] ?? 1)) + 1
  })
  const entries = indexesOf(window)
  const positions = [shape[0] ?? 1, ...outputs]
  const y = indexesOf(positions).flatMap(([b = 0, ...position]) => {
    const seen = entries.map((entry) => {
      const place = position.map(
        (p, axis) =>
          p * (strides[axis] ?? 1) + (entry[axis] ?? 0) * (dilation[axis] ?? 1) - (padding[axis]?.[0] ?? 0),
      )
      return offsetOf(shape, [b, ...place, 0])
    })
    return Array.from({ length: filters }, (_, f) => {
      let total = 0
      entries.forEach((entry, k) => {
        const from = seen[k] ?? -1
        if (from < 0) return
        for (let c = 0; c < channels; c++) total += (data[from + c] ?? 0) * weightOf(entry, c, f)
      })
      return total
    })
  })
  return { data: y, shape: [...positions, filters] }
}
