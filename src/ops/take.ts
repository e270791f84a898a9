// Entries along an axis by indices: the same ones for all positions of the other axes, or for each its own.

import { fail } from '../errors.ts'
import { LOAD_FLOPS } from '../graph/launch.ts'
import { defineOp, type Gradients } from '../graph/operation.ts'
import { extentOf, type Shape, sameShape, showShape, sizeOf } from '../util/shape.ts'
import { take as kernel, takeGradient as takeGradientKernel } from './kernels.gen.ts'

export interface TakeAttributes {
  readonly axis: number
  /** Whether each position of the other axes has its own indices: `takeAlongAxis`. */
  readonly isAlong: boolean
}

/** Where the index of an entry lies. */
function paramsOf(x: Shape, indices: Shape, { axis, isAlong }: TakeAttributes) {
  const inner = sizeOf(x.slice(axis + 1))
  const count = isAlong ? extentOf(indices, axis) : sizeOf(indices)
  return {
    n: extentOf(x, axis),
    count,
    inner,
    indexOuter: isAlong ? count * inner : 0,
    indexEntry: isAlong ? inner : 1,
    indexInner: Number(isAlong),
  }
}

function takenShape(x: Shape, indices: Shape, { axis, isAlong }: TakeAttributes): Shape {
  if (!isAlong) return [...x.slice(0, axis), ...indices, ...x.slice(axis + 1)]
  const others = (shape: Shape): Shape => shape.filter((_, i) => i !== axis)
  if (x.length !== indices.length || !sameShape(others(x), others(indices))) {
    fail('takeAlongAxis', {
      expected: `indices of the shape of x but for axis ${axis}`,
      got: `${showShape(indices)} of ${showShape(x)}`,
    })
  }
  return indices
}

const takeGradient = defineOp({
  kernel: takeGradientKernel,
  dims: { indices: '...', dy: '...' },
  shape: (_inputs, { shape }: TakeAttributes & { readonly shape: Shape }) => ({ dx: shape }),
  params: ({ indices, dx }, attrs) => ({ size: sizeOf(dx), ...paramsOf(dx, indices, attrs) }),
  threads: ({ size }) => size,
  flopsEach: ({ count }) => 2 * LOAD_FLOPS * count,
})

/** Entries of x along an axis. Indices are numbers, below 0 from the end; where x has no entry the result is NaN. */
export const take = defineOp({
  kernel,
  dims: { x: '...', indices: '...' },
  shape: ({ x, indices }, attrs: TakeAttributes) => ({ y: takenShape(x, indices, attrs) }),
  params: ({ x, indices, y }, attrs) => ({ size: sizeOf(y), ...paramsOf(x, indices, attrs) }),
  threads: ({ size }) => size,
  gradient({ graph, inputs: { x, indices }, attrs }, { y: dy }): Gradients<'x'> {
    return dy === undefined
      ? {}
      : { x: takeGradient(graph, { indices, dy }, { ...attrs, shape: x.shape }).dx }
  },
})

export { takeGradient }
