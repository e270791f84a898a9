// Axes as one, the last one, for functions that work along it.

import { fail } from '../errors.ts'
import type { SymbolicTensor } from '../layers/symbolicTensor.ts'
import { showShape, sizeOf } from '../util/shape.ts'
import { type Operand, shapeOfOperand } from './operation.ts'
import { type Axes, axesOf } from './reductions.ts'
import { moveaxis, ravel, reshape } from './shapes.ts'

/** The tensor with these axes as its last one, and which they were; of all, null, it is a row. */
export function asLast(
  where: string,
  x: Operand,
  axis: Axes,
): { rows: SymbolicTensor; kept: readonly number[]; extent: number } {
  const shape = shapeOfOperand(x, where)
  const axes = axesOf(where, axis, shape.length)
  const extents = axes.map((each) => shape[each] ?? null)
  if (extents.includes(null))
    return fail(where, { expected: 'axes whose extents are known', got: showShape(shape) })
  const extent = sizeOf(extents as number[])
  if (axes.length === shape.length) return { rows: ravel(x), kept: axes, extent }
  const behind = moveaxis(
    x,
    axes,
    axes.map((_, i) => shape.length - axes.length + i),
  )
  const outer = shape.filter((_, i) => !axes.includes(i)).map((each) => each ?? -1)
  return { rows: axes.length === 1 ? behind : reshape(behind, [...outer, extent]), kept: axes, extent }
}
