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

/** Elements of a row. */
export const lengthOf = ({ run, every, span }: RowPlaces): number =>
  every === 0 ? run : run * ((span - run) / every + 1)

/** Copies rows of these numbers, one behind the other. */
export function copyRows<Data extends Float32Array | Int32Array>(
  data: Data,
  { first, stride, run, every, span }: RowPlaces,
  numbers: ArrayLike<number>,
  into: Data,
): void {
  let to = 0
  for (let i = 0; i < numbers.length; i++) {
    const start = first + (numbers[i] as number) * stride
    for (let from = start; from < start + span; from += every || span, to += run)
      into.set(data.subarray(from, from + run), to)
  }
}

/** What windows are: `count` of them, `length` time steps each, every `rate`-th one of the series, `stride` time steps apart. */
interface WindowOptions {
  readonly count: number
  /** Null for single time steps, which have no axis of time. */
  readonly length: number | null
  readonly stride: number
  readonly rate: number
}

/** An array, and where a series starts in it. */
export interface SharedArray {
  readonly data: Float32Array
  readonly first: number
}

/** Windows of a series as an array of samples `[windows, length, ...features]`. */
export class Windows {
  readonly shape: Shape
  readonly places: RowPlaces
  readonly data: Float32Array

  /**
   * @param series `[timesteps, ...features]`.
   * @param within The array that holds the series: that of the series itself, or one that others share.
   */
  constructor(
    readonly series: Tensor,
    { count, length, stride, rate }: WindowOptions,
    { data, first }: SharedArray = { data: series.data, first: 0 },
  ) {
    this.data = data
    const [, ...features] = series.shape
    const size = sizeOf(features)
    this.shape = length === null ? [count, ...features] : [count, length, ...features]
    const span = (((length ?? 1) - 1) * rate + 1) * size
    const runs = rate === 1 ? { run: span, every: 0 } : { run: size, every: rate * size }
    this.places = { first, stride: stride * size, span, ...runs }
  }

  /** The windows of these numbers, copied: `[numbers, length, ...features]`. */
  at(numbers: ArrayLike<number>): Tensor {
    const [, ...sample] = this.shape
    const values = new Float32Array(numbers.length * sizeOf(sample))
    copyRows(this.data, this.places, numbers, values)
    return new Tensor(values, [numbers.length, ...sample])
  }

  /** All windows, copied. */
  toTensor(): Tensor {
    return this.at(Array.from({ length: this.shape[0] as number }, (_, i) => i))
  }
}

/** Batches of windows that may lie on the device whole: what their samples and targets are, and how they are taken. */
export interface WindowBatches {
  readonly x: Windows
  readonly y: Windows | null
  readonly batchSize: number
  readonly shuffle: boolean
  readonly seed: number | null
}

/** The property by which a stream says that it consists of windows. */
export const WINDOWS = Symbol('windows')

/** What a stream of windows consists of; null for any other data. */
export const windowsOf = (data: unknown): WindowBatches | null =>
  typeof data === 'object' && data !== null && WINDOWS in data
    ? (data[WINDOWS] as WindowBatches | null)
    : null
