// Merges the outputs of a recurrence's two directions, which lie side by side in x [..., 2n], into y [..., n].

import { defineOp, type Gradients } from '../graph/operation.ts'
import { lastOf, type Shape, sizeOf } from '../util/shape.ts'
import { mergeHalvesGradient as gradientKernel, mergeHalves as kernel } from './kernels.gen.ts'

export interface MergeAttributes {
  readonly fn: 'add' | 'average' | 'multiply'
}

const widthOf = (x: Shape): number => lastOf(x) / 2

const scalars = ({ fn }: MergeAttributes) => ({
  scale: fn === 'average' ? 0.5 : 1,
  MULTIPLIES: Number(fn === 'multiply'),
})

/** dx = scale·dy in both halves, or dy times the other half; x is only needed for the product. */
const mergeHalvesGradient = defineOp({
  kernel: gradientKernel,
  optional: ['x'],
  shape: ({ dy }) => ({ dx: [...dy.slice(0, -1), 2 * lastOf(dy)] }),
  params: ({ dx }, attrs: MergeAttributes) => ({ size: sizeOf(dx), n: widthOf(dx), ...scalars(attrs) }),
  threads: ({ size }) => size,
})

/** y = left + right, their mean or their product. */
export const mergeHalves = defineOp({
  kernel,
  shape: ({ x }) => ({ y: [...x.slice(0, -1), widthOf(x)] }),
  params: ({ x, y }, attrs: MergeAttributes) => ({ size: sizeOf(y), n: widthOf(x), ...scalars(attrs) }),
  threads: ({ size }) => size,
  gradient: ({ graph, inputs: { x }, attrs }, { y: dy }): Gradients<'x'> =>
    dy === undefined
      ? {}
      : { x: mergeHalvesGradient(graph, { x: attrs.fn === 'multiply' ? x : undefined, dy }, attrs).dx },
})
