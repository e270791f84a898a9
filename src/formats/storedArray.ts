// One variable as Keras stored it: an HDF5 dataset of any of NumPy's number types, read into a typed array.

import type { Dataset } from 'h5wasm'
import { fail } from '../errors.ts'

const TYPED_ARRAYS = {
  float32: Float32Array,
  float64: Float64Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: Float64Array,
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
  uint64: Float64Array,
  bool: Uint8Array,
}

/** The types of variables that can be read, by NumPy's names. */
export type StoredDtype = keyof typeof TYPED_ARRAYS

/** The typed arrays that variables come in. */
export type StoredData =
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | Uint8Array
  | Uint16Array
  | Uint32Array

/** One variable: a weight, an optimizer's slot or counter. */
export interface StoredArray {
  /** Empty for a scalar. */
  readonly shape: readonly number[]
  readonly dtype: StoredDtype
  /** Row-major, and always numbers: int64 and uint64 come as a Float64Array, bool as a Uint8Array. */
  readonly data: StoredData
}

/**
 * Reads a dataset whole.
 *
 * @throws RecurraError if it holds no numbers, numbers of another type, or integers that a number cannot hold.
 */
export function readArray(where: string, dataset: Dataset): StoredArray {
  const dtype = dtypeOf(where, dataset)
  const { shape, value } = dataset
  const items = typeof value === 'number' || typeof value === 'bigint' ? [value] : value
  if (shape === null || !(ArrayBuffer.isView(items) || Array.isArray(items))) {
    return fail(where, { expected: `numbers at "${dataset.path}"`, got: 'none' })
  }
  if (items instanceof TYPED_ARRAYS[dtype]) return { shape: [...shape], dtype, data: items }
  const numbers = Array.from<unknown, number>(items, (item) => {
    const number = Number(item)
    if (typeof item !== 'bigint' || Number.isSafeInteger(number)) return number
    return fail(where, { expected: `integers below 2^53 at "${dataset.path}"`, got: `${item}` })
  })
  return { shape: [...shape], dtype, data: new TYPED_ARRAYS[dtype](numbers) }
}

/** HDF5's classes of types (H5T_class_t): 0 integer, 1 float, 8 enumeration, which is how h5py writes booleans. */
function dtypeOf(where: string, dataset: Dataset): StoredDtype {
  const { type, size, signed, enum_type } = dataset.metadata
  let name = `HDF5 type ${type} of ${size} bytes`
  if (type === 0) name = `${signed ? 'int' : 'uint'}${8 * size}`
  if (type === 1) name = `float${8 * size}`
  if (type === 8 && enum_type && 'TRUE' in enum_type.members) name = 'bool'
  if (isDtype(name)) return name
  const expected = `${Object.keys(TYPED_ARRAYS).join(', ')} at "${dataset.path}"`
  return fail(where, { expected, got: name, remedy: 'Save the model with float32 weights.' })
}

const isDtype = (name: string): name is StoredDtype => Object.hasOwn(TYPED_ARRAYS, name)
