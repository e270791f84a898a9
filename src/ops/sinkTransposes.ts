// A pass over the finished graph of a step, which layers hand over that transpose their inputs and outputs (layers/convolutional/dataFormat.ts):
// transpositions that undo each other are removed, also where views and elementwise operations lie between. An elementwise
// operation whose tensors are all transposed alike computes on the tensors before that, and its result is transposed instead:
//   relu(transpose(x)) → transpose(relu(x))
// Regions of such operations are moved as a whole, and only where fewer transpositions remain.

import type { Graph, Node, Value } from '../graph/graph.ts'
import { memoryOf } from '../graph/parts.ts'
import { mapValues } from '../util/mapValues.ts'
import { type Shape, sameShape, sizeOf } from '../util/shape.ts'
import { broadcastIn, inverseOf, type Order, orderOf, sameOrder } from './axisOrder.ts'
import { transpose } from './transpose.ts'
import { reshape } from './view.ts'

/**
 * Operations of which an element of the outputs, which are of one shape, depends on the elements at its place alone: of inputs of that
 * shape, and of ones that broadcast to it by NumPy's rule. By name, so that no page has them for their transpositions.
 */
export const ELEMENTWISE: ReadonlySet<string> = new Set([
  'activation',
  'activationGradient',
  'addAll',
  'affine',
  'binary',
  'maximumGradient',
  'pointwise',
  'rectifier',
  'rectifierGradient',
])

export function sinkTransposes(graph: Graph): void {
  rewrite(graph, new Set())
  for (let before = Number.POSITIVE_INFINITY; ; ) {
    const readers = readersIn(graph)
    const regions = regionsOf(graph).filter((region) => pays(readers, region))
    const count = graph.nodes.filter(orderIn).length
    if (regions.length === 0 || count >= before) return
    before = count
    rewrite(graph, new Set(regions.flatMap(({ nodes }) => nodes)))
  }
}

/** Moves nodes before the transpositions of their tensors, and removes transpositions that are undone then. */
function rewrite(graph: Graph, moved: ReadonlySet<Node>): void {
  const overwritten = overwrittenIn(graph)
  const replaced = new Map<Value, Value>()
  const { nodes } = graph
  graph.nodes = []
  for (const node of nodes) {
    node.inputs = mapValues(node.inputs, (value) => replaced.get(value) ?? value)
    const instead = (moved.has(node) && moveUp(graph, node)) || simpler(graph, node, overwritten)
    if (!instead) graph.nodes.push(node)
    for (const [name, value] of Object.entries(instead ?? {})) {
      const old = node.outputs[name]
      if (old) replaced.set(old, value)
    }
  }
  for (const [name, value] of graph.results) graph.results.set(name, replaced.get(value) ?? value)
  removeUnread(graph)
}

/** Removes transpositions and views that nothing reads, so that they are no readers. */
function removeUnread(graph: Graph): void {
  const read = new Set(graph.results.values())
  const kept: Node[] = []
  for (const node of [...graph.nodes].reverse()) {
    const outputs = Object.values(node.outputs)
    const isPassing = node.op.view || orderIn(node) !== null
    if (isPassing && !outputs.some((value) => read.has(value) || value.place !== null)) continue
    kept.push(node)
    for (const input of Object.values(node.inputs)) read.add(input)
  }
  graph.nodes = kept.reverse()
}

/** Elementwise operations that read each other or one transposition, and the transpositions that they read, all of one order. */
interface Region {
  readonly order: Order
  readonly nodes: Node[]
  readonly transposes: Node[]
}

/** The order of a transposition; null for all other nodes. */
const orderIn = ({ op, inputs: { x }, attrs }: Node): Order | null =>
  op === transpose.operation && x
    ? orderOf(x.shape, (attrs as { readonly permutation: Shape }).permutation)
    : null

/** The tensor that views of the whole of it show, through any number of them. */
function viewed(value: Value): Value {
  const x = value.node?.op.view ? value.node.inputs.x : undefined
  return x && x.dtype === value.dtype && sizeOf(x.shape) === sizeOf(value.shape) ? viewed(x) : value
}

/** The tensors of an elementwise node that have as many elements as its result; the others are broadcast. */
const wholeInputs = ({ inputs }: Node, y: Shape): Value[] =>
  Object.values(inputs).filter(({ shape }) => sizeOf(shape) === sizeOf(y))

const resultShape = ({ outputs }: Node): Shape => Object.values(outputs)[0]?.shape ?? []

/** What operations overwrite where it lies: it can be read before only. */
const overwrittenIn = (graph: Graph): ReadonlySet<Value> =>
  new Set(
    graph.nodes.flatMap(({ op, inputs }) =>
      [...Object.values(op.inPlace), ...op.updates].flatMap((name) =>
        inputs[name] ? [memoryOf(inputs[name])] : [],
      ),
    ),
  )

