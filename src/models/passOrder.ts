// The order of samples in passes through the data. It is uploaded for several short passes at once.

import { Generator } from '../util/generator.ts'
import { type DatasetBuffers, inOrder } from './data/dataset.ts'
import type { SampleOrder } from './trainer/loops.ts'

/** Samples of permutations that are uploaded ahead, so that short epochs cost no upload each. */
const ORDER_AHEAD = 65536

/** Passes from `first` up to `end`. */
interface PassRange {
  readonly first: number
  readonly end: number
}

/** The order of a pass. */
export const permutationOf = (rows: number, seed: number, pass: number): Uint32Array =>
  Uint32Array.from(new Generator(seed, pass).permutation(rows))

export class PassOrder implements SampleOrder {
  readonly #data: DatasetBuffers
  readonly #rows: number
  readonly #seed: number | null
  readonly #ahead: number
  readonly #last: number
  #first: number
  #end: number

  /**
   * @param seed Null without shuffling.
   * @param passes The passes that may come.
   * @param ahead Whether steps of coming passes are planned while earlier ones run.
   */
  constructor(
    data: DatasetBuffers,
    rows: number,
    seed: number | null,
    { first, end }: PassRange,
    ahead: boolean,
  ) {
    this.#data = data
    this.#rows = rows
    this.#seed = seed
    this.#last = end
    const most = Math.min(end - first, Math.floor(ORDER_AHEAD / rows))
    this.#ahead = seed !== null && ahead ? Math.max(1, most) : 1
    this.#first = first
    this.#end = first
    // Allocated here in full size, because plans are bound to it from now on.
    data.buffer('permutation', 4 * this.#ahead * rows)
    if (seed === null) data.writeOrder(inOrder(rows))
  }

  /** Whether the order of a pass is on the device. */
  has(pass: number): boolean {
    return this.#seed === null || (pass >= this.#first && pass < this.#end)
  }

  /** The place of a row in a pass's order, which is uploaded with those of coming passes if it is not on the device. */
  startOf(pass: number, row: number): number {
    if (this.#seed === null) return row
    if (!this.has(pass)) {
      this.#first = pass
      this.#end = Math.min(this.#last, pass + this.#ahead)
      const orders = new Uint32Array((this.#end - pass) * this.#rows)
      for (let p = pass; p < this.#end; p++) {
        orders.set(permutationOf(this.#rows, this.#seed, p), (p - pass) * this.#rows)
      }
      this.#data.writeOrder(orders, this.#ahead * this.#rows)
    }
    return (pass - this.#first) * this.#rows + row
  }
}
