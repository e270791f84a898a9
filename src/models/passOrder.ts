// The order in which passes through the data take their samples, on the device some passes ahead.

import { Generator } from '../util/generator.ts'
import { type DatasetBuffers, inOrder } from './dataset.ts'

/** Samples of permutations that are uploaded ahead, so that short epochs cost no upload each. */
const ORDER_AHEAD = 65536

/** Passes from `first` up to `end`. */
interface PassRange {
  readonly first: number
  readonly end: number
}

export class PassOrder {
  readonly #data: DatasetBuffers
  readonly #rows: number
  readonly #seed: number | null
  readonly #ahead: number
  readonly #last: number
  #first: number
  #end: number

  /**
   * @param seed Null for samples as they lie.
   * @param passes Those that may come.
   * @param ahead Whether passes are settled before the ones before them are over.
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
    // It is there before plans are pointed at it, and does not grow after.
    data.buffer('permutation', 4 * this.#ahead * rows)
    if (seed === null) data.writeOrder(inOrder(rows))
  }

  /** Whether a pass's order is there already. */
  has(pass: number): boolean {
    return this.#seed === null || (pass >= this.#first && pass < this.#end)
  }

  /** Where a pass's order starts; uploads it, and that of passes to come, where it is not there. */
  startOf(pass: number): number {
    if (this.#seed === null) return 0
    if (!this.has(pass)) {
      this.#first = pass
      this.#end = Math.min(this.#last, pass + this.#ahead)
      const orders = new Uint32Array((this.#end - pass) * this.#rows)
      for (let p = pass; p < this.#end; p++) {
        orders.set(new Generator(this.#seed, p).permutation(this.#rows), (p - pass) * this.#rows)
      }
      this.#data.writeOrder(orders, this.#ahead * this.#rows)
    }
    return (pass - this.#first) * this.#rows
  }
}
