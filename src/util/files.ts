// Files by paths. Pages have none; `recurra/node` brings Node's.

import { fail } from '../errors.ts'
import type { FilePieces } from './filePieces.ts'

/** Kinds of files that Keras loads, each in a folder of its own: data sets, and weights of networks. */
export type KerasFolder = 'datasets' | 'models'

/** What is done with files. Folders of a path that is written to are made. */
export interface Files {
  /** The bytes of a file; null where there is none. */
  read(path: string): Promise<Uint8Array | null>
  /** Writes a file in the place of another, which stays until all of the new one is there. */
  write(path: string, written: FilePieces): Promise<void>
  append(path: string, bytes: Uint8Array): Promise<void>
  /** Removes a file or a folder, if it is there. */
  remove(path: string): Promise<void>
  /** The folder in which files that Keras loads are kept between programs; null if they are not. */
  kerasFolder(kind: KerasFolder): string | null
}

/** Names in a page's IndexedDB, among its private files, or of a download (places.ts). */
export const SCHEME = /^(indexeddb|opfs|downloads):\/\/(.+)$/

let found: Files | null = null

/** Lets paths be read and written; `recurra/node` calls it. Returns what did so before. */
export function setFiles(files: Files | null): Files | null {
  const before = found
  found = files
  return before
}

/** Whether there are paths. */
export const hasFiles = (): boolean => found !== null

/** The folder in which Keras keeps files of a kind that it loads; null where there are no paths. */
export const kerasFolder = (kind: KerasFolder): string | null => found?.kerasFolder(kind) ?? null

/**
 * The files, for something that needs them.
 *
 * @throws {RecurraError} in a page, and in Node without `recurra/node`.
 */
export function filesFor(where: string, path: string, others = ''): Files {
  if (found) return found
  return fail(where, {
    expected: `a place that can be written to here${others}`,
    got: `the path "${path}"`,
    remedy: "In Node, import from 'recurra/node'.",
  })
}
