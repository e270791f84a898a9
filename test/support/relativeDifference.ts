// How far numbers are from others, each in parts of its scale. Runs under any test runner.

import { scalesOf } from './scale.ts'

/**
 * The largest difference as a share of the number's scale; infinite where a number is missing or NaN.
 *
 * @param floor No scale is smaller: what the numbers were computed from is of this magnitude.
 */
export function relativeDifference(got: ArrayLike<number>, expected: ArrayLike<number>, floor = 0): number {
  if (got.length !== expected.length) return Number.POSITIVE_INFINITY
  const scales = scalesOf(expected)
  let largest = 0
  for (let i = 0; i < expected.length; i++) {
    const [a = Number.NaN, b = Number.NaN] = [got[i], expected[i]]
    if (a === b) continue
    const difference = Math.abs(a - b) / Math.max(floor, scales[i] ?? Number.NaN)
    largest = Math.max(largest, Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference)
  }
  return largest
}
