// One variable as Keras stored it: an array of any of NumPy's number types.

import { numbersOfF16 } from '../util/f16.ts'

/** The types of variables that can be read, by NumPy's names, with the bytes of a number. */
export const STORED_BYTES = {
  float16: 2,
  float32: 4,
  float64: 8,
  int8: 1,
  int16: 2,
  int32: 4,
  int64: 8,
  uint8: 1,
  uint16: 2,
  uint32: 4,
  uint64: 8,
  bool: 1,
} as const

export type StoredDtype = keyof typeof STORED_BYTES

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
  /** Of the numbers as they lie in the file. */
  readonly dtype: StoredDtype
  /** Row-major, and always numbers: float16 come as a Float32Array, int64 and uint64 as a Float64Array, bool as a Uint8Array. */
  readonly data: StoredData
  /** Whether the data lie in memory of their own, and are no view of a file's bytes; false by default. */
  readonly isCopy?: boolean
}

export const isStoredDtype = (name: string): name is StoredDtype => Object.hasOwn(STORED_BYTES, name)

/** A typed array over bytes, which are copied if they do not lie as its elements must. */
export function over<T>(
  arrayClass: {
    new (buffer: ArrayBufferLike, byteOffset: number, length: number): T
    readonly BYTES_PER_ELEMENT: number
  },
  bytes: Uint8Array,
): T {
  const size = arrayClass.BYTES_PER_ELEMENT
  const { buffer, byteOffset } = bytes.byteOffset % size === 0 ? bytes : new Uint8Array(bytes)
  return new arrayClass(buffer, byteOffset, bytes.length / size)
}

/** Integers as numbers; null stands for one that a number cannot hold. */
function safeNumbers(values: BigInt64Array | BigUint64Array): Float64Array | null {
  const numbers = Float64Array.from(values, Number)
  return numbers.every(Number.isSafeInteger) ? numbers : null
}

/** The numbers that little-endian bytes stand for: a view of the bytes where it can be. */
const readers: Readonly<Record<StoredDtype, (bytes: Uint8Array) => StoredData | null>> = {
  float16: (bytes) => numbersOfF16(over(Uint16Array, bytes)),
  float32: (bytes) => over(Float32Array, bytes),
  float64: (bytes) => over(Float64Array, bytes),
  int8: (bytes) => over(Int8Array, bytes),
  int16: (bytes) => over(Int16Array, bytes),
  int32: (bytes) => over(Int32Array, bytes),
  int64: (bytes) => safeNumbers(over(BigInt64Array, bytes)),
  uint8: (bytes) => bytes,
  uint16: (bytes) => over(Uint16Array, bytes),
  uint32: (bytes) => over(Uint32Array, bytes),
  uint64: (bytes) => safeNumbers(over(BigUint64Array, bytes)),
  bool: (bytes) => bytes,
}

/** The numbers of little-endian bytes; null where one is an integer of 2⁵³ or more. */
export const readNumbers = (dtype: StoredDtype, bytes: Uint8Array): StoredData | null => readers[dtype](bytes)
