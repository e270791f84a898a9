// Quantiles of numbers that come in batches, by a summary of about 1 / epsilon of them with weights, as Keras's Discretization takes
// them. Numbers of a summary are rounded to float32, as there.

/** Ascending numbers, and how many of the data each stands for. */
export interface Summary {
  readonly values: readonly number[]
  readonly weights: readonly number[]
}

export const EMPTY: Summary = { values: [], weights: [] }

/** The summary of a batch. */
export function summaryOf(data: Float32Array, epsilon: number): Summary {
  const sorted = data.slice().sort()
  const step = Math.max(sorted.length / (1 / epsilon), 1)
  const values: number[] = []
  for (let i = Math.trunc(step - 1); i < sorted.length; i += Math.trunc(step)) values.push(sorted[i] ?? 0)
  return { values, weights: values.map(() => Math.fround(step)) }
}

/** The summary of two batches' data. */
export function merged(a: Summary, b: Summary, epsilon: number): Summary {
  const values = [...a.values, ...b.values]
  const weights = [...a.weights, ...b.weights]
  const order = values.map((_, i) => i).sort((i, j) => (values[i] ?? 0) - (values[j] ?? 0))
  const taken = (numbers: readonly number[]): number[] => order.map((i) => numbers[i] ?? 0)
  return compressed({ values: taken(values), weights: taken(weights) }, epsilon)
}

/** Where bins end that hold as many of the data each. */
export const boundariesOf = (summary: Summary, bins: number): number[] =>
  compressed(summary, 1 / bins).values.slice(0, -1)

/** The summary with a number for each share `epsilon` of the weights. */
function compressed(summary: Summary, epsilon: number): Summary {
  const { values, weights } = summary
  if (values.length * epsilon < 1) return summary
  let total = 0
  const cumulated = weights.map((weight) => {
    total = Math.fround(total + weight)
    return total
  })
  const shares = cumulated.map((sum) => Math.fround(sum / total))
  const targets = Array.from({ length: Math.ceil(1 / epsilon) }, (_, i) => epsilon + i * epsilon)
  const sums = targets.map((target) => interpolated(target, shares, cumulated))
  return {
    values: targets.map((target) => Math.fround(interpolated(target, shares, values))),
    weights: sums.map((sum, i) => Math.fround(sum - (sums[i - 1] ?? 0))),
  }
}

/** y at x, between the points (xs, ys) on straight lines, and beyond them as at the ends. */
function interpolated(x: number, xs: readonly number[], ys: readonly number[]): number {
  const after = xs.findIndex((value) => value > x)
  if (after < 0) return ys.at(-1) ?? Number.NaN
  if (after === 0) return ys[0] ?? Number.NaN
  const [x0 = 0, x1 = 1, y0 = 0, y1 = 0] = [xs[after - 1], xs[after], ys[after - 1], ys[after]]
  return y0 + ((y1 - y0) / (x1 - x0)) * (x - x0)
}
