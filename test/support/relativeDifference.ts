// How far numbers are from others, in parts of the largest magnitude. Runs under any test runner.

/** The largest difference as a share of the largest expected magnitude; infinite where a number is missing or NaN. */
export function relativeDifference(got: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (got.length !== expected.length) return Number.POSITIVE_INFINITY
  let difference = 0
  let largest = 0
  for (let i = 0; i < expected.length; i++) {
    const [a = Number.NaN, b = Number.NaN] = [got[i], expected[i]]
    difference = Math.max(difference, Number.isNaN(a) ? Number.POSITIVE_INFINITY : Math.abs(a - b))
    largest = Math.max(largest, Math.abs(b))
  }
  return difference === 0 ? 0 : difference / largest
}
