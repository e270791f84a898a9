// Writes files to where they are wanted.

import { describeValue, fail, RecurraError } from '../errors.ts'
import type { Destination } from '../models/saving.ts'
import { folderFiles, placeOf, writeToHandle } from '../util/places.ts'

/** Writes the bytes of a file; the destination is checked before they are computed. */
type Write = (bytes: Uint8Array) => Promise<unknown>

export const isFolder = (destination: Destination | null): destination is FileSystemDirectoryHandle =>
  typeof destination === 'object' &&
  destination !== null &&
  'kind' in destination &&
  destination.kind === 'directory'

/** The name of what is written, where the destination says it. */
export function nameOf(destination: Destination | null): string {
  if (typeof destination === 'string') return destination
  if (destination instanceof URL) return destination.pathname
  return typeof destination === 'object' && destination !== null && 'name' in destination
    ? destination.name
    : ''
}

function writerOf(destination: Destination | null, where: string, name: string): Write {
  if (destination === null) return async () => undefined
  if (typeof destination === 'function') return async (bytes) => destination(bytes, name)
  if (typeof destination === 'string' || destination instanceof URL) {
    const { place, path } = placeOf(where, String(destination))
    return (bytes) => place.write(path, bytes)
  }
  if (typeof destination === 'object' && 'createWritable' in destination)
    return (bytes) => writeToHandle(destination, bytes)
  return fail(where, {
    expected: 'a path, a file handle or a function of bytes',
    got: isFolder(destination) ? 'the handle of a folder' : describeValue(destination),
  })
}

/** Writes a file, and returns its bytes. `name` is what a function is told of it. */
export async function writeTo(
  destination: Destination | null,
  where: string,
  compute: () => Promise<Uint8Array>,
  name = '',
): Promise<Uint8Array> {
  const write = writerOf(destination, where, name)
  const bytes = await compute()
  await attempt(destination, where, () => write(bytes))
  return bytes
}

/** A file of several. */
export interface WrittenFile {
  readonly name: string
  readonly bytes: Uint8Array
}

/** Writes files: one by its name, or those beside it under names of their own. */
type WriteAll = (files: readonly WrittenFile[]) => Promise<unknown>

/** The first file's name in a destination, and what writes all files there. */
function severalWriter(
  destination: Destination,
  where: string,
  standard: string,
): { first: string; write: WriteAll } {
  const inTurn = async (
    files: readonly WrittenFile[],
    write: (file: WrittenFile) => unknown,
  ): Promise<void> => {
    for (const file of files) await write(file)
  }
  if (typeof destination === 'function')
    return { first: standard, write: (files) => inTurn(files, ({ bytes, name }) => destination(bytes, name)) }
  if (isFolder(destination)) {
    const folder = folderFiles(async () => destination)
    return {
      first: standard,
      write: (files) => inTurn(files, ({ name, bytes }) => folder.write(name, bytes)),
    }
  }
  if (typeof destination === 'string' || destination instanceof URL) {
    const { place, path } = placeOf(where, String(destination))
    const [folder = '', given = ''] = /^(.*[/\\])?([^/\\]*)$/s.exec(path)?.slice(1) ?? []
    const first = given || standard
    return { first, write: (files) => inTurn(files, ({ name, bytes }) => place.write(folder + name, bytes)) }
  }
  return fail(where, {
    expected: `a path or a name of "${standard}", the handle of a folder or a function, for several files`,
    got: describeValue(destination),
  })
}

/**
 * Writes several files, the one that names the others last, so that it never names what is not there. Returns that one's bytes.
 *
 * @param standard The first file's name where the destination says none.
 * @param compute The files by that name; the first is the one that names the others.
 */
export async function writeSeveral(
  destination: Destination | null,
  where: string,
  standard: string,
  compute: (first: string) => Promise<readonly [WrittenFile, ...WrittenFile[]]>,
): Promise<Uint8Array> {
  if (destination === null)
    return fail(where, {
      expected: 'a destination, for a format of several files',
      got: 'none',
      remedy: 'Give a path, the handle of a folder, or a function of bytes and a name.',
    })
  const { first, write } = severalWriter(destination, where, standard)
  const [main, ...others] = await compute(first)
  await attempt(destination, where, () => write([...others, main]))
  return main.bytes
}

async function attempt(
  destination: Destination | null,
  where: string,
  write: () => Promise<unknown>,
): Promise<void> {
  try {
    await write()
  } catch (error) {
    if (typeof destination === 'function' || error instanceof RecurraError) throw error
    const reason = error instanceof Error ? error.message.replace(/\.$/, '') : String(error)
    throw new RecurraError(`${where}: expected a file that can be written, got: ${reason}.`, { cause: error })
  }
}
