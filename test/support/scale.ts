// What differences are measured by. Runs under any test runner.

/**
 * A magnitude for each number: its own, and for small ones the typical magnitude of the tensor, the root of the mean square of
 * those that are not far above the middle one. A sum of terms that cancel is off by what its terms are off by, so that a small
 * number among larger ones is no more exact than these; but one large number excuses no other.
 */
export function scalesOf(values: ArrayLike<number>): Float64Array {
  const scales = new Float64Array(values.length)
  for (let i = 0; i < scales.length; i++) scales[i] = Math.abs(values[i] ?? Number.NaN)
  const floor = typicalOf(scales)
  for (let i = 0; i < scales.length; i++) {
    const magnitude = scales[i] ?? Number.NaN
    if (!(Number.isFinite(magnitude) && magnitude > floor)) scales[i] = floor
  }
  return scales
}

/** Numbers that are this much larger than the middle one do not count as typical. */
const FAR = 64

function typicalOf(magnitudes: Float64Array): number {
  const sorted = magnitudes.filter((value) => value > 0 && Number.isFinite(value)).sort()
  const farthest = FAR * (sorted[sorted.length >> 1] ?? 0)
  let [count, squares] = [0, 0]
  for (; count < sorted.length && (sorted[count] ?? 0) <= farthest; count++)
    squares += (sorted[count] ?? 0) ** 2
  return count === 0 ? 0 : Math.sqrt(squares / count)
}
