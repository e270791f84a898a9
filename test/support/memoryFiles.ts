// Files in memory, for what reads and writes paths.

import { afterAll } from 'vitest'
import { type Files, setFiles } from '../../src/util/files.ts'

/** Lets the paths of a test file be read from a map and written to it. */
export function useMemoryFiles(): Map<string, Uint8Array> {
  const contents = new Map<string, Uint8Array>()
  const files: Files = {
    read: async (path) => contents.get(path) ?? null,
    write: async (path, bytes) => void contents.set(path, bytes.slice()),
    append: async (path, bytes) =>
      void contents.set(path, Uint8Array.from([...(contents.get(path) ?? []), ...bytes])),
    remove: async (path) => void contents.delete(path),
  }
  const before = setFiles(files)
  afterAll(() => {
    setFiles(before)
  })
  return contents
}
