// Epilogue fusion: where an elementwise function is the only reader of a result, the producer applies the function as it
// stores, which saves a launch and a pass through memory. The trait `epilogue` says which function a producer can apply,
// `asEpilogue` which function a node is. Other shapes of the result may lie between them.

import type { Graph, Node, Value } from '../graph/graph.ts'
import { mapValues } from '../util/mapValues.ts'
import { sizeOf } from '../util/shape.ts'
import { countReaders } from './liveness.ts'

export function fuseEpilogues(graph: Graph): void {
  const readers = countReaders(graph)
  const results = new Set(graph.results.values())
  const onlyReader = (value: Value): boolean =>
    readers.get(value) === 1 && value.place === null && !results.has(value)
  graph.nodes = graph.nodes.filter((node) => {
    const epilogue = node.op.asEpilogue(node.attrs)
    const input = epilogue && node.inputs[epilogue.input]
    if (!input || !onlyReader(input)) return true
    const made = sourceOf(input, onlyReader)
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

/** The value of which another is a shape, through views that nothing else reads; itself where it is none. */
function sourceOf(value: Value, onlyReader: (value: Value) => boolean): Value {
  const { x } = value.node?.op.view ? value.node.inputs : {}
  // A section has another size.
  const isWhole = x && sizeOf(x.shape) === sizeOf(value.shape) && onlyReader(x)
  return isWhole ? sourceOf(x, onlyReader) : value
}
