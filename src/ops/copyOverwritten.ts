// Backward passes of recurrences overwrite what the forward pass has stored. Where a step differentiates through one twice, the first pass
// gets a copy.

import type { Graph, Node, Value } from '../graph/graph.ts'
import { memoryOf } from '../graph/parts.ts'
import { affine } from './affine.ts'

/** Gives every node that overwrites an input of which another node reads further down a copy of the input. */
export function copyOverwritten(graph: Graph): void {
  const readBehind = new Set<Value>()
  const copies: { readonly node: Node; readonly name: string; readonly value: Value }[] = []
  for (const node of [...graph.nodes].reverse()) {
    for (const name of Object.values(node.op.inPlace)) {
      const value = node.inputs[name]
      if (value && readBehind.has(memoryOf(value))) copies.push({ node, name, value })
    }
    for (const input of Object.values(node.inputs)) readBehind.add(memoryOf(input))
  }
  for (const { node, name, value } of copies) {
    node.inputs = { ...node.inputs, [name]: affine(graph, { x: value }, {}).y }
    const copy = graph.nodes.pop() as Node
    graph.nodes.splice(graph.nodes.indexOf(node), 0, copy)
  }
}
