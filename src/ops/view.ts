// Other shapes of the same memory: no kernel, no copy.

import { fail } from '../errors.ts'
import type { DType, Value } from '../graph/graph.ts'
import { defineView } from '../graph/view.ts'
import { type Shape, showShape, sizeOf } from '../util/shape.ts'

/** y = x in another shape of the same size. */
export const reshape = defineView({
  name: 'reshape',
  shape(x, { shape }: { readonly shape: Shape }) {
    if (sizeOf(x) !== sizeOf(shape)) {
      fail('reshape', { expected: `a shape of ${sizeOf(x)} elements`, got: showShape(shape) })
    }
    return shape
  },
  gradient: (graph, x, d): Value => reshape(graph, d, { shape: x.shape }),
})

/** A tensor that lies inside x, `offset` words in (a multiple of 64, for bindings), read as `dtype`. Not differentiable. */
export const part = defineView({
  name: 'part',
  shape: (_x, { shape }: { readonly shape: Shape; readonly offset: number; readonly dtype?: DType }) => shape,
  offset: ({ offset }) => offset,
  dtype: ({ dtype }) => dtype,
})

/** y = x without a gradient, for states that one batch passes on to the next. */
export const detach = defineView({
  name: 'detach',
  shape: (x, _attrs: object) => x,
  gradient: () => undefined,
})
