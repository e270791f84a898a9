// Random tensors for tests; the same seed gives the same values.

import { Generator } from '../../src/util/generator.ts'
import { type Shape, sizeOf } from '../../src/util/shape.ts'
import { Tensor } from '../../src/util/tensor.ts'

function draw(shape: Shape, seed: number, next: (generator: Generator) => number): Tensor {
  const generator = new Generator(seed)
  return new Tensor(
    Float32Array.from({ length: sizeOf(shape) }, () => next(generator)),
    shape,
  )
}

/** Uniform in [low, high). */
export const uniform = (shape: Shape, low: number, high: number, seed = 1): Tensor =>
  draw(shape, seed, (generator) => low + (high - low) * generator.uniform())

/** Uniform in ±[low, high): away from zero, where some functions have a kink. */
export const apartFromZero = (shape: Shape, low: number, high: number, seed = 1): Tensor =>
  draw(
    shape,
    seed,
    (generator) => (generator.bits() & 1 ? 1 : -1) * (low + (high - low) * generator.uniform()),
  )

/** Class indices below `count`. */
export const classes = (shape: Shape, count: number, seed = 1): Tensor =>
  draw(shape, seed, (generator) => generator.below(count))

/** Each row of class indices as a row of zeros with a one. */
export function oneHot({ data, shape }: Tensor, count: number): Tensor {
  const rows = new Float32Array(data.length * count)
  data.forEach((index, row) => {
    rows[row * count + index] = 1
  })
  return new Tensor(rows, [...shape, count])
}

/** Positive rows that sum to 1, no entry near 0. */
export function probabilities(shape: Shape, seed = 1): Tensor {
  const { data } = uniform(shape, 0.2, 1, seed)
  const columns = shape.at(-1) ?? 1
  for (let first = 0; first < data.length; first += columns) {
    const row = data.subarray(first, first + columns)
    const total = row.reduce((sum, value) => sum + value, 0)
    row.forEach((value, j) => {
      row[j] = value / total
    })
  }
  return new Tensor(data, shape)
}

/** The largest magnitude of the finite ones. */
export const largestOf = (values: Float32Array): number =>
  values.reduce(
    (largest, value) => (Number.isFinite(value) ? Math.max(largest, Math.abs(value)) : largest),
    0,
  )
