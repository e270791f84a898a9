// Files of data sets and of weights: from where Keras loads them, kept once they are here, or from any other place.

import { md5OfBytes } from '../data/md5.ts'
import { fail, RecurraError } from '../errors.ts'
import { readSource } from '../formats/source.ts'
import type { ReadOptions, Source } from '../models/saving.ts'
import { unlessAborted } from '../util/abort.ts'
import { inOrder } from '../util/filePieces.ts'
import { filesFor, type KerasFolder, kerasFolder } from '../util/files.ts'
import { messageOf } from '../util/realms.ts'

/** A file that Keras loads. */
export interface KerasFile {
  /** Its name among those that Keras keeps, below the folder of their kind. */
  readonly name: string
  readonly origin: string
  /** Its SHA-256 or MD5 in hexadecimal digits; null where Keras has none. */
  readonly hash: string | null
}

/** Where Keras has most of its files. */
export const ORIGIN = 'https://storage.googleapis.com/tensorflow/tf-keras-datasets/'

/** A file that Keras has with most others. */
export const kerasFile = (name: string, hash: string): KerasFile => ({ name, origin: ORIGIN + name, hash })

/** Files by name or by address, where they are kept between calls. A page keeps them in its Cache API. */
interface Kept {
  read(): Promise<Uint8Array | null>
  write(bytes: Uint8Array): Promise<unknown>
}

/** In Node the folder in which Keras keeps them, too; in a page the Cache API, where it has one. */
function keptFile({ name, origin }: KerasFile, where: string, kind: KerasFolder): Kept {
  const folder = kerasFolder(kind)
  if (folder !== null) {
    const path = `${folder}/${name}`
    const files = filesFor(where, path)
    return { read: () => files.read(path), write: (bytes) => files.write(path, inOrder([bytes])) }
  }
  if (typeof caches === 'undefined') return { read: async () => null, write: async () => undefined }
  return {
    async read() {
      const response = await (await caches.open(`recurra-${kind}`)).match(origin)
      return response ? new Uint8Array(await response.arrayBuffer()) : null
    },
    write: async (bytes) =>
      (await caches.open(`recurra-${kind}`)).put(origin, new Response(bytes as Uint8Array<ArrayBuffer>)),
  }
}

/** The sum of bytes by the function whose sums have as many digits; null where the platform has none. */
async function sumOf(bytes: Uint8Array, hash: string): Promise<string | null> {
  if (hash.length === 32) return md5OfBytes(bytes)
  // Pages that are not loaded by https have no crypto.subtle.
  if (!globalThis.crypto?.subtle) return null
  const sum = await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>)
  return Array.from(new Uint8Array(sum), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** Whether bytes are those of the file, as far as can be told. */
async function isWhole(bytes: Uint8Array, { hash }: KerasFile): Promise<boolean> {
  const sum = hash === null ? null : await sumOf(bytes, hash)
  return sum === null || sum === hash
}

/** What a file is asked for with. */
export interface FileRequest extends ReadOptions {
  /** Where the file is read from instead; null, or Keras's name of it: the file that Keras loads. */
  readonly path: Source | null
}

/**
 * Reads a file that Keras loads.
 *
 * @throws {RecurraError} if it cannot be read, or if what Keras's address gives is another file.
 */
export async function readKerasFile(
  where: string,
  file: KerasFile,
  request: FileRequest,
  folder: KerasFolder = 'datasets',
): Promise<Uint8Array> {
  const { path, ...options } = request
  const read = (source: Source): Promise<Uint8Array> => readSource(source, where, options)
  if (path !== null && path !== file.name) return read(path)
  const { signal } = options
  const kept = keptFile(file, where, folder)
  const earlier = await kept.read().catch(() => null)
  if (earlier && (await isWhole(earlier, file))) return read(earlier)
  signal?.throwIfAborted()
  const bytes = await download(where, file, read, signal ?? null)
  if (!(await isWhole(bytes, file)))
    fail(where, {
      expected: `the file that Keras loads, of the sum ${file.hash}`,
      got: `another one of ${bytes.length} bytes from ${file.origin}`,
      remedy: 'Load it again. If you mean to read another file, give its place as path.',
    })
  // Where it cannot be kept, the next call loads it again.
  await kept.write(bytes).catch(() => undefined)
  return bytes
}

async function download(
  where: string,
  { origin }: KerasFile,
  read: (source: Source) => Promise<Uint8Array>,
  signal: AbortSignal | null,
): Promise<Uint8Array> {
  try {
    const response = fetch(origin, { signal })
    return await read(await (signal ? unlessAborted(response, [signal]) : response))
  } catch (error) {
    if (signal?.aborted) throw signal.reason
    const reason = messageOf(error)
    const message = `${where}: expected to load ${origin}, got: ${reason.replace(/\.$/, '')}. `
    throw new RecurraError(
      `${message}A server may refuse pages of other origins (CORS): put the file beside your page, or download it, and give its address, a path in Node, or its bytes as path.`,
      { cause: error },
    )
  }
}
