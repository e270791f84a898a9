// What a call is told beside x.

import { isBatchStream } from '../../util/batchStream.ts'
import { isOptions } from '../../util/options.ts'

/**
 * Targets and options as given. A stream says its targets itself, so that options may come next: `fit(stream, options)`, and also
 * `fit(stream, null, options)`.
 */
export function besideStream<Options>(
  x: unknown,
  y: unknown,
  options: Options | null | undefined,
): readonly [y: unknown, options: Options | null | undefined] {
  const isToldNext = (options ?? null) === null && isOptions(y) && isBatchStream(x)
  return isToldNext ? [null, y as Options] : [y, options]
}
