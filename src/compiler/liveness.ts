// Liveness: which nodes are dead.

import type { Graph, Node, Value } from '../graph/graph.ts'

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
