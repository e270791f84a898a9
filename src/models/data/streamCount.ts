// How many batches a stream has, where it says so before it is iterated.

import { fail } from '../../errors.ts'
import type { BatchStream } from '../../util/batchStream.ts'

/**
 * The batches that a call takes of a stream; null where only an iteration tells.
 *
 * @param asked The most, as an option says; null for all.
 * @param option The option.
 * @throws {RecurraError} if all of a stream are asked for that does not end.
 */
export function countOf(
  stream: BatchStream,
  asked: number | null,
  where: string,
  option: string,
): number | null {
  if (asked !== null) return asked
  const count = ownCount(stream)
  if (count !== Number.POSITIVE_INFINITY) return count
  return fail(where, {
    expected: `${option} beside a stream without end`,
    got: 'none',
    remedy: 'Say how many batches to take.',
  })
}

/** What data sets say by `cardinality()`, sequences by `length` and sets by `size`. */
function ownCount(stream: BatchStream): number | null {
  // The length of a function counts its parameters.
  if (typeof stream === 'function') return null
  const { cardinality, length, size } = stream as {
    readonly cardinality?: unknown
    readonly length?: unknown
    readonly size?: unknown
  }
  const count: unknown =
    typeof cardinality === 'function' ? Reflect.apply(cardinality, stream, []) : (length ?? size)
  return typeof count === 'number' && count > 0 ? count : null
}
