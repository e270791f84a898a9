// What elementwise functions of `ops` are made of.

import type { Graph, Value } from '../graph/graph.ts'
import type { SymbolicTensor } from '../layers/symbolicTensor.ts'
import { broadcastOpen, defineOperation, type LoweredOperand, type Operand, single } from './operation.ts'

export type Lowering = (graph: Graph, ...operands: readonly LoweredOperand[]) => Value
export type Unary = (x: Operand) => SymbolicTensor
export type Binary = (x1: Operand, x2: Operand) => SymbolicTensor

/** An operation of so many operands and nothing else, whose result has the shape that they broadcast to. */
/* @__NO_SIDE_EFFECTS__ */
export function broadcasting<F>(name: string, count: number, lower: Lowering, takesIntegers = false): F {
  const apply = defineOperation<object>({
    name,
    takesIntegers,
    outputShapes: (shapes) => [broadcastOpen(shapes, `ops.${name}`)],
    lower: (graph, operands) => [lower(graph, ...operands)],
  })
  const fn = (...given: readonly Operand[]): SymbolicTensor => {
    const operands = Array.from({ length: count }, (_, i) => given[i])
    return single(apply(`ops.${name}`, operands, {}))
  }
  return fn as F
}

export const capitalized = (name: string): string => name.slice(0, 1).toUpperCase() + name.slice(1)
