// Fusion of pointwise expressions: an expression computes what it reads of other expressions itself. That saves launches and passes
// through memory; what several expressions read is computed several times, which costs less.

import type { Graph, Node, Value } from '../graph/graph.ts'
import { memoryOf } from '../graph/parts.ts'
import { sameShape, sizeOf } from '../util/shape.ts'
import { expressionOf, type PointwiseAttributes } from './pointwise.ts'
import {
  constantIn,
  FIRST_CONSTANT,
  FIRST_RESULT,
  type Instruction,
  MOST_CONSTANTS,
  MOST_INSTRUCTIONS,
  MOST_TENSORS,
} from './pointwiseFunctions.ts'

interface Expression extends PointwiseAttributes {
  readonly tensors: readonly Value[]
}

/** The expression of a node with all that fits of the expressions whose results it reads; null where nothing does. */
export function absorbed(
  node: Node,
  graph: Graph,
): { readonly tensors: readonly Value[]; readonly attrs: PointwiseAttributes } | null {
  let expression = expressionOf(node)
  if (!expression) return null
  const { y } = node.outputs
  const start = expression
  for (const tensor of start.tensors) {
    const inner = tensor.node && expressionOf(tensor.node)
    if (!inner || !y || !sameShape(tensor.shape, y.shape)) continue
    if (inner.tensors.some((value) => isOverwritten(graph, value))) continue
    if (isUpdatedBetween(graph, inner.tensors, tensor.node, node)) continue
    expression = merged(expression, tensor, inner) ?? expression
  }
  const { tensors, ...attrs } = expression
  return expression === start ? null : { tensors, attrs }
}

/** `outer`, which computes `inner` where it read its result; null where that is too much for one launch. */
function merged(outer: Expression, result: Value, inner: Expression): Expression | null {
  const tensors = [...new Set([...inner.tensors, ...outer.tensors.filter((tensor) => tensor !== result)])]
  const constants: number[] = []
  const instructions: Instruction[] = []
  const append = (from: Expression, replace: (tensor: Value) => number): number => {
    const first = FIRST_RESULT + instructions.length
    for (const { code, operands } of from.instructions) {
      const moved = operands.map((operand) => {
        if (operand >= FIRST_RESULT) return operand - FIRST_RESULT + first
        if (operand >= FIRST_CONSTANT)
          return constantIn(constants, from.constants[operand - FIRST_CONSTANT] as number)
        return replace(from.tensors[operand] as Value)
      })
      instructions.push({ code, operands: moved })
    }
    return FIRST_RESULT + instructions.length - 1
  }
  const place = append(inner, (tensor) => tensors.indexOf(tensor))
  append(outer, (tensor) => (tensor === result ? place : tensors.indexOf(tensor)))
  const fits =
    tensors.length <= MOST_TENSORS &&
    constants.length <= MOST_CONSTANTS &&
    instructions.length <= MOST_INSTRUCTIONS
  return fits ? { tensors, constants, instructions } : null
}

const overwritten = new WeakMap<Graph, ReadonlySet<Value>>()

/** Whether some operation overwrites the memory of a tensor, which can then be read before only. */
function isOverwritten(graph: Graph, value: Value): boolean {
  let found = overwritten.get(graph)
  if (!found) {
    found = new Set(
      graph.nodes.flatMap(({ op, inputs }) =>
        Object.values(op.inPlace).flatMap((name) => (inputs[name] ? memoryOf(inputs[name]) : [])),
      ),
    )
    overwritten.set(graph, found)
  }
  return found.has(memoryOf(value))
}

/** Where in the order of a graph each node is, and what nodes update where it lies. */
interface Updates {
  readonly positions: ReadonlyMap<Node, number>
  readonly updated: readonly { readonly position: number; readonly memory: Value }[]
}

const updatesOf = new WeakMap<Graph, Updates>()

/** Whether something that one node reads is updated before another node, which would read the new numbers in its place. */
function isUpdatedBetween(graph: Graph, tensors: readonly Value[], from: Node | null, to: Node): boolean {
  let found = updatesOf.get(graph)
  if (!found) {
    const positions = new Map(graph.nodes.map((node, i) => [node, i]))
    const updated = graph.nodes.flatMap(({ op, inputs }, position) =>
      op.updates.flatMap((name) => (inputs[name] ? { position, memory: memoryOf(inputs[name]) } : [])),
    )
    found = { positions, updated }
    updatesOf.set(graph, found)
  }
  const { positions, updated } = found
  const first = (from && positions.get(from)) ?? 0
  const last = positions.get(to) ?? 0
  const places = tensors.flatMap((tensor) => memoryOf(tensor).place ?? [])
  return places.some(({ arena, offset }) =>
    updated.some(({ position, memory: { place, shape } }) => {
      if (position <= first || position >= last || place?.arena !== arena) return false
      return offset >= place.offset && offset < place.offset + sizeOf(shape)
    }),
  )
}
