// Mean and variance of data that come in batches, for each entry along some axes: in float64, in two passes over each batch, which
// are then put together (Chan, Golub & LeVeque 1979). No order of sums shows in float32.

import { type Shape, sizeOf } from '../../util/shape.ts'
import type { Tensor } from '../../util/tensor.ts'

export class Moments {
  readonly mean: Float64Array
  /** Sums of squared distances from the mean. */
  readonly #squares: Float64Array
  #count = 0

  /** @param kept Extents of the axes along which entries differ. */
  constructor(kept: Shape) {
    this.mean = new Float64Array(sizeOf(kept))
    this.#squares = new Float64Array(sizeOf(kept))
  }

  get variance(): Float64Array {
    return this.#squares.map((sum) => sum / this.#count)
  }

  /** Adds a batch, samples in front; `axes` are those that are kept, ascending, the first never among them. */
  add({ data, shape }: Tensor, axes: readonly number[]): void {
    const entries = this.mean.length
    const entryOf = entriesOf(shape, axes)
    const means = new Float64Array(entries)
    const squares = new Float64Array(entries)
    const places = entryOf.length
    for (let i = 0; i < data.length; i += places)
      for (let p = 0; p < places; p++) means[entryOf[p]!]! += data[i + p]!
    const count = data.length / entries
    for (let e = 0; e < entries; e++) means[e]! /= count
    for (let i = 0; i < data.length; i += places) {
      for (let p = 0; p < places; p++) {
        const difference = data[i + p]! - means[entryOf[p]!]!
        squares[entryOf[p]!]! += difference * difference
      }
    }
    const total = this.#count + count
    for (let e = 0; e < entries; e++) {
      const difference = means[e]! - this.mean[e]!
      this.#squares[e]! += squares[e]! + (difference * difference * this.#count * count) / total
      this.mean[e]! += (difference * count) / total
    }
    this.#count = total
  }
}

/** For each place of a sample its entry along the kept axes. */
function entriesOf(shape: Shape, axes: readonly number[]): Uint32Array {
  return Uint32Array.from({ length: sizeOf(shape.slice(1)) }, (_, place) =>
    axes.reduce((entry, axis) => {
      const extent = shape[axis] ?? 1
      return entry * extent + (Math.floor(place / sizeOf(shape.slice(axis + 1))) % extent)
    }, 0),
  )
}
