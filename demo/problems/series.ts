// Arithmetic on series that forecasts share.

/** The mean of some numbers. */
export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

/** Scales a series so that its first `count` values have mean 0 and standard deviation 1. */
export function standardize(series: readonly number[], count: number) {
  const known = series.slice(0, count)
  const mean = known.reduce((sum, value) => sum + value, 0) / count
  const deviation = Math.sqrt(known.reduce((sum, value) => sum + (value - mean) ** 2, 0) / count)
  return { scaled: series.map((value) => (value - mean) / deviation), mean, deviation }
}

/** Every run of `length` values that has a successor, and the successors. */
export function nextFromWindows(series: readonly number[], length: number) {
  const targets = series.slice(length)
  return { windows: targets.map((_, i) => series.slice(i, i + length)), targets }
}

/** Root of the mean squared difference. */
export function rmse(truth: readonly number[], forecast: readonly number[]): number {
  const squares = truth.map((value, i) => (value - (forecast[i] ?? Number.NaN)) ** 2)
  return Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / truth.length)
}
