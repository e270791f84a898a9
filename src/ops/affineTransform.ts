// Images seen through affine transforms, each through its own: y[b, v, u] = x[b] at column a0·u + a1·v + a2 and row b0·u + b1·v + b2,
// where [a0, a1, a2, b0, b1, b2] is the image's row of `transforms` [B, 6]; x, y [B, H, W, C]. Transforms have no gradient.

import { LOAD_FLOPS } from '../graph/launch.ts'
import { defineOp, type Gradients } from '../graph/operation.ts'
import { type Shape, sizeOf } from '../util/shape.ts'
import { affineTransformGradient as gradientKernel, affineTransform as kernel } from './kernels.gen.ts'

/** What lies behind the edges of an image: a number, its last pixels, the image again, the image in a mirror. */
export const FILL_MODES = ['constant', 'nearest', 'wrap', 'reflect'] as const
export type FillMode = (typeof FILL_MODES)[number]

export interface AffineTransformAttributes {
  /** Whether lines join pixels; the nearest is taken otherwise. */
  readonly linear: boolean
  readonly fillMode: FillMode
  /** The number behind the edges where `fillMode` is 'constant'. */
  readonly fillValue: number
}

const params = (
  [, height = 1, width = 1, channels = 1]: Shape,
  shape: Shape,
  { linear, fillMode, fillValue }: AffineTransformAttributes,
) => ({
  size: sizeOf(shape),
  height,
  width,
  channels,
  mode: FILL_MODES.indexOf(fillMode),
  linear: Number(linear),
  value: fillValue,
})

export const affineTransform = defineOp({
  kernel,
  dims: { x: 'B H W C', transforms: 'B 6' },
  shape: ({ x }, _attrs: AffineTransformAttributes) => ({ y: x }),
  params: ({ x, y }, attrs) => params(x, y, attrs),
  threads: ({ size }) => size,
  flopsEach: () => 8 * LOAD_FLOPS,
  gradient({ graph, inputs: { transforms }, attrs, wants }, { y: dy }): Gradients<'x'> {
    return dy === undefined || !wants('x')
      ? {}
      : { x: affineTransformGradient(graph, { transforms, dy }, attrs).dx }
  },
})

/**
 * dx of `affineTransform`. Every pixel of x looks at all of its image's dy, since behind the edges a pixel may stand for many; images that
 * come from data, as they nearly always do, have no gradient.
 */
export const affineTransformGradient = defineOp({
  kernel: gradientKernel,
  dims: { transforms: 'B 6', dy: 'B H W C' },
  shape: ({ dy }, _attrs: AffineTransformAttributes) => ({ dx: dy }),
  params: ({ dy, dx }, attrs) => params(dy, dx, attrs),
  threads: ({ size }) => size,
  flopsEach: ({ height, width }) => 4 * LOAD_FLOPS * height * width,
})
