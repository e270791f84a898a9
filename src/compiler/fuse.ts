// Epilogue fusion: where an elementwise function is the only reader of a result, the producer applies the function as it
// stores, which saves a launch and a pass through memory. The trait `epilogue` says which function a producer can apply,
// `asEpilogue` which function a node is. Other shapes of the result may lie between them. What normalizes columns brings tensors of
// its own, which the producer takes, if they are there when it runs: those in memory, as moving means are.

import type { Graph, Node, Value } from '../graph/graph.ts'
import type { Epilogue } from '../graph/operation.ts'
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
    const taken = takenBy(producer, node, epilogue, made.shape.at(-1) === input.shape.at(-1))
    if (!taken) return true
    const attrs = producer.op.epilogue.fuse(producer.attrs, epilogue)
    // An elementwise function has one output.
    const [output] = Object.values(node.outputs)
    if (!attrs || !output) return true
    producer.attrs = attrs
    producer.inputs = { ...producer.inputs, ...taken }
    // What the function gave is what it read now, the producer's output or a shape of it.
    const before = input.node as Node
    before.outputs = mapValues(before.outputs, (value) => (value === input ? output : value))
    output.node = before
    return false
  })
}

/** What a producer takes of a node's inputs with an epilogue; null where it cannot. */
function takenBy(
  producer: Node,
  node: Node,
  { normalization }: Epilogue,
  hasColumns: boolean,
): Readonly<Record<string, Value>> | null {
  if (!normalization) return {}
  if (!producer.op.epilogue?.normalizes || !hasColumns) return null
  const taken = normalization.inputs.flatMap((name) => {
    const value = node.inputs[name]
    return value ? [[name, value] as const] : []
  })
  return taken.every(([, value]) => isInMemory(value)) ? Object.fromEntries(taken) : null
}

/** Whether a value is in memory before the step, or a shape of such. */
const isInMemory = ({ node }: Value): boolean =>
  node === null || (node.op.view && Object.values(node.inputs).every(isInMemory))

/** The value of which another is a shape, through views that nothing else reads; itself where it is none. */
function sourceOf(value: Value, onlyReader: (value: Value) => boolean): Value {
  const { x } = value.node?.op.view ? value.node.inputs : {}
  // A section has another size.
  const isWhole = x && sizeOf(x.shape) === sizeOf(value.shape) && onlyReader(x)
  return isWhole ? sourceOf(x, onlyReader) : value
}
