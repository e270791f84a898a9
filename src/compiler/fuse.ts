// Epilogue fusion: where an elementwise function is the only reader of a result, the producer applies the function as it
// stores, which saves a launch and a pass through memory. The trait `epilogue` says which function a producer can apply,
// `asEpilogue` which function a node is.

import type { Graph, Value } from '../graph/graph.ts'
import { countReaders } from './liveness.ts'

export function fuseEpilogues(graph: Graph): void {
  const readers = countReaders(graph)
  const results = new Set(graph.results.values())
  const onlyReader = (value: Value): boolean =>
    readers.get(value) === 1 && value.place === null && !results.has(value)
  graph.nodes = graph.nodes.filter((node) => {
    const epilogue = node.op.asEpilogue(node.attrs)
    const input = epilogue && node.inputs[epilogue.input]
    const producer = input?.node
    const takes = producer?.op.epilogue
    if (!epilogue || !input || !producer || !takes) return true
    if (producer.outputs[takes.output] !== input || !onlyReader(input)) return true
    const attrs = takes.fuse(producer.attrs, epilogue)
    const [output, ...others] = Object.values(node.outputs)
    if (attrs === null || output === undefined || others.length > 0) return true
    producer.attrs = attrs
    producer.outputs = { ...producer.outputs, [takes.output]: output }
    output.node = producer
    return false
  })
}
