// Operations of a tensor along one of its axes.

import type { Graph, Value } from '../graph/graph.ts'
import type { SymbolicTensor } from '../layers/symbolicTensor.ts'
import {
  axisOf,
  defineOperation,
  type Operand,
  type Sides,
  shapeOfOperand,
  single,
  tensorOf,
} from './operation.ts'

/** An operation along an axis, whose result has the tensor's shape. */
/* @__NO_SIDE_EFFECTS__ */
export function alongAxis<Args extends object = object>(
  name: string,
  lower: (graph: Graph, x: Value, axis: number, args: Args) => Value,
  sides: Sides,
): (x: Operand, axis: number, args: Args) => SymbolicTensor {
  const where = `ops.${name}`
  const apply = defineOperation<{ readonly axis: number; readonly args: Args }>({
    name,
    sides,
    outputShapes: ([shape = []]) => [shape],
    lower: (graph, [x], { axis, args }) => [lower(graph, tensorOf(x, where), axis, args)],
  })
  return (x, axis, args) =>
    single(apply(where, [x], { axis: axisOf(where, axis, shapeOfOperand(x, where).length), args }))
}
