// Sample weights, [B], or weights of samples and time steps, [B, T], beside values of more axes.

import { fail } from '../errors.ts'
import { type Shape, sameShape, showShape } from '../util/shape.ts'

/** Throws unless the shape of weights is the first axes of the rows. */
export function checkWeights(where: string, weights: Shape, rows: Shape): void {
  if (sameShape(weights, rows.slice(0, weights.length))) return
  fail(where, { expected: `weights of the first axes of ${showShape(rows)}`, got: showShape(weights) })
}
