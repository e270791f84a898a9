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
interface EpochBatches {
  readonly pass: number
  readonly first: number
  readonly count: number
}

/** Which batches an epoch takes. */
export type Passes = (epoch: number) => EpochBatches

/** An epoch is a pass through all batches. */
export const wholePasses =
  (batches: number, start: Cursor): Passes =>
  (epoch) => ({ pass: start.pass + epoch - start.epoch, first: 0, count: batches })
