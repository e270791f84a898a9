// Who reads what, and what is needed at all.

import type { Graph, Node, Value } from '../graph/graph.ts'

/** How many node inputs each tensor is. */
export function countReaders(graph: Graph): Map<Value, number> {
  const readers = new Map<Value, number>()
  for (const node of graph.nodes) {
    for (const input of Object.values(node.inputs)) readers.set(input, (readers.get(input) ?? 0) + 1)
  }
  return readers
}

/** Drops nodes that nothing depends on: no result, no reader, no effect on an arena. */
export function removeDead(graph: Graph): void {
  const needed = new Set<Value>(graph.results.values())
  const isNeeded = (node: Node): boolean =>
    node.op.updates.length > 0 ||
    Object.values(node.outputs).some((value) => needed.has(value) || value.place !== null)
  const kept: Node[] = []
  for (const node of [...graph.nodes].reverse()) {
    if (!isNeeded(node)) continue
    kept.push(node)
    for (const input of Object.values(node.inputs)) needed.add(input)
  }
  graph.nodes = kept.reverse()
}
