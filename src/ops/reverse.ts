// y = x with one axis reversed. The compiler removes two reversals in a row, so that a backward direction's outputs, reversed by
// goBackwards and again by Bidirectional, are never copied.

import { defineOp, type Gradients, type Operation } from '../graph/operation.ts'
import { extentOf, sizeOf } from '../util/shape.ts'
import { reverse as kernel } from './kernels.gen.ts'

export const reverse = defineOp({
  kernel,
  dims: { x: '...' },
  shape: ({ x }) => ({ y: x }),
  params: ({ x }, { axis }: { readonly axis: number }) => ({
    size: sizeOf(x),
    n: extentOf(x, axis),
    inner: sizeOf(x.slice(axis + 1)),
  }),
  threads: ({ size }) => size,
  gradient: ({ graph, attrs }, { y: dy }): Gradients<'x'> =>
    dy === undefined ? {} : { x: reverse(graph, { x: dy }, attrs).y },
  simplify({ x }, { axis }) {
    const before = x.node
    const self: Operation = reverse.operation
    if (before?.op !== self || (before.attrs as { axis: number }).axis !== axis) return null
    const { x: original } = before.inputs
    return original ? { y: original } : null
  },
})
