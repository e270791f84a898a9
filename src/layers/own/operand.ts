// What own code computes with, and assigns.

import type { Graph, Value } from '../../graph/graph.ts'
import { toFloat } from '../../ops/ids.ts'
import { type Tensor, toTensor } from '../../util/tensor.ts'
import { SymbolicTensor } from '../symbolicTensor.ts'
import { DrawnVariable } from '../weights/variable.ts'

/** An operand as it is computed with: numbers by themselves, `true` for 1, are numbers, arrays are tensors. */
export type ParsedOperand = SymbolicTensor | DrawnVariable | number | Tensor

/** Reads what an operand was given as; null for what is none. */
export function parseOperand(given: unknown, where: string): ParsedOperand | null {
  if (given instanceof SymbolicTensor || given instanceof DrawnVariable) return given
  if (typeof given === 'number' || typeof given === 'boolean') return Number(given)
  if (typeof given !== 'object' || given === null || !isArray(given)) return null
  const numbers = toTensor(given, where)
  return numbers.shape.length === 0 ? Number(numbers.data[0]) : numbers
}

/** An operand of floats. */
export const asFloat = <Given extends Value | number>(graph: Graph, operand: Given): Given | Value =>
  typeof operand === 'object' && operand.dtype === 'i32' ? toFloat(graph, { ids: operand }, {}).y : operand

const isArray = (value: object): boolean =>
  Array.isArray(value) || ArrayBuffer.isView(value) || 'shape' in value
