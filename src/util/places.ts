// Where bytes are kept: a path in Node, or in a page its IndexedDB, `indexeddb://name`, or its private files, `opfs://name`. What is
// written to `downloads://name` the browser saves for the user.

import { fail } from '../errors.ts'
import { blobOf, type FilePieces, whole } from './filePieces.ts'
import { type Files, filesFor, SCHEME } from './files.ts'
import { isA, isError } from './realms.ts'

/** What can be done with a place. */
export type Place = Pick<Files, 'read' | 'write' | 'remove'>

/** The files of a page or of Node among which a name is, and the name there. */
export function placeOf(where: string, name: string): { readonly place: Place; readonly path: string } {
  const [, scheme, path = ''] = SCHEME.exec(name) ?? []
  if (scheme === 'indexeddb') return { place: indexedFiles(where), path }
  if (scheme === 'opfs') return { place: privateFiles(where), path }
  if (scheme === 'downloads') return { place: downloads(where), path }
  const others = ", such as 'indexeddb://name', 'opfs://name', 'downloads://name' or a function"
  return { place: filesFor(where, name, others), path: name }
}

const DATABASE = 'recurra'
const STORE = 'files'

/** The page's IndexedDB, where each name is a key. */
function indexedFiles(where: string): Place {
  if (typeof indexedDB === 'undefined') {
    return fail(where, {
      expected: 'an IndexedDB',
      got: 'a platform without one',
      remedy: 'Give a path, or a function.',
    })
  }
  return {
    async read(name) {
      const found: unknown = await inDatabase('readonly', (store) => store.get(name))
      return isA(found, 'Uint8Array') ? found : null
    },
    async write(name, written) {
      const bytes = whole(written)
      await inDatabase('readwrite', (store) => store.put(bytes, name))
    },
    remove: async (name) => void (await inDatabase('readwrite', (store) => store.delete(name))),
  }
}

const settled = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })

async function inDatabase(
  mode: IDBTransactionMode,
  ask: (store: IDBObjectStore) => IDBRequest,
): Promise<unknown> {
  const opening = indexedDB.open(DATABASE, 1)
  opening.onupgradeneeded = () => opening.result.createObjectStore(STORE)
  const database = await settled(opening)
  try {
    const transaction = database.transaction(STORE, mode)
    const request = ask(transaction.objectStore(STORE))
    // What a request has written is stored when its transaction is complete.
    await new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => resolve()
      transaction.onerror = () => reject(transaction.error)
      transaction.onabort = () => reject(transaction.error)
    })
    return request.result
  } finally {
    database.close()
  }
}

/** Writes a file by its handle. A writable replaces the file when it is closed, and not before. */
export async function writeToHandle(handle: FileSystemFileHandle, written: FilePieces): Promise<void> {
  const writable = await handle.createWritable()
  try {
    await writable.write(blobOf(written))
    await writable.close()
  } catch (error) {
    await writable.abort().catch(() => undefined)
    throw error
  }
}

/** The page's private files, whose names may have folders. */
function privateFiles(where: string): Place {
  const storage = globalThis.navigator?.storage
  if (typeof storage?.getDirectory !== 'function') {
    return fail(where, {
      expected: 'private files of a page (OPFS)',
      got: 'a platform without them',
      remedy: 'Give a path, or a function.',
    })
  }
  return folderFiles(() => storage.getDirectory())
}

/** Reads the file of a handle. */
export const readHandle = async (handle: FileSystemFileHandle): Promise<Uint8Array> =>
  new Uint8Array(await (await handle.getFile()).arrayBuffer())

/** The files of a folder, whose names may have folders. */
export function folderFiles(root: () => Promise<FileSystemDirectoryHandle>): Place {
  const folderOf = async (name: string, create: boolean) => {
    const names = name.split('/').filter((part) => part !== '')
    let folder = await root()
    for (const part of names.slice(0, -1)) folder = await folder.getDirectoryHandle(part, { create })
    return { folder, last: names.at(-1) ?? '' }
  }
  return {
    async read(name) {
      try {
        const { folder, last } = await folderOf(name, false)
        return await readHandle(await folder.getFileHandle(last))
      } catch (error) {
        if (isError(error) && error.name === 'NotFoundError') return null
        throw error
      }
    },
    async write(name, written) {
      const { folder, last } = await folderOf(name, true)
      await writeToHandle(await folder.getFileHandle(last, { create: true }), written)
    },
    async remove(name) {
      const { folder, last } = await folderOf(name, true)
      await folder.removeEntry(last, { recursive: true }).catch((error: unknown) => {
        if (!(isError(error) && error.name === 'NotFoundError')) throw error
      })
    },
  }
}

/** How long the bytes of a download stay there, in milliseconds: browsers do not say when they have taken them. */
const DOWNLOAD_TIME = 60_000

/** Files that the browser saves for the user. They can be written, and nothing else. */
function downloads(where: string): Place {
  if (typeof document === 'undefined') {
    return fail(where, {
      expected: 'a page, for a download',
      got: 'a platform without documents',
      remedy: 'Save in the page, or give a path or a function.',
    })
  }
  return {
    read: async () =>
      fail(where, { expected: 'a place that can be read', got: 'a download', remedy: 'Give its file.' }),
    async write(name, written) {
      const link = document.createElement('a')
      link.href = URL.createObjectURL(blobOf(written))
      link.download = name
      link.click()
      setTimeout(() => URL.revokeObjectURL(link.href), DOWNLOAD_TIME)
    },
    remove: async () => undefined,
  }
}
