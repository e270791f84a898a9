// Who reads a tensor: what passes that fuse nodes ask.

import { sizeOf } from '../util/shape.ts'
import type { Graph, Value } from './graph.ts'

/** For each tensor that is read how often: as an input of a node, or as a result. */
export function countReaders(graph: Graph): Map<Value, number> {
  const readers = new Map<Value, number>()
  const count = (value: Value) => readers.set(value, (readers.get(value) ?? 0) + 1)
  graph.results.forEach(count)
  for (const { inputs } of graph.nodes) Object.values(inputs).forEach(count)
  return readers
}

/**
 * Finds, in a graph as it is now, what a node may take over that reads a tensor: the value of which the tensor is a shape, through views
 * that nothing else reads, or the tensor itself; undefined where something else reads it, too.
 */
export function sourcesIn(graph: Graph): (value: Value) => Value | undefined {
  const readers = countReaders(graph)
  const sourceOf = (value: Value): Value | undefined => {
    if (readers.get(value) !== 1 || value.place) return undefined
    const { x } = value.node?.op.view ? value.node.inputs : {}
    // A section has another size.
    return (x && sizeOf(x.shape) === sizeOf(value.shape) && sourceOf(x)) || value
  }
  return sourceOf
}
