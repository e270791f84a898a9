// Samples that overlap: windows of a series, which lie in it, so that nothing of it is there twice.

import { type Shape, sizeOf } from './shape.ts'
import { Tensor } from './tensor.ts'

/** Where rows of equal length lie in an array, in elements: each row is runs of `run` elements, which start `every` apart. */
export interface RowPlaces {
  /** Where row 0 starts. */
  readonly first: number
  /** From the start of a row to that of the next. */
  readonly stride: number
  readonly run: number
  /** From the start of a run to that of the next of its row; 0 where a row is one run. */
  readonly every: number
  /** From the start of a row to the end of its last run. */
  readonly span: number
}

/** What windows are: `count` of them, `length` time steps each, every `rate`-th one of the series, `stride` time steps apart. */
interface WindowOptions {
  readonly count: number
  readonly length: number
  readonly stride: number
  readonly rate: number
}

/** Windows of a series as an array of samples `[windows, length, ...features]`. */
export class Windows {
  readonly shape: Shape
  readonly places: RowPlaces

  /**
   * @param series `[timesteps, ...features]`.
   * @param data The array that holds the series, from element `first` on: that of the series itself, or one that others share.
   */
  constructor(
    readonly series: Tensor,
    { count, length, stride, rate }: WindowOptions,
    readonly data = series.data,
    first = 0,
  ) {
    const [, ...features] = series.shape
    const size = sizeOf(features)
    this.shape = [count, length, ...features]
    const span = ((length - 1) * rate + 1) * size
    const runs = rate === 1 ? { run: span, every: 0 } : { run: size, every: rate * size }
    this.places = { first, stride: stride * size, span, ...runs }
  }

  /** The windows of these numbers, copied: `[numbers, length, ...features]`. */
  at(numbers: ArrayLike<number>): Tensor {
    const [, ...sample] = this.shape
    const { first, stride, run, every, span } = this.places
    const values = new Float32Array(numbers.length * sizeOf(sample))
    let to = 0
    for (let i = 0; i < numbers.length; i++) {
      const start = first + (numbers[i] as number) * stride
      for (let from = start; from < start + span; from += every || span, to += run)
        values.set(this.data.subarray(from, from + run), to)
    }
    return new Tensor(values, [numbers.length, ...sample])
  }

  /** All windows, copied. */
  toTensor(): Tensor {
    return this.at(Array.from({ length: this.shape[0] as number }, (_, i) => i))
  }
}
