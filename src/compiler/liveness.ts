// Liveness: how often each tensor is read, and which nodes are dead.

import type { Graph, Node, Value } from '../graph/graph.ts'

/** For each tensor, how many inputs of nodes it is. */
export function countReaders(graph: Graph): Map<Value, number> {
  const readers = new Map<Value, number>()
  for (const node of graph.nodes) {
    for (const input of Object.values(node.inputs)) readers.set(input, (readers.get(input) ?? 0) + 1)
  }
  return readers
}

/** Removes dead nodes: none of their outputs is a result, is read, or lies in an arena, and they update nothing. */
export function removeDead(graph: Graph): void {
  const needed = new Set<Value>(graph.results.values())
  const isNeeded = (node: Node): boolean =>
    node.op.updates.length > 0 ||
    Object.values(node.outputs).some((value) => needed.has(value) || value.place !== null)
  const live: Node[] = []
  for (const node of [...graph.nodes].reverse()) {
    if (!isNeeded(node)) continue
    live.push(node)
    for (const input of Object.values(node.inputs)) needed.add(input)
  }
  graph.nodes = live.reverse()
}
