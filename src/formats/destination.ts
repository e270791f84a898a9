// Writes files to where they are wanted.

import { describeValue, fail, RecurraError } from '../errors.ts'
import type { Destination } from '../models/saving.ts'
import { placeOf, writeToHandle } from '../util/places.ts'

/** Writes the bytes of a file; the destination is checked before they are computed. */
type Write = (bytes: Uint8Array) => Promise<unknown>

function writerOf(destination: Destination | null, where: string): Write {
  if (destination === null) return async () => undefined
  if (typeof destination === 'function') return async (bytes) => destination(bytes)
  if (typeof destination === 'string' || destination instanceof URL) {
    const { place, path } = placeOf(where, String(destination))
    return (bytes) => place.write(path, bytes)
  }
  if (typeof destination === 'object' && 'createWritable' in destination)
    return (bytes) => writeToHandle(destination, bytes)
  return fail(where, {
    expected: 'a path, a file handle or a function of bytes',
    got: describeValue(destination),
  })
}

/** Writes a file, and returns its bytes. */
export async function writeTo(
  destination: Destination | null,
  where: string,
  compute: () => Promise<Uint8Array>,
): Promise<Uint8Array> {
  const write = writerOf(destination, where)
  const bytes = await compute()
  try {
    await write(bytes)
  } catch (error) {
    if (typeof destination === 'function' || error instanceof RecurraError) throw error
    const reason = error instanceof Error ? error.message.replace(/\.$/, '') : String(error)
    throw new RecurraError(`${where}: expected a file that can be written, got: ${reason}.`, { cause: error })
  }
  return bytes
}
