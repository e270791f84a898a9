// What differences are measured by. Runs under any test runner.

/**
 * A magnitude for each number: its own, and for small ones the typical magnitude of the tensor, the root of the mean square of
 * those that are not far above the middle one. A sum of terms that cancel is off by what its terms are off by, so that a small
 * number among larger ones is no more exact than these; but one large number excuses no other.
 */
export function scalesOf(values: ArrayLike<number>): Float64Array {
  const magnitudes = Float64Array.from(values, Math.abs)
  const floor = typicalOf(magnitudes)
  return magnitudes.map((magnitude) => (Number.isFinite(magnitude) ? Math.max(magnitude, floor) : floor))
}

/** Numbers that are this much larger than the middle one do not count as typical. */
const FAR = 64

function typicalOf(magnitudes: Float64Array): number {
  const sorted = magnitudes.filter((value) => value > 0 && Number.isFinite(value)).sort()
  const middle = sorted[sorted.length >> 1] ?? 0
  const typical = sorted.filter((value) => value <= FAR * middle)
  return Math.sqrt(typical.reduce((sum, value) => sum + (value * value) / typical.length, 0))
}
