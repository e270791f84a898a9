// NumPy's .npy files: a header as a Python literal, then the numbers, or a pickle where entries are objects.
// @see https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html

import { describeValue, impossible } from '../../errors.ts'
import type { Tensor } from '../../util/tensor.ts'
import { encodeText } from '../../util/text.ts'
import { failFormat } from '../formatError.ts'
import type { StoredArray } from '../storedArray.ts'
import { numbersOf, typeOf } from './arrays.ts'
import { unpickle } from './pickle.ts'
import { failPickled, PickledArray } from './pickledObjects.ts'

/** Rows of numbers that differ in length, as an array of lists holds them. */
export type RaggedRows = readonly (readonly number[])[]

/** What a .npy file holds. */
export type NumpyArray = StoredArray | RaggedRows

const MAGIC = '\x93NUMPY'
const AS_FLOAT = "Write numpy.save(path, array.astype('float32'))."

/**
 * Reads an array of numbers, or one of lists of numbers, which NumPy pickles.
 *
 * @throws {FormatError} for another file, other types, or a file that is cut off.
 */
export function readNpy(where: string, bytes: Uint8Array): NumpyArray {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const textOf = (part: Uint8Array): string => new TextDecoder().decode(part)
  const isNpy = bytes.length >= 12 && MAGIC === String.fromCharCode(...bytes.subarray(0, 6))
  if (!isNpy) failFormat(where, { expected: 'a .npy file', got: 'other bytes' })
  const isWide = (bytes[6] ?? 0) > 1
  const start = isWide ? 12 : 10
  const end = start + (isWide ? view.getUint32(8, true) : view.getUint16(8, true))
  const header = textOf(bytes.subarray(start, end))
  const [, code = ''] = /'descr':\s*'([^']*)'/.exec(header) ?? []
  const [, extents] = /'shape':\s*\(([\d\s,L]*)\)/.exec(header) ?? []
  const got = header.trim().slice(0, 100) || 'no header'
  if (end > bytes.length || extents === undefined)
    return failFormat(where, { expected: "NumPy's header", got, remedy: AS_FLOAT })
  const shape = (extents.match(/\d+/g) ?? []).map(Number)
  if (code === '|O') return pickledRows(where, bytes.subarray(end), shape)
  const type = typeOf(code) ?? failFormat(where, { expected: 'an array of numbers', got, remedy: AS_FLOAT })
  const isFortran = /'fortran_order':\s*True/.test(header)
  return numbersOf(where, { type, shape, isFortran, bytes: bytes.subarray(end) })
}

/** The lists of numbers in a pickled array, or its numbers, where these are no lists. */
function pickledRows(where: string, bytes: Uint8Array, shape: readonly number[]): NumpyArray {
  const array = unpickle(where, bytes)
  const entries = array instanceof PickledArray ? array.value : null
  if (!Array.isArray(entries) || shape.length !== 1 || entries.length !== shape[0])
    return failPickled(where, 'an array of one axis, of lists of numbers')
  const isNumber = (entry: unknown): entry is number => typeof entry === 'number'
  if (entries.every(isNumber)) return { dtype: 'float64', shape, data: Float64Array.from(entries) }
  // One list may stand in many places, so that a small file would give more numbers than fit anywhere.
  let left = bytes.length
  return entries.map((entry, i) => {
    const value = entry instanceof PickledArray ? entry.value : entry
    const isFlat = value !== null && typeof value === 'object' && 'shape' in value && value.shape.length === 1
    const row: unknown = isFlat ? value.data : value
    const isRow = Array.isArray(row) || isFlat
    left -= isRow ? (row as ArrayLike<unknown>).length : 0
    if (!isRow || left < 0 || (Array.isArray(row) && !row.every(isNumber)))
      return failPickled(`${where}, entry ${i}`, 'a list of numbers')
    return Array.from(row as ArrayLike<number>)
  })
}

/** The bytes of a .npy file of float32. */
export function writeNpy({ data, shape }: Tensor): Uint8Array {
  if (!(data instanceof Float32Array)) impossible(`float32 data, not ${describeValue(data)}`)
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`
  const text = `{'descr': '<f4', 'fortran_order': False, 'shape': ${tuple}, }`
  // The numbers begin at a multiple of 64 bytes.
  const length = Math.ceil((10 + text.length + 1) / 64) * 64 - 10
  const bytes = new Uint8Array(10 + length + data.length * 4)
  const view = new DataView(bytes.buffer)
  bytes.set(Uint8Array.from(`${MAGIC}\x01\x00`, (letter) => letter.charCodeAt(0)))
  view.setUint16(8, length, true)
  bytes.set(encodeText(`${text.padEnd(length - 1)}\n`), 10)
  data.forEach((number, i) => {
    view.setFloat32(10 + length + i * 4, number, true)
  })
  return bytes
}
