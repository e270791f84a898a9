// Epochs of fewer batches than the data have: a pass through the data lasts several epochs, as in Keras.

import type { Cursor, Passes } from '../cursor.ts'

/**
 * @param batches In a pass.
 * @param perEpoch At most; the epoch in which the data run out is shorter.
 */
export function partialPasses(batches: number, perEpoch: number, start: Cursor): Passes {
  /** Epochs that a pass lasts. */
  const length = Math.ceil(batches / perEpoch)
  /** Epochs of the present pass that were over at the start of the training. */
  const before = Math.floor((start.batch - start.step) / perEpoch)
  return (epoch) => {
    const nth = before + epoch - start.epoch
    const first = (nth % length) * perEpoch
    const pass = start.pass + Math.floor(nth / length)
    return { pass, first, count: Math.min(perEpoch, batches - first) }
  }
}
