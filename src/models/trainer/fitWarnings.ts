// What training says, once, where it goes wrong: of weights that no loss depends on, and of an epoch whose numbers show losses that are not
// finite, or a loss scale that skips every step. As in Keras training goes on. Loaded when there may be something to say.

import type { ModelCore } from '../core.ts'
import type { Measures } from '../measures.ts'

/** Steps skipped in a row that bring the first loss scale, 2¹⁵, below 1: more than finding the scale takes. */
const MANY_SKIPPED = 16

/** An epoch, and the samples of its steps: of each, or one by one. */
interface EpochSteps {
  readonly epoch: number
  readonly samples: number | readonly number[]
}

/** @param warned Of what was said already; what is said now is added. */
export function warnOfTotals(
  core: ModelCore,
  totals: Uint32Array,
  { epoch, samples }: EpochSteps,
  warned: Set<string>,
): void {
  const warn = (of: string, text: string): void => {
    if (warned.has(of)) return
    warned.add(of)
    console.warn(`${core.where}.fit: ${text}`)
  }
  const found = notFinite(core.measures, totals)
  if (found) {
    const { name, rows } = found
    const value = core.measures.logsOf(totals)[name]
    const remedy = core.scalesLoss
      ? 'What f16 cannot hold, beyond 65504, overflowed; such a step is skipped and leaves the weights as they were.'
      : "Training has diverged, and weights and the optimizer's state may be NaN: set finite weights (setWeights), call " +
        'model.resetOptimizer(), and train with a smaller learning rate or with inputs scaled to a deviation of about 1.'
    warn(
      'values',
      `expected a finite ${name}, got ${value} in step ${stepAfter(rows, samples)} of epoch ${epoch + 1}, after ${rows} samples. ${remedy}`,
    )
  }
  const skipped = core.scalesLoss ? skippedInARow(core, totals) : 0
  if (skipped >= MANY_SKIPPED) {
    warn(
      'steps',
      `expected steps that f16 can hold, got ${skipped} in a row that overflowed (65504) and were skipped, ` +
        'whatever the loss scale. Scale the inputs to a deviation of about 1 and check for large weights, or make ' +
        "their layers with dtype: 'float32'; model.resetOptimizer() takes the loss scale back to where it began.",
    )
  }
}

/** How many steps in a row were skipped at the end; where they have several updates, the most of one of these. */
function skippedInARow({ measures, ownSteps }: ModelCore, totals: Uint32Array): number {
  const places = ownSteps?.skippedPlaces ?? [measures.size]
  return Math.max(...places.map((place) => totals[place] ?? 0))
}

/** The number of the step that came after so many samples. */
function stepAfter(rows: number, samples: EpochSteps['samples']): number {
  if (typeof samples === 'number') return Math.floor(rows / samples) + 1
  let before = 0
  return (
    1 +
    samples.findIndex((count) => {
      before += count
      return before > rows
    })
  )
}

/** The first number to which a value was added that is not finite, and the rows before it; null if there is none. */
function notFinite(
  measures: Measures,
  totals: Uint32Array,
): { readonly name: string; readonly rows: number } | null {
  for (const measure of measures.all) {
    for (const [name, tensor] of Object.entries(measure.state)) {
      const rows = tensor.finiteRows(measures.wordsOf(totals, measure, name))
      if (rows !== null) return { name: measure.name, rows }
    }
  }
  return null
}

/** Weights of which was said that they have no gradients, by their optimizers; a step is built again and again. */
const told = new WeakMap<object, Set<string>>()

/** Says of an optimizer's weights, once, that they have no gradients. */
export function tellAbsent(where: string, optimizer: object, paths: readonly string[]): void {
  const known = told.get(optimizer) ?? new Set()
  told.set(optimizer, known)
  const found = paths.filter((path) => !known.has(path))
  if (found.length === 0) return
  for (const path of found) known.add(path)
  console.warn(
    `${where}: gradients do not exist for ${found.map((path) => `"${path}"`).join(', ')}: ` +
      'the loss does not depend on them, and the update leaves them as they are.',
  )
}
