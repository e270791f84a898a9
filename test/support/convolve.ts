// Convolutions by their definition, in doubles: loops over positions, windows and channels.

import type { Grid } from './checkLayer.ts'

/** How windows lie along the axes of an image; padding before and after the first axis, then the second. */
export interface Lie {
  readonly strides?: readonly [number, number]
  readonly dilation?: readonly [number, number]
  readonly padding?: readonly [readonly [number, number], readonly [number, number]]
}

/** Sequences [B, T, C], and kernels [K, ., .] with `axis` 0, as images of height one. */
export const heightened = ({ data, shape }: Grid, axis: 0 | 1 = 1): Grid => ({
  data,
  shape: [...shape.slice(0, axis), 1, ...shape.slice(axis)],
})

/** Takes it away again. */
export const flattened = ({ data, shape: [batch = 1, , ...rest] }: Grid): Grid => ({
  data,
  shape: [batch, ...rest],
})

/**
 * y[b, p, q, f] = Σ x[b, p·stride + i·dilation − padding, …, c] · weightOf(i, j, c, f)
 *
 * @param weightOf The weight from channel c to output f at an entry of the window.
 */
export function convolveBy(
  { data, shape: [batch = 1, height = 1, width = 1, channels = 1] }: Grid,
  [kernelHeight, kernelWidth]: readonly [number, number],
  filters: number,
  weightOf: (i: number, j: number, c: number, f: number) => number,
  {
    strides: [down, across] = [1, 1],
    dilation = [1, 1],
    padding: [rows, columns] = [
      [0, 0],
      [0, 0],
    ],
  }: Lie,
): Grid {
  const outputs = (extent: number, sides: readonly [number, number], span: number, stride: number): number =>
    Math.floor((extent + sides[0] + sides[1] - span) / stride) + 1
  const outHeight = outputs(height, rows, (kernelHeight - 1) * dilation[0] + 1, down)
  const outWidth = outputs(width, columns, (kernelWidth - 1) * dilation[1] + 1, across)
  const y: number[] = []
  for (let b = 0; b < batch; b++)
    for (let p = 0; p < outHeight; p++)
      for (let q = 0; q < outWidth; q++)
        for (let f = 0; f < filters; f++) {
          let total = 0
          for (let i = 0; i < kernelHeight; i++)
            for (let j = 0; j < kernelWidth; j++) {
              const h = p * down + i * dilation[0] - rows[0]
              const w = q * across + j * dilation[1] - columns[0]
              if (h < 0 || h >= height || w < 0 || w >= width) continue
              for (let c = 0; c < channels; c++)
                total += (data[((b * height + h) * width + w) * channels + c] ?? 0) * weightOf(i, j, c, f)
            }
          y.push(total)
        }
  return { data: y, shape: [batch, outHeight, outWidth, filters] }
}
