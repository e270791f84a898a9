// The safetensors format: tensors by name, and texts about them.
//
//   8 bytes    the length of the header, little-endian
//   header     JSON: { "name": { "dtype": "F32", "shape": [2, 3], "data_offsets": [begin, end] }, "__metadata__": { … } }
//   data       row-major little-endian numbers, without gaps; offsets count from its begin
//
// Everything that a header says is checked before it is used.

import { describeValue } from '../../errors.ts'
import { sizeOf } from '../../util/shape.ts'
import { encodeText } from '../../util/text.ts'
import { isJsonObject, type Json, type JsonObject, parseJsonObject } from '../config/json.ts'
import { failFormat } from '../formatError.ts'
import {
  over,
  readNumbers,
  STORED_BYTES,
  type StoredArray,
  type StoredData,
  type StoredDtype,
} from '../storedArray.ts'

/** What a safetensors file holds. */
export interface Safetensors {
  /** By name, in the file's order. */
  readonly tensors: ReadonlyMap<string, StoredArray>
  readonly metadata: Readonly<Record<string, string>>
}

const DTYPES: Readonly<Record<string, StoredDtype>> = {
  F64: 'float64',
  F32: 'float32',
  F16: 'float16',
  I64: 'int64',
  I32: 'int32',
  I16: 'int16',
  I8: 'int8',
  U64: 'uint64',
  U32: 'uint32',
  U16: 'uint16',
  U8: 'uint8',
  BOOL: 'bool',
}

/** The upper halves of float32, which NumPy has no name for; they are given as float32. */
const BF16 = 'BF16'

function numbersOfBF16(bytes: Uint8Array): Float32Array {
  const bits = Uint32Array.from(over(Uint16Array, bytes), (half) => half << 16)
  return new Float32Array(bits.buffer)
}

const METADATA = '__metadata__'
const LENGTH_BYTES = 8

/**
 * Reads a safetensors file. Numbers are views of its bytes where they can be.
 *
 * @throws {FormatError} if the file is damaged, or has a type of numbers that cannot be read; the error names the tensor.
 */
export function readSafetensors(where: string, bytes: Uint8Array): Safetensors {
  const header = headerOf(where, bytes)
  const data = bytes.subarray(header.end)
  const tensors = new Map<string, StoredArray>()
  let end = 0
  for (const { name, dtype, isBF16, shape, offsets } of inOrder(header.entries, where)) {
    const at = `${where}, tensor ${describeValue(name)}`
    const [begin, next] = offsets
    if (begin !== end) failFormat(at, { expected: `data from byte ${end} on`, got: `from ${begin} on` })
    if (next > data.length)
      failFormat(at, { expected: `data within ${data.length} bytes`, got: `its end at ${next}` })
    const length = sizeOf(shape) * (isBF16 ? 2 : STORED_BYTES[dtype])
    if (next - begin !== length)
      failFormat(at, {
        expected: `${length} bytes of ${dtype}, shape [${shape.join(', ')}]`,
        got: `${next - begin}`,
      })
    const raw = data.subarray(begin, next)
    const numbers = isBF16 ? numbersOfBF16(raw) : readNumbers(dtype, raw)
    if (numbers === null) failFormat(at, { expected: 'integers within ±2⁵³', got: `a larger ${dtype}` })
    tensors.set(name, { shape, dtype, data: numbers as StoredData })
    end = next
  }
  if (end !== data.length)
    failFormat(where, { expected: `data of ${end} bytes behind the header`, got: `${data.length}` })
  const inFile = header.entries.map(([name]) => [name, tensors.get(name) as StoredArray] as const)
  return { tensors: new Map(inFile), metadata: header.metadata }
}

function headerOf(where: string, bytes: Uint8Array) {
  const at = `${where}, header`
  if (bytes.length < LENGTH_BYTES)
    failFormat(at, { expected: 'its length in 8 bytes', got: `a file of ${bytes.length} bytes` })
  const view = new DataView(bytes.buffer, bytes.byteOffset, LENGTH_BYTES)
  const length = view.getBigUint64(0, true)
  if (length > BigInt(bytes.length - LENGTH_BYTES))
    failFormat(at, { expected: `at most ${bytes.length - LENGTH_BYTES} bytes`, got: `${length}` })
  const end = LENGTH_BYTES + Number(length)
  const { [METADATA]: metadata = {}, ...others } = parseJsonObject(at, bytes.subarray(LENGTH_BYTES, end))
  if (!isJsonObject(metadata) || !Object.values(metadata).every((value) => typeof value === 'string'))
    failFormat(at, { expected: `${METADATA} to be texts by name`, got: describeValue(metadata) })
  return { end, metadata: metadata as Record<string, string>, entries: Object.entries(others) }
}

