// Epilogue fusion: where an elementwise function is the only reader of a result, the producer applies the function as it
// stores, which saves a launch and a pass through memory. The trait `epilogue` says which function a producer can apply,
// `asEpilogue` which function a node is. Other shapes of the result may lie between them.

import type { Graph, Node } from '../graph/graph.ts'
import { sourcesIn } from '../graph/readers.ts'
import { mapValues } from '../util/mapValues.ts'

export function fuseEpilogues(graph: Graph): void {
  const sourceOf = sourcesIn(graph)
  graph.nodes = graph.nodes.filter((node) => {
    const epilogue = node.op.asEpilogue(node.attrs)
    const input = epilogue && node.inputs[epilogue.input]
    const made = input && sourceOf(input)
    if (!made) return true
    const producer = made.node
    if (!producer?.op.epilogue || producer.outputs[producer.op.epilogue.output] !== made) return true
    const attrs = producer.op.epilogue.fuse(producer.attrs, epilogue)
    // An elementwise function has one output.
    const [output] = Object.values(node.outputs)
    if (!attrs || !output) return true
    producer.attrs = attrs
    // What the function gave is what it read now, the producer's output or a shape of it.
    const before = input.node as Node
    before.outputs = mapValues(before.outputs, (value) => (value === input ? output : value))
    output.node = before
    return false
  })
}
