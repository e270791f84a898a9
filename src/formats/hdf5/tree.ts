// What an HDF5 file holds: groups with groups and arrays in them, each with attributes.

import type { StoredArray, StoredDtype } from '../storedArray.ts'

/** The value of an attribute: numbers, or texts, in rows; the shape of a single one is empty. */
export interface Hdf5Attribute {
  readonly shape: readonly number[]
  readonly data: StoredArray['data'] | readonly string[]
}

interface Node {
  /** From the root, `layers/lstm/vars`; empty for the root. */
  readonly path: string
  /**
   * An attribute by its name; null where there is none.
   *
   * @throws {FormatError} if its value is of a type that is not read.
   */
  attribute(name: string): Hdf5Attribute | null
}

export interface Hdf5Group extends Node {
  readonly kind: 'group'
  readonly children: ReadonlyMap<string, Hdf5Node>
}

export interface Hdf5Dataset extends Node {
  readonly kind: 'dataset'
  readonly shape: readonly number[]
  /**
   * The numbers; a view of the file where that can be.
   *
   * @throws {FormatError} if they are of a type that is not read.
   */
  read(): StoredArray
}

export type Hdf5Node = Hdf5Group | Hdf5Dataset

/** An attribute to write: a text, or a list of texts. */
export type WrittenAttribute = string | readonly string[]

export interface WrittenDataset {
  readonly shape: readonly number[]
  readonly dtype: Exclude<StoredDtype, 'bool'>
  /** Little-endian elements of `dtype`. */
  readonly data: ArrayBufferView
  readonly attributes?: Readonly<Record<string, WrittenAttribute>>
}

export interface WrittenGroup {
  readonly children: ReadonlyMap<string, WrittenGroup | WrittenDataset>
  readonly attributes?: Readonly<Record<string, WrittenAttribute>>
}
