// Gradients of tensors that two directions of a recurrence share, where no loss depends on one of the two: its half of the columns is
// zeros, and weights and states of that direction have no gradient.

import type { Node, Value } from '../graph/graph.ts'
import { memoryOf } from '../graph/parts.ts'
import { lastOf } from '../util/shape.ts'
import { addAll } from './addAll.ts'
import { matmul } from './matmul.ts'
import { reverse } from './reverse.ts'

/** The first half of the columns, or the second. */
type Half = 'first' | 'second'

/** Gradients of which one half alone was given. */
const given = new WeakMap<Value, Half>()

/** Notes that a gradient has numbers in one half alone. */
export const setHalf = (gradient: Value, half: Half): unknown => given.set(gradient, half)

/** The half of a gradient that all of it comes from; null where it comes from both, or where that is not known. */
export function loneHalf(gradient: Value): Half | null {
  const { node } = gradient
  const found = given.get(gradient)
  if (found || !node) return found ?? null
  const [half = null, ...others] = new Set(columnsOf(gradient, node).map(loneHalf))
  return others.length === 0 ? half : null
}

/** What the columns of a gradient are computed of, column by column or half by half; none where they are of something else. */
function columnsOf({ shape }: Value, { op, inputs, attrs }: Node): readonly Value[] {
  const { dh, dLast, dz, x, z, b } = inputs
  if (isOfTwo(attrs)) return [dh, dLast, dz, x, z].filter((value) => value !== undefined)
  if (op === matmul.operation) return b && !(attrs as { readonly transposeB?: boolean }).transposeB ? [b] : []
  // Initial states of two directions are parts of a tensor that has no columns itself.
  if (op.view) return x && (lastOf(x.shape) === lastOf(shape) || isOfTwo(memoryOf(x).node?.attrs)) ? [x] : []
  return op === addAll.operation || op === reverse.operation ? Object.values(inputs) : []
}

const isOfTwo = (attrs: object | undefined): boolean =>
  (attrs as { readonly directions?: number } | undefined)?.directions === 2
