// Where a training is, as data: what its steps to come depend on beside the values on the device and what fit was told.
// Training that is entered at a cursor, with the values as they were there, goes on to the same bits.

export interface Cursor {
  /** The epoch, and the step in it that comes next; after the last one, all but the epoch's end is done. */
  readonly epoch: number
  readonly step: number
  /** The pass through the data, and its batch that comes next. A pass may last several epochs. */
  readonly pass: number
  readonly batch: number
  /** Steps that the optimizer has taken. */
  readonly iteration: number
  /** Of the orders in which passes take samples; null where these are taken as they lie. */
  readonly seed: number | null
}

/** The start of a fit. */
export const cursorAt = (epoch: number, iteration: number, seed: number | null): Cursor => ({
  epoch,
  step: 0,
  pass: epoch,
  batch: 0,
  iteration,
  seed,
})

/** The batches of an epoch: the pass that it belongs to, the first of its batches in that, and how many they are. */
export interface EpochBatches {
  readonly pass: number
  readonly first: number
  readonly count: number
}

/** Which batches epochs take: with `stepsPerEpoch` a pass through the data may last several epochs, as in Keras. */
export class Passes {
  readonly #start: Cursor
  readonly #batches: number
  readonly #perEpoch: number
  /** Epochs that a pass lasts. */
  readonly #length: number
  /** Epochs of its pass that were over where the training was entered. */
  readonly #before: number

  /** @param batches In a pass. */
  constructor(batches: number, stepsPerEpoch: number | null, start: Cursor) {
    this.#start = start
    this.#batches = batches
    this.#perEpoch = stepsPerEpoch ?? batches
    this.#length = Math.ceil(batches / this.#perEpoch)
    this.#before = Math.floor((start.batch - start.step) / this.#perEpoch)
  }

  batchesOf(epoch: number): EpochBatches {
    const nth = this.#before + epoch - this.#start.epoch
    const first = (nth % this.#length) * this.#perEpoch
    const pass = this.#start.pass + Math.floor(nth / this.#length)
    return { pass, first, count: Math.min(this.#perEpoch, this.#batches - first) }
  }

  /** The place before a step of an epoch. */
  cursor(epoch: number, step: number, iteration: number): Cursor {
    const { pass, first } = this.batchesOf(epoch)
    return { epoch, step, pass, batch: first + step, iteration, seed: this.#start.seed }
  }
}
