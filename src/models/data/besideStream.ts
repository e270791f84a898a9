// What a call is told beside x.

import { isBatchStream } from '../../util/batchStream.ts'
import { isOptions, type OptionTable } from '../../util/options.ts'
import type { ModelCore } from '../core.ts'

/**
 * Targets and options as given. Options may come next where there are no targets, as keywords do in Python: `fit(stream, options)` of a
 * stream, which says its targets itself, and `fit(x, options)` of a model that needs none. Targets by the names of outputs are no options.
 */
export function besideStream<Options>(
  { outputNames }: Pick<ModelCore, 'outputNames'>,
  table: OptionTable,
  [x, y, options]: readonly [x: unknown, y: unknown, options: Options | null | undefined],
): readonly [y: unknown, options: Options | null | undefined] {
  if ((options ?? null) !== null || !isOptions(y)) return [y, options]
  const names = Object.keys(y)
  const areOptions = names.length > 0 && names.every((name) => name in table && !outputNames.includes(name))
  return areOptions || isBatchStream(x) ? [null, y as Options] : [y, options]
}
