// The position of a training as data: all that the coming steps depend on, apart from the values on the device and the options of
// fit. A training that resumes at a cursor, with the values of that time, gives the same bits as one that was not interrupted.

export interface Cursor {
  /** The epoch, and its next step; the number of its steps if only the end of the epoch is left. */
  readonly epoch: number
  readonly step: number
  /** The pass through the data, and its next batch. A pass may last several epochs. */
  readonly pass: number
  readonly batch: number
  /** Steps that the optimizer has taken. */
  readonly iteration: number
  /** Seed of the orders of samples; null without shuffling. */
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

/** The batches of an epoch: the pass, the first batch in it, and the number of batches. */
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
  /** Epochs of the present pass that were over at the start of the training. */
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

  /** The position before a step of an epoch. */
  cursor(epoch: number, step: number, iteration: number): Cursor {
    const { pass, first } = this.batchesOf(epoch)
    return { epoch, step, pass, batch: first + step, iteration, seed: this.#start.seed }
  }
}
