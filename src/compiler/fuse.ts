// Epilogue fusion: where an elementwise function is the only reader of a result, the producer applies the function as it
// stores, which saves a launch and a pass through memory. The trait `epilogue` says which function a producer can apply,
// `asEpilogue` which function a node is. Other shapes of the result may lie between them.

import type { Graph, Node, Value } from '../graph/graph.ts'
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
    if (!epilogue || !input || !onlyReader(input)) return true
    const made = sourceOf(input, onlyReader)
    const producer = made.node
    const takes = producer?.op.epilogue
    if (!producer || !takes || producer.outputs[takes.output] !== made) return true
    const attrs = takes.fuse(producer.attrs, epilogue)
    const [output, ...others] = Object.values(node.outputs)
    if (attrs === null || output === undefined || others.length > 0) return true
    producer.attrs = attrs
    // What the function gave is given by what it read, the producer's output or a shape of it.
    const before = input.node as Node
    const name = Object.keys(before.outputs).find((each) => before.outputs[each] === input) as string
    before.outputs = { ...before.outputs, [name]: output }
    output.node = before
    return false
  })
}

/** The value of which another is a shape, through views that nothing else reads; itself where it is none. */
function sourceOf(value: Value, onlyReader: (value: Value) => boolean): Value {
  let source = value
  for (;;) {
    const { node } = source
    const viewed = node?.op.view ? node.inputs.x : undefined
    const isWhole = viewed && viewed.dtype === source.dtype && sizeOf(viewed.shape) === sizeOf(source.shape)
    if (!isWhole || !onlyReader(viewed)) return source
    source = viewed
  }
}
