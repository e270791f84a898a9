// The error for an id that a layer has no row for, by the device's report. Loaded only then.

import { fail } from '../errors.ts'
import type { ModelCore } from './core.ts'
import { withParts } from './trained.ts'

/** Throws for the report in `totals`: the number of skipped steps, then what ops/ids.ts says. */
export function failForIds({ topology, layout, where }: ModelCore, totals: Uint32Array): never {
  const [, number = 0, sample = 0] = totals.subarray(layout.placeOfSkipped)
  const word = totals.slice(layout.placeOfSkipped + 3, layout.placeOfSkipped + 5)
  const id = word[1] === 1 ? new Float32Array(word.buffer)[0] : new Int32Array(word.buffer)[0]
  const layer = topology.layers.flatMap(withParts)[number - 1]
  const rows = Number(layer && Reflect.get(layer.config, 'inputDim'))
  return fail(layer?.where ?? where, {
    expected: `ids from 0 to ${rows - 1}, whole numbers`,
    got: `${id} in sample ${sample}`,
    remedy: 'The layer took zeros for it. inputDim is the largest id and one more.',
  })
}
