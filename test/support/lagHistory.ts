/** Histories of tables whose rows lag behind, see src/ops/lagHistory.ts. */
import { HEAD, historySize, RATES } from '../../src/ops/lagHistory.ts'

/** The history of so many rows after `updates` updates, by the rate of each and how many of them each row has seen. */
export function historyWith(
  rows: number,
  updates: number,
  rateOf: (update: number) => number,
  seenBy: (row: number) => number,
): Uint32Array {
  const history = new Uint32Array(historySize([rows]))
  history[0] = updates
  const rates = new Float32Array(history.buffer)
  for (let update = Math.max(1, updates - RATES + 1); update <= updates; update++)
    rates[HEAD + (update % RATES)] = rateOf(update)
  for (let row = 0; row < rows; row++) history[HEAD + RATES + row] = seenBy(row)
  return history
}
