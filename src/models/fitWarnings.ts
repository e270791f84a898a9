// What fit says, once, of an epoch whose numbers show that training goes wrong: losses that are not finite, and a loss scale
// that skips every step. As in Keras training goes on. Loaded when there may be something to say.

import { FINITE_ROWS, FLAGS, WORD } from '../ops/exactSum.ts'
import type { ModelCore } from './core.ts'
import { PLACE_ALIGNMENT } from './layout.ts'

/** Steps skipped in a row that bring the first loss scale, 2¹⁵, below 1: more than finding the scale takes. */
const MANY_SKIPPED = 16

/** @param warned Of what was said already; what is said now is added. */
export function warnOfTotals(core: ModelCore, totals: Uint32Array, epoch: number, warned: Set<string>): void {
  const warn = (of: string, text: string): void => {
    if (warned.has(of)) return
    warned.add(of)
    console.warn(`${core.where}.fit: ${text}`)
  }
  const at = (index: number): Uint32Array =>
    totals.subarray(index * PLACE_ALIGNMENT, (index + 1) * PLACE_ALIGNMENT)
  const names = core.totalNames
  const logs = core.logsOf(totals)
  const index = names.findIndex((_, i) => finiteRowsOf(at(i)) !== null)
  const name = names[index]
  if (name !== undefined) {
    const remedy = core.scalesLoss
      ? 'What half precision cannot hold, beyond 65504, overflowed; such a step is skipped and leaves the weights as they were.'
      : "Training has diverged, and weights and the optimizer's state may be NaN: set finite weights (setWeights), call " +
        'model.resetOptimizer(), and train with a smaller learning rate or with inputs scaled to a deviation of about 1.'
    const samples = finiteRowsOf(at(index)) ?? 0
    warn(
      'values',
      `expected a finite ${name}, got ${logs[name]} after ${samples} samples of epoch ${epoch + 1}. ${remedy}`,
    )
  }
  const skipped = core.scalesLoss ? (at(names.length)[0] ?? 0) : 0
  if (skipped >= MANY_SKIPPED) {
    warn(
      'steps',
      `expected steps that half precision can hold, got ${skipped} in a row that overflowed (65504) and were skipped, ` +
        'whatever the loss scale. Scale the inputs to a deviation of about 1 and check for large weights, or make ' +
        "their layers with dtype: 'float32'; model.resetOptimizer() takes the loss scale back to where it began.",
    )
  }
}

/** How many rows came before the first value that is not finite; null where all are. */
function finiteRowsOf(words: Uint32Array): number | null {
  return words[FLAGS] ? (words[FINITE_ROWS] ?? 0) + (words[FINITE_ROWS + 1] ?? 0) * WORD : null
}
