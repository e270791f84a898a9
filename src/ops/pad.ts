// Puts zeros around the two middle axes, or crops them: x [B, H, W, C] → y [B, top + H + bottom, left + W + right, C].
// Negative padding crops, so that padding and cropping are each other's gradients.

import { fail } from '../errors.ts'
import { defineOp, type Gradients } from '../graph/operation.ts'
import { type Shape, showShape } from '../util/shape.ts'
import { pad as kernel } from './kernels.gen.ts'

export interface PadAttributes {
  /** Rows above and below, columns left and right; cropped where negative. */
  readonly padding: readonly [top: number, bottom: number, left: number, right: number]
}

function paddedShape(x: Shape, { padding: [top, bottom, left, right] }: PadAttributes): Shape {
  const [batch = 1, height = 1, width = 1, channels = 1] = x
  const shape = [batch, top + height + bottom, left + width + right, channels]
  if (x.length === 4 && Math.min(...shape) > 0) return shape
  return fail('pad', {
    expected: 'x [B, H, W, C], of which something remains',
    got: `${showShape(x)} with padding ${showShape([top, bottom, left, right])}`,
  })
}

export const pad = defineOp({
  kernel,
  dims: { x: 'B H W C' },
  shape: ({ x }, attrs: PadAttributes) => ({ y: paddedShape(x, attrs) }),
  params: ({ H, W, C, y: [B = 1, outHeight = 1, outWidth = 1] }, { padding: [top, , left] }) => ({
    size: B * outHeight * outWidth * C,
    height: H,
    width: W,
    channels: C,
    outHeight,
    outWidth,
    top,
    left,
  }),
  threads: ({ size }) => size,
  gradient({ graph, attrs: { padding } }, { y: dy }): Gradients<'x'> {
    const [top, bottom, left, right] = padding
    return dy === undefined ? {} : { x: pad(graph, { x: dy }, { padding: [-top, -bottom, -left, -right] }).y }
  },
  simplify: ({ x }, { padding }) => (padding.every((entries) => entries === 0) ? { y: x } : null),
})
