// NumPy's .npy files: a header as a Python literal, then the numbers.
// @see https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html

import { describeValue, fail } from '../errors.ts'
import { sizeOf } from '../util/shape.ts'
import { Tensor } from '../util/tensor.ts'

const MAGIC = '\x93NUMPY'

/** Readers of one number by NumPy's code of its type, little-endian. */
const readers: Readonly<
  Record<string, readonly [bytes: number, read: (view: DataView, at: number) => number]>
> = {
  f8: [8, (view, at) => view.getFloat64(at, true)],
  f4: [4, (view, at) => view.getFloat32(at, true)],
  i8: [8, (view, at) => Number(view.getBigInt64(at, true))],
  u8: [8, (view, at) => Number(view.getBigUint64(at, true))],
  i4: [4, (view, at) => view.getInt32(at, true)],
  u4: [4, (view, at) => view.getUint32(at, true)],
  i2: [2, (view, at) => view.getInt16(at, true)],
  u2: [2, (view, at) => view.getUint16(at, true)],
  i1: [1, (view, at) => view.getInt8(at)],
  u1: [1, (view, at) => view.getUint8(at)],
  b1: [1, (view, at) => view.getUint8(at)],
}

/**
 * Reads an array of numbers as float32.
 *
 * @throws {RecurraError} for another file, other types, big-endian numbers, Fortran's order, or a file that is cut off.
 */
export function readNpy(where: string, bytes: Uint8Array): Tensor {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const latin = new TextDecoder('latin1')
  const isNpy = bytes.length >= 12 && latin.decode(bytes.subarray(0, 6)) === MAGIC
  if (!isNpy) fail(where, { expected: 'a .npy file', got: 'other bytes' })
  const isWide = (bytes[6] ?? 0) > 1
  const start = isWide ? 12 : 10
  const end = start + (isWide ? view.getUint32(8, true) : view.getUint16(8, true))
  const header = latin.decode(bytes.subarray(start, end))
  const [, order = '', code = ''] = /'descr':\s*'([<>|=])(\w+)'/.exec(header) ?? []
  const [, extents] = /'shape':\s*\(([\d\s,L]*)\)/.exec(header) ?? []
  const reader = readers[code]
  if (end > bytes.length || extents === undefined || !reader || order === '>')
    return fail(where, {
      expected: 'an array of little-endian numbers',
      got: header.trim().slice(0, 100) || 'no header',
      remedy: "Write numpy.save(path, array.astype('float32')).",
    })
  if (/'fortran_order':\s*True/.test(header))
    fail(where, {
      expected: "an array in C's order",
      got: "Fortran's order",
      remedy: 'Write numpy.save(path, numpy.ascontiguousarray(array)).',
    })
  const shape = (extents.match(/\d+/g) ?? []).map(Number)
  const [width, read] = reader
  const size = sizeOf(shape)
  if (end + size * width > bytes.length)
    fail(where, { expected: `${size} numbers`, got: `bytes for ${Math.floor((bytes.length - end) / width)}` })
  return new Tensor(
    Float32Array.from({ length: size }, (_, i) => read(view, end + i * width)),
    shape,
  )
}

/** The bytes of a .npy file of float32. */
export function writeNpy({ data, shape }: Tensor): Uint8Array {
  if (!(data instanceof Float32Array)) throw new TypeError(`float32 data, not ${describeValue(data)}`)
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`
  const text = `{'descr': '<f4', 'fortran_order': False, 'shape': ${tuple}, }`
  // The numbers begin at a multiple of 64 bytes.
  const length = Math.ceil((10 + text.length + 1) / 64) * 64 - 10
  const bytes = new Uint8Array(10 + length + data.length * 4)
  const view = new DataView(bytes.buffer)
  bytes.set(Uint8Array.from(`${MAGIC}\x01\x00`, (letter) => letter.charCodeAt(0)))
  view.setUint16(8, length, true)
  bytes.set(new TextEncoder().encode(`${text.padEnd(length - 1)}\n`), 10)
  data.forEach((number, i) => {
    view.setFloat32(10 + length + i * 4, number, true)
  })
  return bytes
}
