// Sources of model files: bytes, Blobs, a response, a URL, handles of files and folders, files of an input, names in a page's storage,
// and in Node paths. A format of several files reads those beside the first.

import { bounded, describeValue, fail, RecurraError } from '../errors.ts'
import type { ReadOptions, Source } from '../models/saving.ts'
import { unlessAborted } from '../util/abort.ts'
import { hasFiles, SCHEME } from '../util/files.ts'
import { isA, isError } from '../util/realms.ts'
import { failFormat } from './formatError.ts'
import { Progress } from './progress.ts'

/** A file that was read, and its neighbours. */
export interface OpenedFile {
  readonly bytes: Uint8Array
  /**
   * The bytes of files beside it.
   *
   * @param paths Relative to the file's folder, which have been checked (`checkRelative`).
   * @param size How many bytes these files have together, for progress.
   */
  beside(paths: readonly string[], size: number): Promise<Uint8Array[]>
}

/** A call's name in errors, with the address or the path that it was given. */
export const describeSource = (call: string, source: unknown): string =>
  typeof source === 'string' || isA(source, 'URL') ? `${call} ${describeValue(String(source))}` : call

export const readSource = async (source: Source, where: string, options?: ReadOptions): Promise<Uint8Array> =>
  (await openSource(source, where, options)).bytes

/** How a file is reached, and those beside it. */
export interface Reach {
  first(): Promise<Uint8Array>
  beside(path: string): Promise<Uint8Array>
}

/** Reads a file. What a signal aborts ends with its reason. */
export async function openSource(
  source: Source,
  where: string,
  { signal, onProgress }: ReadOptions = {},
): Promise<OpenedFile> {
  const progress = new Progress(onProgress ?? null)
  const attempt = attempts(where, signal)
  const reach = await reachOf(source, where, progress, signal ?? null)
  const bytes = await attempt(() => reach.first())
  progress.ends(bytes.length)
  return {
    bytes,
    async beside(paths, size) {
      for (const path of paths) checkRelative(path, where)
      progress.expects(size)
      const others = await attempt(() => Promise.all(paths.map((path) => reach.beside(path))))
      progress.ends(others.reduce((sum, { length }) => sum + length, bytes.length))
      return others
    },
  }
}

/** Runs what reads, until a signal is aborted. What it throws says where. */
export const attempts = (where: string, signal: AbortSignal | null | undefined) => {
  signal?.throwIfAborted()
  return async <T>(read: () => Promise<T>): Promise<T> => {
    try {
      return await (signal ? unlessAborted(read(), [signal]) : read())
    } catch (error) {
      if (signal?.aborted) throw signal.reason
      throw await asReadError(error, where)
    }
  }
}

/** Loads what reads from places and lists of files, which a page that reads addresses does not need. */
const storedSource = () => import('./storedSource.ts')

const failures = () => import('./sourceFailures.ts')

/** How a source is reached. */
export function reachOf(
  source: Source,
  where: string,
  progress: Progress,
  signal: AbortSignal | null,
): Reach | Promise<Reach> {
  if (ArrayBuffer.isView(source))
    return alone(async () => new Uint8Array(source.buffer, source.byteOffset, source.byteLength), where)
  if (isA(source, 'ArrayBuffer')) return alone(async () => new Uint8Array(source), where)
  if (isBlob(source)) return alone(() => progress.read(source, source.size), where)
  if (isA(source, 'Response')) return webReach(async () => source, source.url, { where, progress, signal })
  if (isA(source, 'URL') || typeof source === 'string')
    return addressReach(String(source), { where, progress, signal })
  if (typeof source === 'object' && source !== null && 'kind' in source) {
    const handle = source as FileSystemDirectoryHandle | FileSystemFileHandle
    return storedSource().then(({ handleReach }) => handleReach(handle, where))
  }
  const files = filesOf(source)
  if (files.length > 0) return storedSource().then(({ listReach }) => listReach(files, where, progress))
  return fail(where, {
    expected: 'bytes, a Blob, a URL or a path',
    got: describeValue(source),
  })
}

/** Whether a value is a Blob, or a File. Those of happy-dom, in which pages are tested, do not say their class. */
const isBlob = (value: unknown): value is Blob =>
  isA(value, 'Blob', 'File') ||
  (typeof value === 'object' && value !== null && 'size' in value && 'arrayBuffer' in value)

