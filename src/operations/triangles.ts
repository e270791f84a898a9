// The last two axes without what lies on one side of a diagonal.

import { checkInteger, fail } from '../errors.ts'
import type { SymbolicTensor } from '../layers/symbolicTensor.ts'
import { showShape } from '../util/shape.ts'
import { Tensor } from '../util/tensor.ts'
import { greaterEqual, lessEqual, subtract, where } from './elementwise.ts'
import { getItem } from './indexing.ts'
import { type Operand, shapeOfOperand } from './operation.ts'
import { operation } from './operationLayer.ts'
import { cumsum } from './reductions.ts'
import { onesLike } from './shapes.ts'

/** 1 where a column minus its row satisfies a condition. */
export const maskOf = (rows: number, columns: number, isIn: (diagonal: number) => boolean): Tensor =>
  new Tensor(
    Float32Array.from({ length: rows * columns }, (_, i) =>
      Number(isIn((i % columns) - Math.floor(i / columns))),
    ),
    [rows, columns],
  )

/** The number of an entry's diagonal, its column less its row, counted in the step: only there the extents are known. */
function diagonalsOf(x: Operand, rank: number): SymbolicTensor {
  const first = [0, 1] as const
  const outer = Array<typeof first>(rank - 2).fill(first)
  const counted = (part: SymbolicTensor, axis: number): SymbolicTensor => cumsum(onesLike(part), axis)
  return subtract(
    counted(getItem(x, [...outer, first, null]), -1),
    counted(getItem(x, [...outer, null, first]), -2),
  )
}

/* @__NO_SIDE_EFFECTS__ */
const triangle = (className: string, isLower: boolean) =>
  operation('numpy', className, 'x k=0', (x: Operand, k = 0): SymbolicTensor => {
    const name = `ops.${className.toLowerCase()}`
    const diagonal = checkInteger(name, 'k', k)
    const shape = shapeOfOperand(x, name)
    if (shape.length < 2) fail(name, { expected: 'a tensor of at least two axes', got: showShape(shape) })
    const [rows = null, columns = null] = shape.slice(-2)
    const isIn = (d: number): boolean => (isLower ? d <= diagonal : d >= diagonal)
    const counts = isLower ? lessEqual : greaterEqual
    const mask =
      rows === null || columns === null
        ? counts(diagonalsOf(x, shape.length), diagonal)
        : maskOf(rows, columns, isIn)
    return where(mask, x, 0)
  })

/** The last two axes without what is above the k-th diagonal. */
export const tril = triangle('Tril', true)
/** The last two axes without what is below the k-th diagonal. */
export const triu = triangle('Triu', false)
