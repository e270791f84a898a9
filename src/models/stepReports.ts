// What steps report behind the running means: how many of them a loss scale skipped, and an id that a layer has no row for. Loaded when
// there is something to read.

import { fail } from '../errors.ts'
import { withParts } from '../layers/withParts.ts'
import { SKIPPED_WORDS } from '../ops/lossScaleState.ts'
import { scalingOf } from '../training/scaling.ts'
import type { ModelCore } from './core.ts'
import type { StepKind } from './stepGraph.ts'

/**
 * Tells the optimizer how many steps were skipped.
 *
 * @param kind That of the steps whose totals they are.
 * @throws {RecurraError} for an id that a layer has no row for.
 */
export function readReports(core: ModelCore, totals: Uint32Array, kind: StepKind): void {
  const { ownSteps, optimizer, layout } = core
  const skippedAt = (place: number): number => totals[place + SKIPPED_WORDS - 1] ?? 0
  if (kind === 'train' && ownSteps)
    ownSteps.optimizers.readSkipped((update) => skippedAt(ownSteps.measures.placeOfSkipped(update)))
  else if (kind === 'train' && optimizer) {
    const scaling = scalingOf(optimizer)
    if (scaling) scaling.skipped = skippedAt(layout.placeOfSkipped)
  }
  if (totals[core.layout.placeOfSkipped + 1]) failForIds(core, totals)
}

/** Throws for an id that a layer has no row for, by the report in `totals`: the number of skipped steps, then what ops/ids.ts says. */
function failForIds({ topology, layout, where }: ModelCore, totals: Uint32Array): never {
  const [, number = 0, sample = 0] = totals.subarray(layout.placeOfSkipped)
  const word = totals.slice(layout.placeOfSkipped + 3, layout.placeOfSkipped + 5)
  const id = word[1] === 1 ? new Float32Array(word.buffer)[0] : new Int32Array(word.buffer)[0]
  const layer = withParts(topology.layers)[number - 1]
  const option = layer && 'reportsIds' in layer ? 'numTokens' : 'inputDim'
  const rows = Number(layer && Reflect.get(layer.config, option))
  return fail(layer?.where ?? where, {
    expected: `ids from 0 to ${rows - 1}, whole numbers`,
    got: `${id} in sample ${sample}`,
    remedy: `The layer took zeros for it. ${option} is the largest id and one more.`,
  })
}
