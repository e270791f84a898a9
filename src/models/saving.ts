// Files of models: the options of a model's methods, and the code of these, which stands on a floor above and is loaded with the
// first call. It is the only import upward (test/floors.test.ts).

/**
 * Where a file is written: a path in Node; in a page a name in its IndexedDB, `'indexeddb://model.keras'`, or among its private files,
 * `'opfs://model.keras'`; a file handle of the File System API; a function that takes its bytes. The file is whole or not there: what
 * was in its place stays until all is written.
 */
export type Destination = string | URL | FileSystemFileHandle | ((bytes: Uint8Array) => void | Promise<void>)

/** Where a file is read from: bytes, a URL, a file handle, what {@link Destination} says of names, or in Node a path. */
export type Source = ArrayBufferView | ArrayBuffer | Blob | URL | FileSystemFileHandle | string

export interface SaveOptions {
  /** Whether compile settings and the optimizer's state are written, `true` by default. */
  readonly compile?: boolean
}

export interface LoadWeightsOptions {
  /**
   * Whether layers take the weights that the file has under their names, and those that it does not name keep theirs; `false` by
   * default: the file's layers are the model's, in the same order.
   */
  readonly byName?: boolean
  /** Whether layers whose weights have other shapes, or that the file does not have, keep theirs; `false` by default. */
  readonly skipMismatch?: boolean
}

/** What a model's methods do with files. */
export const saving = () => import('../formats/saving.ts')
