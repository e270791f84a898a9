// How a cost grows: the exponent p of ms ≈ a·size^p, a straight line through logarithms by least squares.

/** The exponent over `points` of [size, ms]; two sizes at least. */
export function exponentOf(points: readonly (readonly [size: number, ms: number])[]): number {
  const logs = points.map(([size, ms]) => [Math.log(size), Math.log(ms)] as const)
  const mean = (of: readonly number[]): number => of.reduce((sum, x) => sum + x, 0) / of.length
  const x = mean(logs.map(([size]) => size))
  const y = mean(logs.map(([, ms]) => ms))
  const covariance = logs.reduce((sum, [size, ms]) => sum + (size - x) * (ms - y), 0)
  const variance = logs.reduce((sum, [size]) => sum + (size - x) ** 2, 0)
  return covariance / variance
}
