// Samples that overlap on the device: the arrays that they lie in are there once, and `sources` says where each row starts. The order in
// which steps take them is there in parts, so that it does not take as much memory as a series of one feature.

import { lengthOf, type RowPlaces } from '../../util/windows.ts'
import type { Call } from '../call.ts'
import { permutationOf } from '../passOrder.ts'
import type { SampleOrder } from '../trainer/loops.ts'
import { type DatasetBuffers, inOrder, inRows } from './dataset.ts'
import type { FieldData } from './fields.ts'
import type { Rows } from './rows.ts'

/** Samples whose order lies on the device at once. */
const PART = 32768

/** Samples of whole batches whose order lies on the device at once. */
export const rowsInOrder = (rows: number, batchSize: number): number =>
  Math.min(rows, Math.max(1, Math.floor(PART / batchSize)) * batchSize)

/** The arrays that samples lie in, each once. */
const distinct = ({ fields }: Rows): FieldData[] => [...new Set(fields)]

/** Whether a buffer of the device holds the arrays that samples lie in. */
export const fitsPlaced = (data: DatasetBuffers, samples: Rows): boolean =>
  data.rowsThatFit({ rows: 1, fields: distinct(samples) }) >= 1

/** What `sources` says of a row's place. */
const sourceOf = (start: number, place: RowPlaces, from: number): readonly number[] => {
  const { first, stride, run, every } = place
  return [start + first + from * stride, stride - lengthOf(place), every && run, every && every - run]
}

/**
 * Uploads samples.
 *
 * @returns What makes the samples from one on the data of the steps to come.
 */
export function uploadPlaced(data: DatasetBuffers, samples: Rows): (from: number) => void {
  const arrays = distinct(samples)
  const starts = data.upload({ fields: arrays })
  const { rows, fields, places } = samples
  return (from) =>
    data.writeSources(
      fields.flatMap((field, f) => {
        const start = starts[arrays.indexOf(field)] ?? 0
        const place = places?.[f]
        return place ? sourceOf(start, place, from) : inRows(start + (from * field.length) / rows)
      }),
    )
}

/** The order of training on samples that overlap. */
export class PlacedOrder implements SampleOrder {
  readonly #data: DatasetBuffers
  readonly #rows: number
  readonly #seed: number | null
  readonly #part: number
  #pass = -1
  /** The order of the pass. */
  #order: Uint32Array = new Uint32Array()
  /** The first of its samples on the device. */
  #from = 0

  /** @param seed Null without shuffling. */
  constructor({ data }: Call, samples: Rows, batchSize: number, seed: number | null) {
    this.#data = data
    this.#rows = samples.rows
    this.#seed = seed
    this.#part = rowsInOrder(samples.rows, batchSize)
    uploadPlaced(data, samples)(0)
    // Allocated here in full size, because plans are bound to it from now on.
    data.buffer('permutation', 4 * this.#part)
  }

  has(pass: number, row: number): boolean {
    return pass === this.#pass && row >= this.#from && row < this.#from + this.#part
  }

  startOf(pass: number, row: number): number {
    if (!this.has(pass, row)) {
      if (pass !== this.#pass)
        this.#order = this.#seed === null ? inOrder(this.#rows) : permutationOf(this.#rows, this.#seed, pass)
      this.#pass = pass
      this.#from = row - (row % this.#part)
      this.#data.writeOrder(this.#order.subarray(this.#from, this.#from + this.#part), this.#part)
    }
    return row - this.#from
  }
}