/** The files of an input, or of a list. */
function filesOf(source: unknown): File[] {
  const isList = typeof source === 'object' && source !== null && Symbol.iterator in source
  const list = isList ? [...(source as Iterable<unknown>)] : []
  return list.every((file) => isBlob(file) && 'name' in file) ? (list as File[]) : []
}

/** The neighbours of a file that has none. */
export const noneBeside =
  (where: string): OpenedFile['beside'] =>
  async ([path]) =>
    path === undefined ? [] : failAlone(where, path)

const failAlone = (where: string, path: string): never =>
  fail(where, {
    expected: `also the file "${path}"`,
    got: 'one file',
    remedy: 'Give all files in a list, the handle of their folder, or the address or path of the model.',
  })

export const alone = (first: Reach['first'], where: string): Reach => ({
  first,
  beside: async (path) => failAlone(where, path),
})

interface Reading {
  readonly where: string
  readonly progress: Progress
  readonly signal: AbortSignal | null
}

function addressReach(address: string, reading: Reading): Reach | Promise<Reach> {
  const { where, signal } = reading
  if (/^\s*[{[]/.test(address)) return failures().then(({ failJson }) => failJson(where))
  const isStored = !/^(https?|data|blob):/.test(address) && (hasFiles() || SCHEME.test(address))
  return isStored
    ? storedSource().then(({ placeReach }) => placeReach(address, where))
    : webReach(() => fetch(address, { signal }), address, reading)
}

/** Whether a path was one of a folder. */
export const isFolder = (error: unknown): boolean => isError(error) && error.code === 'EISDIR'

/** A file on the web. What stands behind a question mark of its address, such as a key, goes to its neighbours, too. */
function webReach(
  respond: () => Promise<Response>,
  address: string,
  { where, progress, signal }: Reading,
): Reach {
  let base = address
  const bodyOf = async (response: Response): Promise<Uint8Array> => {
    if (!response.ok) return (await failures()).failStatus(where, response)
    const length = response.headers.has('content-encoding') ? null : response.headers.get('content-length')
    return progress.read(response, length === null ? null : Number(length))
  }
  return {
    async first() {
      const response = await respond()
      base = response.url || address
      return bodyOf(response)
    },
    async beside(path) {
      if (!/^https?:/.test(base)) return failAlone(where, path)
      const url = new URL(path.split('/').map(encodeURIComponent).join('/'), base)
      url.search = new URL(base).search
      return bodyOf(await fetch(url, { signal }))
    },
  }
}

/** Refuses paths that lead out of the folder of a file. */
function checkRelative(path: string, where: string): void {
  const isInside = path !== '' && !path.startsWith('/') && !/[\\:\0]/.test(path)
  if (!isInside || path.split('/').some((part) => part === '..' || part === ''))
    failFormat(where, { expected: 'paths of files beside it', got: describeValue(path) })
}

/** The most letters of a platform's message, which has the whole path in it. */
export const MAX_REASON = 200

/** A failure to read as an error of the call, with the platform's message. */
async function asReadError(error: unknown, where: string): Promise<RecurraError> {
  if (error instanceof RecurraError) return error
  // Folders are read in Node alone, where more code is at hand.
  const remedy = isFolder(error) ? (await failures()).FOR_FOLDER : remedyOf(error)
  return new RecurraError(
    `${where}: expected a file that can be read, got: ${bounded(reasonOf(error), MAX_REASON)}.${remedy && ` ${remedy}`}`,
    { cause: error },
  )
}

/** The platform's message; Node's fetch has it in the error's cause only. */
function reasonOf(error: unknown): string {
  if (!isError(error)) return String(error)
  const cause = isError(error.cause) && error.cause.message
  return cause ? `${error.message} (${cause})` : error.message.replace(/\.$/, '')
}

function remedyOf(error: unknown): string {
  // In a page, fetch throws the same error for a malformed address, a server that does not answer, and one that refuses.
  if (!(error instanceof TypeError)) return ''
  if (typeof location !== 'undefined')
    return 'Check the address, and that its server lets pages of other origins read the file (CORS).'
  return hasFiles() ? '' : "To read paths in Node, import from 'recurra/node'."
}
