// Sources where files are kept: handles of files and folders, lists of files, names in a page's storage, and in Node paths.

import { fail } from '../errors.ts'
import { folderFiles, placeOf, readHandle } from '../util/places.ts'
import type { Progress } from './progress.ts'
import { alone, isFolder, type Reach } from './source.ts'

/** The name of the first file in folders that hold a model of several files. */
const FIRST = 'model.json'

/** A file by its handle, or a folder by its own. */
export const handleReach = (
  handle: FileSystemFileHandle | FileSystemDirectoryHandle,
  where: string,
): Reach =>
  handle.kind === 'directory' ? folderReach(handle, where) : alone(() => readHandle(handle), where)

function folderReach(folder: FileSystemDirectoryHandle, where: string): Reach {
  const files = folderFiles(async () => folder)
  const read = async (path: string): Promise<Uint8Array> =>
    (await files.read(path)) ?? fail(where, { expected: 'a file', got: `none at "${path}" in the folder` })
  return { first: () => read(FIRST), beside: read }
}

/** A file by its path or its name in a page's storage; of a folder the file in it that names the others. */
export function placeReach(address: string, where: string): Reach {
  const { place, path } = placeOf(where, address)
  const read = async (name: string): Promise<Uint8Array> =>
    (await place.read(name)) ?? fail(where, { expected: 'a file', got: `none at "${name}"` })
  let folder = path.replace(/[^/\\]*$/, '')
  return {
    first: () =>
      read(path).catch(async (error: unknown) => {
        if (!isFolder(error)) throw error
        const inside = await place.read(`${path.replace(/[/\\]$/, '')}/${FIRST}`)
        if (inside === null) throw error
        folder = `${path.replace(/[/\\]$/, '')}/`
        return inside
      }),
    beside: (name) => read(folder + name),
  }
}

/** Files by their names, whatever folder they are in. Of several the first is the one that names the others. */
export const listReach = (files: readonly File[], where: string, progress: Progress): Reach => {
  const named = (name: string): File => {
    const found = files.find((file) => file.name === name.split('/').at(-1))
    const got = files.map((file) => `"${file.name}"`).join(', ')
    return found ?? fail(where, { expected: `also the file "${name}"`, got })
  }
  const read = (file: File): Promise<Uint8Array> => progress.read(file, file.size)
  const [only, second] = files
  const first = second ? files.find(({ name }) => name.endsWith('.json')) : only
  return { first: async () => read(first ?? named(FIRST)), beside: async (path) => read(named(path)) }
}
