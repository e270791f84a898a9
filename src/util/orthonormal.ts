// Gram and Schmidt's orthonormal basis of n vectors of length m, in place, modified so that rounding does not
// accumulate: the Q of a QR decomposition whose R has a positive diagonal, stored vector by vector.

/**
 * Turns linearly independent vectors into an orthonormal basis of what they span.
 *
 * @param vectors [count, length], row by row; count is at most length.
 */
export function orthonormalize(vectors: Float64Array, count: number, length: number): void {
  const row = (index: number): Float64Array => vectors.subarray(index * length, (index + 1) * length)
  for (let i = 0; i < count; i++) {
    const unit = row(i)
    const norm = Math.sqrt(dot(unit, unit))
    for (let k = 0; k < length; k++) unit[k]! /= norm
    for (let j = i + 1; j < count; j++) {
      const other = row(j)
      const along = dot(unit, other)
      for (let k = 0; k < length; k++) other[k]! -= along * unit[k]!
    }
  }
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let k = 0; k < a.length; k++) sum += a[k]! * b[k]!
  return sum
}
