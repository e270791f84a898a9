// Maxima, minima and products over an axis, where they are, and running sums and products along one. A tensor is seen as
// [outer, n, inner].

import type { Value } from '../graph/graph.ts'
import { LOAD_FLOPS } from '../graph/launch.ts'
import { defineOp, type Gradients } from '../graph/operation.ts'
import { extentOf, type Shape, sizeOf } from '../util/shape.ts'
import { argExtreme as argExtremeKernel, fold as foldKernel, scan as scanKernel } from './kernels.gen.ts'
import { point } from './pointwise.ts'
import { repeat, sum } from './reduce.ts'

interface Axis {
  readonly axis: number
}

const without = (x: Shape, axis: number): Shape => x.filter((_, i) => i !== axis)

const foldCodes = { max: 0, min: 1, prod: 2 } as const

/** The largest number, the smallest one or the product over an axis, which is removed. */
export const fold = defineOp({
  kernel: foldKernel,
  dims: { x: '...' },
  shape: ({ x }, { axis }: Axis & { readonly fn: keyof typeof foldCodes }) => ({ y: without(x, axis) }),
  params: ({ x, y }, { axis, fn }) => ({
    size: sizeOf(y),
    n: extentOf(x, axis),
    inner: sizeOf(x.slice(axis + 1)),
    code: foldCodes[fn],
  }),
  threads: ({ size }) => size,
  flopsEach: ({ n }) => LOAD_FLOPS * (n + 1),
  gradient({ graph, inputs: { x }, outputs: { y }, attrs: { axis, fn } }, { y: dy }): Gradients<'x'> {
    if (dy === undefined) return {}
    const n = extentOf(x.shape, axis)
    const along = (value: Value): Value => repeat(graph, { x: value }, { axis, n }).y
    if (fn === 'prod') {
      // The product of all others is that of those before times that of those behind, also where one is 0.
      const [before, behind] = [false, true].map(
        (reverse) => scan(graph, { x }, { axis, fn: 'prod', reverse, exclusive: true }).y,
      )
      return {
        x: point(graph, 'multiply', along(dy), point(graph, 'multiply', before as Value, behind as Value)),
      }
    }
    // As in Keras's backends, equal ones share the gradient.
    const isFound = point(graph, 'equal', x, along(y))
    const share = point(graph, 'divide', dy, sum(graph, { x: isFound }, { axis }).y)
    return { x: point(graph, 'multiply', isFound, along(share)) }
  },
})

/** The index of the largest or smallest number along an axis, which is removed, as a number. */
export const argExtreme = defineOp({
  kernel: argExtremeKernel,
  dims: { x: '...' },
  shape: ({ x }, { axis }: Axis & { readonly isMinimum: boolean }) => ({ y: without(x, axis) }),
  params: ({ x, y }, { axis, isMinimum }) => ({
    size: sizeOf(y),
    n: extentOf(x, axis),
    inner: sizeOf(x.slice(axis + 1)),
    isMinimum: Number(isMinimum),
  }),
  threads: ({ size }) => size,
  flopsEach: ({ n }) => LOAD_FLOPS * (n + 1),
  gradient: () => ({}),
})

interface ScanAttributes extends Axis {
  readonly fn: 'sum' | 'prod'
  readonly reverse?: boolean
  /** Whether an entry is left out of its own sum. */
  readonly exclusive?: boolean
}

/** Sums or products of the entries up to each one along an axis. */
export const scan = defineOp({
  kernel: scanKernel,
  dims: { x: '...S' },
  shape: ({ x }, _attrs: ScanAttributes) => ({ y: x }),
  params: ({ x }, { axis, fn, reverse = false, exclusive = false }) => ({
    size: sizeOf(without(x, axis)),
    n: extentOf(x, axis),
    inner: sizeOf(x.slice(axis + 1)),
    PRODUCT: Number(fn === 'prod'),
    REVERSE: Number(reverse),
    EXCLUSIVE: Number(exclusive),
  }),
  threads: ({ size }) => size,
  flopsEach: ({ n }) => 2 * LOAD_FLOPS * n,
  gradient({ graph, inputs: { x }, outputs: { y }, attrs }, { y: dy }): Gradients<'x'> {
    if (dy === undefined) return {}
    const back = { ...attrs, fn: 'sum', reverse: !attrs.reverse } as const
    if (attrs.fn === 'sum') return { x: scan(graph, { x: dy }, back).y }
    // Of a running product the sum of dy·y from an entry on, over the entry: none of which may be 0.
    const weighted = scan(graph, { x: point(graph, 'multiply', dy, y) }, back).y
    return { x: point(graph, 'divide', weighted, x) }
  },
})
