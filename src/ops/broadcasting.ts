// Gradients of what was broadcast, and broadcasting itself.

import type { Graph, Value } from '../graph/graph.ts'
import { type Shape, sameShape } from '../util/shape.ts'
import { repeat, sum } from './reduce.ts'
import { reshape } from './view.ts'

/** Sums a gradient over the axes along which its tensor was broadcast. */
export function sumTo(graph: Graph, d: Value, shape: Shape): Value {
  if (sameShape(d.shape, shape)) return d
  const extra = d.shape.length - shape.length
  let result = d
  for (let axis = d.shape.length - 1; axis >= 0; axis--) {
    const extent = axis < extra ? 1 : shape[axis - extra]
    if (extent === 1 && d.shape[axis] !== 1) result = sum(graph, { x: result }, { axis }).y
  }
  return sameShape(result.shape, shape) ? result : reshape(graph, result, { shape })
}

/** Repeats what has an extent of 1. */
export function broadcast(graph: Graph, x: Value, target: Shape): Value {
  const missing = target.length - x.shape.length
  let result = reshape(graph, x, { shape: [...Array<number>(missing).fill(1), ...x.shape] })
  target.forEach((extent, axis) => {
    if (result.shape[axis] === extent) return
    const shape = result.shape.filter((_, i) => i !== axis)
    result = repeat(graph, { x: reshape(graph, result, { shape }) }, { axis, n: extent }).y
  })
  return result
}
