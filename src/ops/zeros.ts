// Tensors of zeros that a graph brings with it, each size once.

import type { Graph, Value } from '../graph/graph.ts'
import { type Shape, sizeOf } from '../util/shape.ts'
import { reshape } from './view.ts'

const known = new WeakMap<Graph['constants'], Map<number, Value>>()

/** Zeros of a shape. */
export function zerosOf(graph: Graph, shape: Shape): Value {
  // All views of a graph have its constants.
  const found = known.get(graph.constants) ?? new Map<number, Value>()
  known.set(graph.constants, found)
  const size = sizeOf(shape)
  const zeros = found.get(size) ?? graph.constant(new Float32Array(size), [size])
  found.set(size, zeros)
  return reshape(graph, zeros, { shape })
}
