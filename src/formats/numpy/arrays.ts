// Arrays of numbers as NumPy lays them out: any byte order, in C's or Fortran's order of axes.

import { sizeOf } from '../../util/shape.ts'
import { failFormat } from '../formatError.ts'
import {
  readNumbers,
  STORED_BYTES,
  type StoredArray,
  type StoredData,
  type StoredDtype,
} from '../storedArray.ts'

const KINDS: Readonly<Record<string, string>> = { f: 'float', i: 'int', u: 'uint' }

/** A type of numbers, and whether their highest byte comes first. */
export interface NumberType {
  readonly dtype: StoredDtype
  readonly isBigEndian: boolean
}

/** The type of numbers that NumPy's code says, such as '<f4' or 'i8'; null where it is none that can be read. */
export function typeOf(code: string): NumberType | null {
  const [, order = '', kind = '', size = ''] = /^([<>|=]?)([a-z])(\d+)$/.exec(code) ?? []
  const name = kind === 'b' && size === '1' ? 'bool' : `${KINDS[kind]}${8 * Number(size)}`
  return Object.hasOwn(STORED_BYTES, name) ? { dtype: name as StoredDtype, isBigEndian: order === '>' } : null
}

interface Layout {
  readonly type: NumberType
  readonly shape: readonly number[]
  /** Whether the first axis is the one whose entries lie side by side. */
  readonly isFortran: boolean
  readonly bytes: Uint8Array
}

/**
 * The numbers of an array, in C's order.
 *
 * @throws {FormatError} if there are fewer bytes than the shape needs, or an integer of 2⁵³ or more.
 */
export function numbersOf(where: string, { type, shape, isFortran, bytes }: Layout): StoredArray {
  const { dtype, isBigEndian } = type
  const width = STORED_BYTES[dtype]
  const size = sizeOf(shape)
  if (size * width > bytes.length)
    failFormat(where, { expected: `${size} numbers`, got: `bytes for ${Math.floor(bytes.length / width)}` })
  const own = bytes.subarray(0, size * width)
  const data = readNumbers(dtype, isBigEndian ? swapped(own, width) : own)
  if (data === null) return failFormat(where, { expected: 'integers within ±2⁵³', got: `a larger ${dtype}` })
  return { shape, dtype, data: isFortran && shape.length > 1 ? inOrderOfC(data, shape) : data }
}

/** Numbers of so many bytes, with the bytes of each turned round. */
function swapped(bytes: Uint8Array, width: number): Uint8Array {
  const turned = bytes.slice()
  for (let at = 0; at < turned.length; at += width) turned.subarray(at, at + width).reverse()
  return turned
}

function inOrderOfC(data: StoredData, shape: readonly number[]): StoredData {
  const ordered = data.slice()
  const indices = shape.map(() => 0)
  const strides = shape.map((_, axis) => sizeOf(shape.slice(0, axis)))
  for (let to = 0, from = 0; to < ordered.length; to++) {
    ordered[to] = data[from] as number
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const [extent = 0, stride = 0, index = 0] = [shape[axis], strides[axis], indices[axis]]
      const isLast = index + 1 === extent
      indices[axis] = isLast ? 0 : index + 1
      from += isLast ? -index * stride : stride
      if (!isLast) break
    }
  }
  return ordered
}