const isCount = (value: Json): value is number => Number.isSafeInteger(value) && (value as number) >= 0
const areCounts = (value: Json | undefined): value is number[] => Array.isArray(value) && value.every(isCount)

interface Entry {
  readonly name: string
  readonly dtype: StoredDtype
  readonly isBF16: boolean
  readonly shape: readonly number[]
  readonly offsets: readonly [begin: number, end: number]
}

/** The tensors of a header in the order of their data. */
const inOrder = (entries: readonly (readonly [string, Json])[], where: string): Entry[] =>
  entries
    .map(([name, entry]) => entryOf(name, isJsonObject(entry) ? entry : {}, where))
    .sort((a, b) => a.offsets[0] - b.offsets[0] || a.offsets[1] - b.offsets[1])

function entryOf(
  name: string,
  { dtype: given, shape, data_offsets: offsets }: JsonObject,
  where: string,
): Entry {
  const at = `${where}, tensor ${describeValue(name)}`
  const isBF16 = given === BF16
  const dtype = isBF16 ? 'float32' : Object.hasOwn(DTYPES, String(given)) && DTYPES[String(given)]
  if (!dtype)
    return failFormat(at, {
      expected: `a dtype among ${[...Object.keys(DTYPES), BF16].join(', ')}`,
      got: describeValue(given),
    })
  if (!areCounts(shape)) return failFormat(at, { expected: 'a shape of integers', got: describeValue(shape) })
  if (!areCounts(offsets) || offsets.length !== 2)
    return failFormat(at, { expected: 'data_offsets as [begin, end]', got: describeValue(offsets) })
  return { name, dtype, isBF16, shape, offsets: offsets as unknown as Entry['offsets'] }
}

/** A tensor to be written, of the type that its numbers have. */
export interface WrittenTensor {
  readonly shape: readonly number[]
  readonly data: StoredData | BigInt64Array | BigUint64Array
}

/** The type in a file of the numbers of an array. */
const writtenTypes: readonly (readonly [
  dtype: string,
  arrayClass: new (length: number) => WrittenTensor['data'],
])[] = [
  ['F32', Float32Array],
  ['F64', Float64Array],
  ['I8', Int8Array],
  ['I16', Int16Array],
  ['I32', Int32Array],
  ['I64', BigInt64Array],
  ['U8', Uint8Array],
  ['U16', Uint16Array],
  ['U32', Uint32Array],
  ['U64', BigUint64Array],
]

/** The pieces of a safetensors file. The numbers of tensors among them are not copied. */
export function writeSafetensors(
  where: string,
  tensors: ReadonlyMap<string, WrittenTensor>,
  metadata: Readonly<Record<string, string>>,
): Uint8Array[] {
  let end = 0
  const entries: [string, Json][] = Object.keys(metadata).length > 0 ? [[METADATA, { ...metadata }]] : []
  const pieces: Uint8Array[] = []
  for (const [name, { shape, data }] of tensors) {
    if (name === METADATA)
      failFormat(where, {
        expected: 'names of tensors',
        got: METADATA,
        remedy: 'Files have texts under that name.',
      })
    const [dtype] = writtenTypes.find(([, arrayClass]) => data instanceof arrayClass) ?? []
    if (dtype === undefined)
      return failFormat(`${where}, tensor ${describeValue(name)}`, {
        expected: 'a typed array',
        got: describeValue(data),
      })
    entries.push([name, { dtype, shape: [...shape], data_offsets: [end, end + data.byteLength] }])
    pieces.push(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
    end += data.byteLength
  }
  const text = JSON.stringify(Object.fromEntries(entries))
  // Data begin at a multiple of 8 bytes, so that readers can view them.
  const encoded = encodeText(text)
  const header = new Uint8Array(LENGTH_BYTES + Math.ceil(encoded.length / 8) * 8).fill(0x20)
  new DataView(header.buffer).setBigUint64(0, BigInt(header.length - LENGTH_BYTES), true)
  header.set(encoded, LENGTH_BYTES)
  return [header, ...pieces]
}
