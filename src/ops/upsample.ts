// More entries along one to three axes, channels-last: x [B, H, W, C] → y [B, H·f, W·g, C]. Entries are repeated,
//   y[b, h, w, c] = x[b, ⌊h / f⌋, ⌊w / g⌋, c]
// or joined by lines (shaders/lib/upsampling.wgsl).

import { fail } from '../errors.ts'
import { LOAD_FLOPS } from '../graph/launch.ts'
import { defineOp, type Gradients } from '../graph/operation.ts'
import { lastOf, type Shape, showShape, sizeOf } from '../util/shape.ts'
import { alongSpace } from './convolutionGeometry.ts'
import { upsampleGradient as gradientKernel, upsample as kernel } from './kernels.gen.ts'

export interface UpsampleAttributes {
  /** How many entries of y each of x makes, along each axis of space. */
  readonly factors: Shape
  /** Whether lines join the entries of x. */
  readonly linear?: boolean
}

function params(x: Shape, { factors, linear }: UpsampleAttributes, size: number) {
  const [depth, height, width] = alongSpace(x.slice(1, -1))
  const [factorDepth, factorHeight, factorWidth] = alongSpace(factors)
  return {
    size,
    depth,
    height,
    width,
    channels: lastOf(x),
    factorDepth,
    factorHeight,
    factorWidth,
    LINEAR: Number(linear === true),
  }
}

function checkFactors(x: Shape, { factors }: UpsampleAttributes): void {
  if (x.length === factors.length + 2 && factors.length >= 1 && factors.length <= 3) return
  fail('upsample', {
    expected: 'x [batch, ...space, channels] with one to three axes of space, and a factor for each',
    got: `${showShape(x)} and ${showShape(factors)}`,
  })
}

export const upsample = defineOp({
  kernel,
  dims: { x: 'B ...S C' },
  shape({ x, B, S, C }, attrs: UpsampleAttributes) {
    checkFactors(x, attrs)
    return { y: [B, ...S.map((extent, axis) => extent * (attrs.factors[axis] ?? 1)), C] }
  },
  params: ({ x, y }, attrs) => params(x, attrs, sizeOf(y)),
  threads: ({ size }) => size,
  gradient({ graph, attrs }, { y: dy }): Gradients<'x'> {
    return dy === undefined ? {} : { x: upsampleGradient(graph, { dy }, attrs).dx }
  },
  simplify: ({ x }, { factors }) => (factors.every((factor) => factor === 1) ? { y: x } : null),
})

/** dx of `upsample`: sums of dy over the outputs that have a part of an entry. */
export const upsampleGradient = defineOp({
  kernel: gradientKernel,
  dims: { dy: 'B ...P C' },
  shape: ({ B, P, C }, { factors }: UpsampleAttributes) => ({
    dx: [B, ...P.map((extent, axis) => extent / (factors[axis] ?? 1)), C],
  }),
  params: ({ dx }, attrs) => params(dx, attrs, sizeOf(dx)),
  threads: ({ size }) => size,
  flopsEach: ({ factorDepth, factorHeight, factorWidth, LINEAR = 0 }) =>
    LOAD_FLOPS * factorDepth * factorHeight * factorWidth * 3 ** (2 * LINEAR),
})
