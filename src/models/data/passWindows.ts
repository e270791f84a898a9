// Samples of a data set that no buffer of the device holds, a window at a time: those of the coming steps, in the order of the pass,
// as the host puts them together. So steps have the samples, and the bits, that they would have if all of them lay on the device.

import type { Call } from '../call.ts'
import { permutationOf } from '../passOrder.ts'
import type { SampleOrder } from '../trainer/loops.ts'
import { inOrder } from './dataset.ts'
import { fitsPlaced, PlacedOrder } from './placedRows.ts'
import { type Rows, rowsPerPart, take } from './rows.ts'

/** The order of samples that overlap, or that no buffer of the device holds. */
export const openOrder = (call: Call, samples: Rows, batchSize: number, seed: number | null): SampleOrder =>
  samples.places && fitsPlaced(call.data, samples)
    ? new PlacedOrder(call, samples, batchSize, seed)
    : new PassWindows(call, samples, batchSize, seed)

class PassWindows implements SampleOrder {
  readonly #call: Call
  readonly #samples: Rows
  readonly #seed: number | null
  /** Samples of a window. */
  readonly #size: number
  #pass = -1
  /** The order of the pass. */
  #order: Uint32Array = new Uint32Array()
  /** What lies on the device, of the pass's order. */
  #from = 0
  #to = 0

  /** @param seed Null without shuffling. */
  constructor(call: Call, samples: Rows, batchSize: number, seed: number | null) {
    this.#call = call
    this.#samples = samples
    this.#seed = seed
    this.#size = rowsPerPart(samples, batchSize, call.data.rowsThatFit(take(samples, inOrder(1))))
    // Allocated here in full size, because plans are bound to these buffers from now on.
    const order = inOrder(this.#size)
    call.data.upload(take(samples, order))
    call.data.writeOrder(order)
  }

  has(pass: number, row: number): boolean {
    return pass === this.#pass && row >= this.#from && row < this.#to
  }

  startOf(pass: number, row: number): number {
    if (!this.has(pass, row)) {
      const { rows } = this.#samples
      if (pass !== this.#pass)
        this.#order = this.#seed === null ? inOrder(rows) : permutationOf(rows, this.#seed, pass)
      this.#pass = pass
      this.#from = row
      this.#to = Math.min(row + this.#size, rows)
      this.#call.data.upload(take(this.#samples, this.#order.subarray(this.#from, this.#to)))
    }
    return row - this.#from
  }
}
