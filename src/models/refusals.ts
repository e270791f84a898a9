// Errors of calls that have begun: what a device reports, and calls that come between. Loaded when one is thrown.

import type { BackendInfo } from '../backends/backend.ts'
import { fail } from '../errors.ts'
import { withParts } from '../layers/withParts.ts'
import type { ModelCore } from './core.ts'

/** Throws for an id that a layer has no row for, by the report in `totals`: the number of skipped steps, then what ops/ids.ts says. */
export function failForIds({ topology, layout, where }: ModelCore, totals: Uint32Array): never {
  const [, number = 0, sample = 0] = totals.subarray(layout.placeOfSkipped)
  const word = totals.slice(layout.placeOfSkipped + 3, layout.placeOfSkipped + 5)
  const id = word[1] === 1 ? new Float32Array(word.buffer)[0] : new Int32Array(word.buffer)[0]
  const layer = topology.layers.flatMap(withParts)[number - 1]
  const option = layer && 'reportsIds' in layer ? 'numTokens' : 'inputDim'
  const rows = Number(layer && Reflect.get(layer.config, option))
  return fail(layer?.where ?? where, {
    expected: `ids from 0 to ${rows - 1}, whole numbers`,
    got: `${id} in sample ${sample}`,
    remedy: `The layer took zeros for it. ${option} is the largest id and one more.`,
  })
}

/** Throws for weights of step `lost`, of which the host has those of step `stored`. */
export function failForLoss(
  where: string,
  { description }: BackendInfo,
  lost: number,
  stored: number,
): never {
  return fail(where, {
    expected: `its weights and states of step ${lost} from ${description}`,
    got: 'a device that was lost',
    remedy: `The host has those of step ${stored}: call model.restoreWeights() to go on from them, or set others.`,
  })
}

/** Throws for a fit that begins while another runs. */
export const failForFit = (where: string): never =>
  fail(where, {
    expected: 'no other fit',
    got: 'one that runs',
    remedy: 'Await the first fit before the next.',
  })
