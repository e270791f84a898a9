// Files of models: the options of a model's methods, and the code of these, which stands on a floor above and is loaded with the

import type { OfGlobal } from '../util/ofGlobal.ts'

/** Handles of files and directories, where a program's types have them. */
type FileHandle = OfGlobal<'FileSystemFileHandle'>
type DirectoryHandle = OfGlobal<'FileSystemDirectoryHandle'>

/**
 * Where a file is written: a path in Node; in a page a name in its IndexedDB, `'indexeddb://model.keras'`, among its private files,
 * `'opfs://model.keras'`, or of a download, `'downloads://model.keras'`; a file handle of the File System API, and for files in several
 * parts the handle of a folder; a function that takes its bytes, and its name where there are several. A file is whole or not there:
 * what was in its place stays until all is written.
 */
export type Destination =
  | string
  | URL
  | FileHandle
  | DirectoryHandle
  | ((bytes: Uint8Array, name: string) => void | Promise<void>)

/**
 * Where a file is read from: bytes, a Blob or File, the files of an input, a response of `fetch`, a URL, a handle of a file or of a
 * folder, what {@link Destination} says of names, or in Node a path.
 */
export type Source =
  | ArrayBufferView
  | ArrayBuffer
  | Blob
  | Iterable<File>
  | Response
  | URL
  | FileHandle
  | DirectoryHandle
  | string

/** How a file is read. */
export interface ReadOptions {
  /** Ends the reading when it is aborted: the call rejects with its reason. */
  readonly signal?: AbortSignal | null
  /** Is told how many bytes are read, and of how many, null where nobody says so. */
  readonly onProgress?: ((loaded: number, total: number | null) => void) | null
}

export interface SaveOptions {
  /** Whether compile settings and the optimizer's state are written, `true` by default. Formats of others than Keras have neither. */
  readonly compile?: boolean
  /**
   * `'keras'`; `'h5'` for Keras's older format; `'tfjs'` for TensorFlow.js: model.json, and beside it files with the weights; or for
   * predictions alone `'onnx'`, as `toONNX` of `recurra/formats` makes it, and `'html'` or `'js'`, as its `eject` does. By default
   * what the destination's name ends with says it, `.keras`, `.h5`, `.json`, `.onnx`, `.html`, `.js` or `.mjs`; `'keras'` where it has
   * no ending, `'tfjs'` for the handle of a folder.
   */
  readonly format?: 'keras' | 'h5' | 'tfjs' | 'onnx' | 'html' | 'js' | null
  /** In TensorFlow.js's format: as what weights are stored, so that files are smaller and numbers less exact; `null` by default. */
  readonly quantization?: 'float16' | 'uint8' | 'uint16' | null
}

export interface SaveWeightsOptions {
  /**
   * `'h5'` for Keras's HDF5 files, or `'safetensors'`, with weights alone, by their paths. By default what the destination's name ends
   * with says it: `.safetensors`, `.weights.h5`, or `.h5` for Keras's older layout; `'h5'` where it has no ending.
   */
  readonly format?: 'h5' | 'safetensors' | null
}

export interface LoadWeightsOptions extends ReadOptions {
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
