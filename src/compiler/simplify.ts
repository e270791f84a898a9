// Simplification: nodes are replaced by cheaper equals. The trait `simplify` of an operation gives the equal.

import type { Graph, Node, Value } from '../graph/graph.ts'
import { mapValues } from '../util/mapValues.ts'

/** Replaces nodes that simplify. One walk is enough: each node sees the inputs that replaced its former ones. */
export function simplify(graph: Graph): void {
  const replaced = new Map<Value, Value>()
  const now = (value: Value): Value => replaced.get(value) ?? value
  graph.nodes = graph.nodes.filter((node) => {
    node.inputs = mapValues(node.inputs, now)
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

// A tensor with a place must be computed there, so a tensor that lies elsewhere cannot replace it.
function canReplace(node: Node, simpler: Readonly<Record<string, Value>>): boolean {
  return Object.keys(simpler).every((name) => node.outputs[name]?.place == null)
}
