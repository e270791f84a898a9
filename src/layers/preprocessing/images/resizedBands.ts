// How rows and columns of an image become those of another size, of the whole image or of the part of it that has the sides' ratio of the
// result, or padded to that ratio: a matrix for each axis (reshaping/resampling.ts), and what padding adds.

import type { Graph, Value } from '../../../graph/graph.ts'
import { point } from '../../../ops/pointwise.ts'
import type { Bands } from '../../../ops/resample.ts'
import { bandsOf, type Interpolation, resample } from '../../reshaping/resampling.ts'

/** The part of an axis that is resized: it begins before 0 where it is padded. */
export interface Part {
  readonly start: number
  readonly extent: number
}

export type Size = readonly [height: number, width: number]

export interface Resize {
  readonly size: Size
  readonly interpolation: Interpolation
  readonly antialias?: boolean
  /** What is resized, of rows and of columns. */
  readonly parts: readonly [Part, Part]
  /** The number that images are padded with. */
  readonly fillValue?: number
}

/** All of an image. */
export const whole = ([height, width]: Size): Resize['parts'] => [
  { start: 0, extent: height },
  { start: 0, extent: width },
]

/** Extents of the sides' ratio of `size`, each as the other one of an image asks for. */
const byRatio = ([height, width]: Size, [rows, columns]: Size): Size => [
  Math.trunc((width * rows) / columns),
  Math.trunc((height * columns) / rows),
]

const each = ([height, width]: Size, of: (extent: number, axis: 0 | 1) => Part): Resize['parts'] => [
  of(height, 0),
  of(width, 1),
]

/** The largest part in the middle that has the ratio of `size`. */
export function croppedToRatio(image: Size, size: Size): Resize['parts'] {
  const wanted = byRatio(image, size)
  return each(image, (all, axis) => {
    const extent = Math.max(Math.min(all, wanted[axis]), 1)
    return { start: Math.trunc((all - extent) / 2), extent }
  })
}

/** The image, with as much around its middle as gives it the ratio of `size`. */
export function paddedToRatio(image: Size, size: Size): Resize['parts'] {
  const wanted = byRatio(image, size)
  return each(image, (all, axis) => {
    const before = Math.trunc((Math.max(all, wanted[axis]) - all) / 2)
    return { start: -before, extent: all + 2 * before }
  })
}

/** Bands of the entries that there are, of those of a part that may begin before and end behind them. */
const among = (bands: Bands, { start }: Part, entries: number): Bands =>
  bands.map(({ first, weights }) => {
    const from = start + first
    const kept = weights.slice(Math.max(-from, 0), Math.max(entries - from, 0))
    return { first: kept.length > 0 ? Math.max(from, 0) : 0, weights: kept }
  })

/** For each axis how entries become outputs. */
export function resizedBands([height, width]: Size, resize: Resize): readonly [Bands, Bands] {
  const { size, parts, interpolation, antialias = false } = resize
  const along = (entries: number, axis: 0 | 1): Bands => {
    const part = parts[axis]
    const bands = bandsOf({ entries: part.extent, outputs: size[axis], interpolation, antialias })
    return among(bands, part, entries)
  }
  return [along(height, 0), along(width, 1)]
}

/** What padding adds to each pixel, [height, width, 1]; null where it adds nothing. */
export function paddingOf(
  [down, across]: readonly [Bands, Bands],
  { size: [height, width], fillValue = 0, parts }: Resize,
): Float32Array | null {
  if (fillValue === 0 || parts.every(({ start }) => start >= 0)) return null
  const sharesIn = (bands: Bands): readonly number[] =>
    bands.map(({ weights }) => weights.reduce((sum, weight) => sum + weight, 0))
  const [rows, columns] = [sharesIn(down), sharesIn(across)]
  return Float32Array.from({ length: height * width }, (_, i) => {
    const inside = (rows[Math.floor(i / width)] ?? 0) * (columns[i % width] ?? 0)
    return fillValue * (1 - inside)
  })
}

/** x [B, H, W, C] in another size. */
export function resizeImages(graph: Graph, x: Value, resize: Resize): Value {
  const [, height = 1, width = 1] = x.shape
  const bands = resizedBands([height, width], resize)
  const resized = resample(graph, x, bands)
  const padding = paddingOf(bands, resize)
  return padding ? point(graph, 'add', resized, graph.constant(padding, [...resize.size, 1])) : resized
}
