// Writes files to where they are wanted.

import { bounded, describeValue, fail, RecurraError } from '../errors.ts'
import type { Destination } from '../models/saving.ts'
import { type FilePieces, whole } from '../util/filePieces.ts'
import { isOptions } from '../util/options.ts'
import { folderFiles, placeOf, writeToHandle } from '../util/places.ts'
import { isA, messageOf } from '../util/realms.ts'
import { MAX_REASON } from './source.ts'

/** Writes a file; the destination is checked before it is computed. */
type Write = (file: FilePieces) => Promise<unknown>

export const isFolder = (destination: Destination | null): destination is FileSystemDirectoryHandle =>
  typeof destination === 'object' &&
  destination !== null &&
  'kind' in destination &&
  destination.kind === 'directory'

/** The name of what is written, where the destination says it. */
export function nameOf(destination: Destination | null): string {
  if (typeof destination === 'string') return destination
  if (isA(destination, 'URL')) return destination.pathname
  return typeof destination === 'object' && destination !== null && 'name' in destination
    ? destination.name
    : ''
}

function writerOf(destination: Destination, where: string, name: string): Write {
  if (typeof destination === 'function') return async (file) => destination(whole(file), name)
  if ((typeof destination === 'string' && destination !== '') || isA(destination, 'URL')) {
    const { place, path } = placeOf(where, String(destination))
    return (file) => place.write(path, file)
  }
  if (typeof destination === 'object' && 'createWritable' in destination)
    return (file) => writeToHandle(destination, file)
  return fail(where, {
    expected: 'a path, a file handle or a function of bytes',
    got: isFolder(destination) ? 'the handle of a folder' : describeValue(destination),
    remedy: isOptions(destination) ? 'Options come second, behind null for the bytes.' : undefined,
  })
}

/** Writes a file; without a destination its bytes are returned. `name` is what a function is told of it. */
export async function writeTo(
  destination: Destination | null,
  where: string,
  compute: () => Promise<FilePieces>,
  name = '',
): Promise<Uint8Array | undefined> {
  if (destination === null) return whole(await compute())
  const write = writerOf(destination, where, name)
  const file = await compute()
  await attempt(destination, where, () => write(file))
  return undefined
}

/** A file of several. */
export interface WrittenFile {
  readonly name: string
  readonly file: FilePieces
}

/** How files of several are written to a destination: the name of the first, and how many are written at once. */
interface SeveralWriter {
  readonly first: string
  readonly atOnce: number
  write(written: WrittenFile): unknown
}

/** Places take their time for each file, which they can take for several at once. */
const AT_ONCE = 8

function severalWriter(destination: Destination, where: string, standard: string): SeveralWriter {
  if (typeof destination === 'function')
    return { first: standard, atOnce: 1, write: ({ name, file }) => destination(whole(file), name) }
  if (isFolder(destination)) {
    const folder = folderFiles(async () => destination)
    return { first: standard, atOnce: AT_ONCE, write: ({ name, file }) => folder.write(name, file) }
  }
  if (typeof destination === 'string' || isA(destination, 'URL')) {
    const { place, path } = placeOf(where, String(destination))
    const [folder = '', given = ''] = /^(.*[/\\])?([^/\\]*)$/s.exec(path)?.slice(1) ?? []
    return {
      first: given || standard,
      atOnce: AT_ONCE,
      write: ({ name, file }) => place.write(folder + name, file),
    }
  }
  return fail(where, {
    expected: `a path or a name of "${standard}", the handle of a folder or a function, for several files`,
    got: describeValue(destination),
  })
}

/**
 * Writes several files, the one that names the others last, so that it never names what is not there.
 *
 * @param standard The first file's name where the destination says none.
 * @param compute The files by that name; the first is the one that names the others.
 */
export async function writeSeveral(
  destination: Destination | null,
  where: string,
  standard: string,
  compute: (first: string) => Promise<readonly [WrittenFile, ...WrittenFile[]]>,
): Promise<void> {
  if (destination === null)
    return fail(where, {
      expected: 'a destination, for a format of several files',
      got: 'none',
      remedy: 'Give a path, the handle of a folder, or a function of bytes and a name.',
    })
  const writer = severalWriter(destination, where, standard)
  const [main, ...others] = await compute(writer.first)
  await attempt(destination, where, async () => {
    for (let i = 0; i < others.length; i += writer.atOnce)
      await Promise.all(others.slice(i, i + writer.atOnce).map((written) => writer.write(written)))
    await writer.write(main)
  })
}

async function attempt(
  destination: Destination,
  where: string,
  write: () => Promise<unknown>,
): Promise<void> {
  try {
    await write()
  } catch (error) {
    if (typeof destination === 'function' || error instanceof RecurraError) throw error
    const reason = messageOf(error).replace(/\.$/, '')
    throw new RecurraError(
      `${where}: expected a file that can be written, got: ${bounded(reason, MAX_REASON)}.`,
      {
        cause: error,
      },
    )
  }
}
