// y = x / (1 − rate) where a draw keeps x, else 0. The draw is a function of seed, stream, iteration and element, so
// that the gradient is the same operation on dy, and the CPU and the GPU drop the same elements.

import { defineOp, type Gradients } from '../graph/operation.ts'
import { extentOf, sizeOf } from '../util/shape.ts'
import { dropout as kernel } from './kernels.gen.ts'

export interface DropoutAttributes {
  /** Share of elements that become 0, in [0, 1). */
  readonly rate: number
  /** The model's seed, and the layer's stream of draws under it. */
  readonly seed: number
  readonly stream: number
  /** All entries along this axis share one draw: 1 shares a mask over time. None by default. */
  readonly sharedAxis?: number
}

export const dropout = defineOp({
  kernel,
  dims: { x: '...S' },
  shape: ({ x }) => ({ y: x }),
  params: ({ x }, { rate, seed, stream, sharedAxis }: DropoutAttributes) => ({
    size: sizeOf(x),
    n: sharedAxis === undefined ? 1 : extentOf(x, sharedAxis),
    inner: sharedAxis === undefined ? 1 : sizeOf(x.slice(sharedAxis + 1)),
    rate,
    seed,
    stream,
  }),
  threads: ({ size }) => size,
  gradient: ({ graph, attrs }, { y: dy }): Gradients<'x'> =>
    dy === undefined ? {} : { x: dropout(graph, { x: dy }, attrs).y },
  simplify: ({ x }, { rate }) => (rate === 0 ? { y: x } : null),
})
