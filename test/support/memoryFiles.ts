// Files in memory, for what reads and writes paths.

import { whole } from '../../src/util/filePieces.ts'
import { type Files, setFiles } from '../../src/util/files.ts'

/** What read and wrote paths before; undefined where no files in memory are in its place. */
let before: Files | null | undefined

/** Lets paths be read from a map and written to it, for the rest of the test file. */
export function useMemoryFiles(): Map<string, Uint8Array> {
  const contents = new Map<string, Uint8Array>()
  const replaced = setFiles({
    read: async (path) => contents.get(path) ?? null,
    write: async (path, written) => void contents.set(path, whole(written)),
    append: async (path, bytes) =>
      void contents.set(path, Uint8Array.from([...(contents.get(path) ?? []), ...bytes])),
    remove: async (path) => void contents.delete(path),
    kerasFolder: (kind) => kind,
  })
  if (before === undefined) before = replaced
  return contents
}

/** Puts back what files in memory stood in place of, as test/support/freshState.ts does between files. */
export function endMemoryFiles(): void {
  if (before !== undefined) setFiles(before)
  before = undefined
}