function regionsOf(graph: Graph): readonly Region[] {
  const overwritten = overwrittenIn(graph)
  // Of transpositions and of elementwise nodes, by their results.
  const regions = new Map<Value, Region>()
  for (const node of graph.nodes) {
    const order = orderIn(node)
    const { x, y } = { ...node.inputs, ...node.outputs }
    if (order && x && y && !overwritten.has(memoryOf(x)))
      regions.set(y, { order, nodes: [], transposes: [node] })
    if (!ELEMENTWISE.has(node.op.name)) continue
    const outputs = Object.values(node.outputs)
    const found = wholeInputs(node, resultShape(node)).map((input) => regions.get(viewed(input)))
    const [first, ...others] = found
    const isPlain = outputs.every(({ place }) => place === null)
    if (!first || !isPlain || !others.every((other) => other && sameOrder(other.order, first.order))) continue
    if (!broadcastShapes(node, first.order)) continue
    const all = [...new Set(found.filter((region) => region !== undefined))]
    const merged: Region = {
      order: first.order,
      nodes: [...all.flatMap((region) => region.nodes), node],
      transposes: all.flatMap((region) => region.transposes),
    }
    for (const [value, region] of regions) if (all.includes(region)) regions.set(value, merged)
    for (const output of outputs) regions.set(output, merged)
  }
  return [...new Set(regions.values())].filter(({ nodes }) => nodes.length > 0)
}

/** For each input that is broadcast its shape before the transposition; null if one cannot be without being transposed. */
function broadcastShapes(node: Node, order: Order): Readonly<Record<string, Shape>> | null {
  const y = resultShape(node)
  const shapes: Record<string, Shape> = {}
  for (const [name, { shape }] of Object.entries(node.inputs)) {
    if (sizeOf(shape) === sizeOf(y)) continue
    const before = broadcastIn(order, y, shape)
    if (!before) return null
    shapes[name] = before
  }
  return shapes
}

/** The nodes that read each tensor, through views of the whole; null for what is a result. */
function readersIn(graph: Graph): ReadonlyMap<Value, readonly (Node | null)[]> {
  const readers = new Map<Value, (Node | null)[]>()
  const add = (value: Value, reader: Node | null): void => {
    const tensor = viewed(value)
    readers.set(tensor, [...(readers.get(tensor) ?? []), reader])
  }
  for (const node of graph.nodes) {
    const isView = Object.values(node.outputs).some((output) => viewed(output) !== output)
    if (!isView) for (const input of new Set(Object.values(node.inputs))) add(input, node)
  }
  for (const value of graph.results.values()) add(value, null)
  return readers
}

/** Whether fewer transpositions remain if a region is moved before its transpositions. */
function pays(readers: ReturnType<typeof readersIn>, { order, nodes, transposes }: Region): boolean {
  const back = inverseOf(order)
  const isUndone = (reader: Node | null): boolean => {
    const found = reader && orderIn(reader)
    return found !== null && sameOrder(found, back)
  }
  const readersOf = (value: Value): readonly (Node | null)[] => readers.get(value) ?? []
  /** Whether something else reads a tensor. */
  const isReadOutside = (value: Value): boolean =>
    value.place !== null ||
    readersOf(value).some((reader) => !isUndone(reader) && !(reader && nodes.includes(reader)))
  const outputs = nodes.flatMap((node) => Object.values(node.outputs))
  const removed = transposes.filter(({ outputs: { y } }) => y && !isReadOutside(y)).length
  const undone = outputs.flatMap((output) => readersOf(output).filter(isUndone)).length
  return outputs.filter(isReadOutside).length < removed + undone
}

/**
 * An elementwise node on tensors before their transposition; its results are transposed instead. Null where another move has left a
 * tensor without its transposition.
 */
function moveUp(graph: Graph, node: Node): Readonly<Record<string, Value>> | null {
  const y = resultShape(node)
  const sources = new Map<Value, Value>()
  let order: Order | null = null
  for (const input of wholeInputs(node, y)) {
    const before = viewed(input).node
    const found = before && orderIn(before)
    if (!found || !before.inputs.x || (order && !sameOrder(order, found))) return null
    order = found
    sources.set(input, viewed(before.inputs.x))
  }
  const [first] = sources.values()
  const broadcast = order && broadcastShapes(node, order)
  if (!order || !first || !broadcast) return null
  // Without broadcasting it has the shape of what computes its tensor, which may then apply it as it stores.
  const shape = Object.keys(broadcast).length > 0 ? order.extents : first.shape
  const inputs = Object.entries(node.inputs).map(
    ([name, value]) => [name, shaped(graph, sources.get(value) ?? value, broadcast[name] ?? shape)] as const,
  )
  const outputs = graph.withMixed(node.mixed).add(node.op, Object.fromEntries(inputs), node.attrs)
  const { extents, permutation } = order
  return mapValues(outputs, (output) => {
    const x = shaped(graph, output, extents)
    return shaped(graph, transpose(graph, { x }, { permutation }).y, y)
  })
}

/** A view in the place of a transposition that moves nothing in memory, or undoes another. */
function simpler(
  graph: Graph,
  node: Node,
  overwritten: ReadonlySet<Value>,
): Readonly<Record<string, Value>> | null {
  const order = orderIn(node)
  const { x, y } = { ...node.inputs, ...node.outputs }
  if (!order || !x || !y || y.place !== null) return null
  if (order.extents.length < 2) return { y: shaped(graph, x, y.shape) }
  const before = viewed(x).node
  const source = before?.inputs.x
  const first = before && orderIn(before)
  if (!source || !first || !sameOrder(first, inverseOf(order)) || overwritten.has(memoryOf(source)))
    return null
  return { y: shaped(graph, source, y.shape) }
}

const shaped = (graph: Graph, x: Value, shape: Shape): Value =>
  sameShape(x.shape, shape) ? x : reshape(graph, x, { shape })
