// What a transposition does to memory, whatever the shapes by which tensors are seen: axes without extents of 1, of which neighbours
// that stay neighbours are one.

import { type Shape, sameShape, sizeOf } from '../util/shape.ts'

export interface Order {
  /** Extents before. */
  readonly extents: Shape
  /** For each axis behind, the one before that becomes it. */
  readonly permutation: readonly number[]
}

/** The order of a transposition y.shape[k] = x[permutation[k]]; without axes if it moves nothing. */
export function orderOf(x: Shape, permutation: readonly number[]): Order {
  // Axes of x that follow each other behind, too; by the position of the first one before.
  const runs: { first: number; last: number }[] = []
  const kept = x.map((_, axis) => axis).filter((axis) => x[axis] !== 1)
  for (const axis of permutation) {
    const at = kept.indexOf(axis)
    const run = runs.at(-1)
    if (at < 0) continue
    if (run && run.last + 1 === at) run.last = at
    else runs.push({ first: at, last: at })
  }
  const before = [...runs].sort((a, b) => a.first - b.first)
  if (runs.length < 2) return { extents: [], permutation: [] }
  return {
    extents: before.map(({ first, last }) => sizeOf(kept.slice(first, last + 1).map((axis) => x[axis] ?? 1))),
    permutation: runs.map((run) => before.indexOf(run)),
  }
}

/** The extents behind, in their order. */
const extentsBehind = ({ extents, permutation }: Order): number[] => permutation.map((k) => extents[k] ?? 1)

export const inverseOf = (order: Order): Order => ({
  extents: extentsBehind(order),
  permutation: order.permutation.map((_, k) => order.permutation.indexOf(k)),
})

export const sameOrder = (a: Order, b: Order): boolean =>
  sameShape(a.extents, b.extents) && sameShape(a.permutation, b.permutation)

/**
 * The shape before the transposition of a tensor that is broadcast to its result `y`: of extent 1 along each axis of the order, or
 * whole. Null if the tensor would have to be transposed itself, or is neither along some axis.
 */
export function broadcastIn(order: Order, y: Shape, tensor: Shape): Shape | null {
  const aligned = [...Array<number>(y.length - tensor.length).fill(1), ...tensor]
  const before = order.extents.map(() => 1)
  let axis = 0
  let lastWhole = -1
  for (const [k, extent] of extentsBehind(order).entries()) {
    const start = axis
    for (let product = 1; product < extent && axis < y.length; axis++) product *= y[axis] ?? 1
    const [all, own] = [y.slice(start, axis), aligned.slice(start, axis)]
    if (sizeOf(all) !== extent) return null
    const position = order.permutation[k] ?? 0
    if (sizeOf(own) === 1) continue
    if (!sameShape(all, own) || position < lastWhole) return null
    before[position] = extent
    lastWhole = position
  }
  return before
}
