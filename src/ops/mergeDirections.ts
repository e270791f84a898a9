// Merges the outputs of a recurrence's two directions, which lie side by side in x [..., 2n], into y [..., n].

import { defineOp, type Gradients } from '../graph/operation.ts'
import { sizeOf } from '../util/shape.ts'
import { mergeDirectionsGradient as gradientKernel, mergeDirections as kernel } from './kernels.gen.ts'

export interface MergeAttributes {
  readonly fn: 'add' | 'average' | 'multiply'
}

const scalars = ({ fn }: MergeAttributes) => ({
  scale: fn === 'average' ? 0.5 : 1,
  MULTIPLIES: Number(fn === 'multiply'),
})

/** dx = scale·dy in both halves, or dy times the other half; x is only needed for the product. */
const mergeDirectionsGradient = defineOp({
  kernel: gradientKernel,
  dims: { dy: '...rows N', x: '...rows 2N' },
  optional: ['x'],
  shape: ({ rows, N }) => ({ dx: [...rows, 2 * N] }),
  params: ({ dx, N }, attrs: MergeAttributes) => ({ size: sizeOf(dx), n: N, ...scalars(attrs) }),
  threads: ({ size }) => size,
})

/** y = left + right, their mean or their product. */
export const mergeDirections = defineOp({
  kernel,
  dims: { x: '...rows 2N' },
  shape: ({ rows, N }) => ({ y: [...rows, N] }),
  params: ({ y, N }, attrs: MergeAttributes) => ({ size: sizeOf(y), n: N, ...scalars(attrs) }),
  threads: ({ size }) => size,
  gradient: ({ graph, inputs: { x }, attrs }, { y: dy }): Gradients<'x'> =>
    dy === undefined
      ? {}
      : { x: mergeDirectionsGradient(graph, { x: attrs.fn === 'multiply' ? x : undefined, dy }, attrs).dx },
})
