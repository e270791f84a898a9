// HDF5's datatype message: what Keras and h5py write of it.

import { isStoredDtype, STORED_BYTES, type StoredDtype } from '../storedArray.ts'
import type { Cursor } from './cursor.ts'

/** The type of an array's elements. */
export type Datatype =
  | {
      readonly kind: 'number'
      readonly dtype: StoredDtype
      readonly size: number
      readonly isBigEndian: boolean
    }
  /** Texts of one length. */
  | { readonly kind: 'text'; readonly size: number }
  /** Texts in a global heap. */
  | { readonly kind: 'heapText'; readonly size: number }
  /** A type that is not read, with its name. */
  | { readonly kind: 'other'; readonly size: number; readonly name: string }

/** Names of the classes, H5T_class_t. */
const CLASSES = [
  'integers',
  'floats',
  'times',
  'texts',
  'bit fields',
  'opaque bytes',
  'compound values',
  'references',
  'enumerations',
  'lists of any length',
  'arrays',
]
const [INTEGER, FLOAT, TEXT, ENUMERATION, LIST] = [0, 1, 3, 8, 9]

/** Reads a datatype; the cursor goes on behind it. */
export function readDatatype(cursor: Cursor): Datatype {
  const head = cursor.u8()
  const [low, middle] = [cursor.u8(), cursor.u8()]
  cursor.skip(1)
  const size = cursor.u32()
  const [kind, version] = [head & 15, head >> 4]
  const other = (what = CLASSES[kind] ?? `type ${kind}`): Datatype => ({
    kind: 'other',
    size,
    name: `${what} of ${size} bytes`,
  })
  if (kind === INTEGER || kind === FLOAT) {
    cursor.skip(2)
    const precision = cursor.u16()
    cursor.skip(kind === FLOAT ? 8 : 0)
    const isBigEndian = (low & 1) === 1
    const isWhole = precision === 8 * size && (kind === INTEGER || size > 1)
    const name = kind === FLOAT ? `float${8 * size}` : `${low & 8 ? 'int' : 'uint'}${8 * size}`
    return isWhole && isStoredDtype(name) ? { kind: 'number', dtype: name, size, isBigEndian } : other()
  }
  if (kind === TEXT) return { kind: 'text', size }
  if (kind === LIST) {
    readDatatype(cursor)
    return (low & 15) === 1 ? { kind: 'heapText', size } : other()
  }
  // h5py writes booleans as an enumeration of FALSE and TRUE.
  if (kind === ENUMERATION) {
    const base = readDatatype(cursor)
    const names = Array.from({ length: low + 256 * middle }, () => {
      const start = cursor.at
      const name = cursor.text()
      if (version < 3) cursor.align(start)
      return name
    })
    cursor.skip(names.length * base.size)
    return names.includes('TRUE') && size === 1
      ? { kind: 'number', dtype: 'bool', size, isBigEndian: false }
      : other()
  }
  return other()
}

/** The bytes of numbers, the lowest of each first. */
export function littleEndian(
  { size, isBigEndian }: { readonly size: number; readonly isBigEndian: boolean },
  bytes: Uint8Array,
): Uint8Array {
  if (!isBigEndian || size === 1) return bytes
  return bytes.map((_, i) => bytes[i - (i % size) + size - 1 - (i % size)] ?? 0)
}

/** Bytes of a datatype, which begin with class and version, bits of its class, and the size of an element. */
const typeBytes = (kind: number, bits: number, size: number, ...properties: readonly number[]): number[] => [
  0x10 | kind,
  bits & 255,
  bits >> 8,
  0,
  size & 255,
  (size >> 8) & 255,
  (size >> 16) & 255,
  size >>> 24,
  ...properties,
]

/** Bits of the exponent of floats, and of their fraction. */
const FLOATS: Readonly<Record<string, readonly [exponent: number, fraction: number]>> = {
  float16: [5, 10],
  float32: [8, 23],
  float64: [11, 52],
}

/** The datatype of numbers, little-endian. */
export function numberType(dtype: Exclude<StoredDtype, 'bool'>): number[] {
  const size = STORED_BYTES[dtype]
  const precision = [0, 0, 8 * size, 0]
  const float = FLOATS[dtype]
  if (!float) return typeBytes(INTEGER, dtype.startsWith('u') ? 0 : 8, size, ...precision)
  const [exponent, fraction] = float
  const bias = 2 ** (exponent - 1) - 1
  // Bit 5: the leading bit of the fraction is implied. Bits 8 to 15: where the sign is.
  const bits = 0x20 | ((8 * size - 1) << 8)
  return typeBytes(
    FLOAT,
    bits,
    size,
    ...precision,
    fraction,
    exponent,
    0,
    fraction,
    bias & 255,
    bias >> 8,
    0,
    0,
  )
}

/** The datatype of texts in a global heap, UTF-8. */
export const heapTextType = (): number[] =>
  typeBytes(LIST, 0x101, 16, ...typeBytes(INTEGER, 0, 1, 0, 0, 8, 0))
