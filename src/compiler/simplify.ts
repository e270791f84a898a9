// Simplification: nodes that mean the same as something cheaper go, by the operation's own word.

import type { Graph, Node, Value } from '../graph/graph.ts'

/** Replaces the outputs of nodes that simplify, in one walk; a chain shortens from its start on. */
export function simplify(graph: Graph): void {
  const replaced = new Map<Value, Value>()
  const now = (value: Value): Value => replaced.get(value) ?? value
  graph.nodes = graph.nodes.filter((node) => {
    node.inputs = Object.fromEntries(Object.entries(node.inputs).map(([name, value]) => [name, now(value)]))
    const simpler = node.op.simplify(node)
    if (simpler === null || !canReplace(node, simpler)) return true
    for (const [name, value] of Object.entries(simpler)) {
      const old = node.outputs[name]
      if (old) replaced.set(old, now(value))
    }
    return false
  })
  for (const [name, value] of graph.results) graph.results.set(name, now(value))
}

// A tensor that must be computed into an arena cannot give way to one that lies elsewhere.
function canReplace(node: Node, simpler: Readonly<Record<string, Value>>): boolean {
  return Object.keys(simpler).every((name) => node.outputs[name]?.place == null)
}
