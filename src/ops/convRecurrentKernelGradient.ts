// The gradient of a recurrent convolution's kernel, one product after the loop.

import { fail } from '../errors.ts'
import { inTiles, launchesOf } from '../graph/launch.ts'
import { defineOp } from '../graph/operation.ts'
import { checkHolds } from '../graph/parts.ts'
import { type Shape, showShape, sizeOf } from '../util/shape.ts'
import { chunksOf } from './convolutionGeometry.ts'
import {
  convRecurrentKernelGradientTiled,
  convRecurrentKernelGradient as kernelGradientKernel,
} from './kernels.gen.ts'
import { spaceParams } from './recurrentConvolution.ts'
import { dropoutParams, type RecurrentDropout } from './recurrentDropout.ts'

interface KernelGradientAttributes {
  readonly reverse: boolean
  readonly recurrentDropout?: RecurrentDropout | undefined
  /** The recurrent kernel's shape. */
  readonly window: Shape
}

const kernelChunks = (h: Shape, window: Shape): number => chunksOf(sizeOf(h.slice(0, -1)), sizeOf(window))

/** dR in parts [chunks, KH·KW·F, G] whose sum is the gradient: the windows of the previous state times dz. */
export const convRecurrentKernelGradient = defineOp({
  kernel: kernelGradientKernel,
  dims: { h: 'B T ...S U', h0: '...', dz: 'B T ...S G' },
  factors: ['h', 'dz'],
  optional: ['h0'],
  strategies({ G }, { recurrentDropout }: KernelGradientAttributes, { isSoftware }) {
    // With dropout each gate saw a different previous state, which only the first strategy computes.
    if (recurrentDropout && recurrentDropout.rate > 0) return ['registers']
    // Tiles are read in vectors of columns.
    if (G % 4 !== 0) return ['registers']
    return isSoftware ? ['registers', 'tile32'] : ['tile32', 'registers']
  },
  shape({ h, h0, B, S, U, G }, { window }) {
    checkHolds('convRecurrentKernelGradient', 'h0', h0, [B, ...S, U])
    if (window.length !== S.length + 2 || window.at(-2) !== U || window.at(-1) !== G)
      fail('convRecurrentKernelGradient', {
        expected: `a kernel [...window, ${U}, ${G}]`,
        got: showShape(window),
      })
    return { parts: [kernelChunks(h, window), sizeOf(window) / G, G] }
  },
  params({ h, h0, dz, G }, { reverse, window, recurrentDropout }) {
    const space = spaceParams(dz, window)
    const chunks = kernelChunks(h, window)
    return {
      ...space,
      columns: G,
      reverse: Number(reverse),
      hasState: Number(h0 !== undefined),
      chunks,
      start: 0,
      until: Math.ceil((space.batch * space.time) / chunks),
      ...dropoutParams(recurrentDropout),
    }
  },
  launches(params, device, strategy) {
    const { units, columns, chunks, until, KERNEL_ROWS = 1, KERNEL_WIDTH = 1 } = params
    const work = inTiles(columns, KERNEL_ROWS * KERNEL_WIDTH * units, chunks, until, [32, 32])
    return strategy === 'tile32'
      ? launchesOf(convRecurrentKernelGradientTiled, params, work, device, { SIDE: 8 })
      : launchesOf(kernelGradientKernel, params, work, device)
  },
  flops: ({ batch, time, units, columns, KERNEL_ROWS = 1, KERNEL_WIDTH = 1 }) =>
    2 * batch * time * units * columns * KERNEL_ROWS * KERNEL_WIDTH,
})
