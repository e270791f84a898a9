// The weights in TensorFlow.js's files: what a manifest says of them, and the numbers, which may be quantized.
//
//   uint8, uint16   number = integer · scale + min, as float32
//   float16         two bytes a number

import { describeValue } from '../../errors.ts'
import { sizeOfBytes } from '../../util/bytes.ts'
import { sizeOf } from '../../util/shape.ts'
import { isJsonObject, type Json, type JsonObject } from '../config/json.ts'
import { failFormat } from '../formatError.ts'
import {
  readNumbers,
  STORED_BYTES,
  type StoredArray,
  type StoredData,
  type StoredDtype,
} from '../storedArray.ts'

/** A group of weights, and the paths of the files in which they lie one after the other. */
export interface WeightGroupFiles {
  readonly paths: readonly string[]
  readonly weights: readonly WeightEntry[]
  /** The bytes of the files together. */
  readonly size: number
}

interface WeightEntry {
  readonly name: string
  readonly shape: readonly number[]
  readonly dtype: StoredDtype
  /** As what the numbers lie in the file. */
  readonly stored: StoredDtype
  readonly scale: number
  readonly min: number
}

const DTYPES: readonly StoredDtype[] = ['float32', 'float16', 'int32', 'uint8', 'uint16', 'bool']
const QUANTIZED: readonly StoredDtype[] = ['uint8', 'uint16', 'float16']

/** The groups of a manifest, checked. */
export function groupsOf(manifest: Json, where: string): WeightGroupFiles[] {
  if (!Array.isArray(manifest))
    return failFormat(where, { expected: 'groups of weights', got: describeValue(manifest) })
  const seen = new Set<string>()
  return manifest.map((group, i) => {
    const { paths = null, weights = null } = isJsonObject(group) ? group : {}
    const isList = Array.isArray(paths) && paths.every((path) => typeof path === 'string')
    if (!isList || !Array.isArray(weights))
      return failFormat(`${where}, group ${i}`, { expected: 'paths and weights', got: describeValue(group) })
    for (const path of paths) {
      if (seen.has(path))
        failFormat(`${where}, group ${i}`, {
          expected: 'each file once',
          got: `a second ${describeValue(path)}`,
        })
      seen.add(path)
    }
    const entries = weights.map((weight) => entryOf(isJsonObject(weight) ? weight : {}, where))
    return { paths, weights: entries, size: entries.reduce((sum, entry) => sum + bytesOf(entry), 0) }
  })
}

const bytesOf = ({ shape, stored }: WeightEntry): number => sizeOf(shape) * STORED_BYTES[stored]

const isExtent = (value: Json): boolean => Number.isSafeInteger(value) && (value as number) >= 0
const among = (list: readonly StoredDtype[], value: Json): StoredDtype | undefined =>
  list.find((dtype) => dtype === value)

function entryOf(
  { name = null, shape = null, dtype = null, quantization = null }: JsonObject,
  where: string,
): WeightEntry {
  if (typeof name !== 'string')
    return failFormat(where, { expected: 'a name of each weight', got: describeValue(name) })
  const at = `${where}, weight ${describeValue(name)}`
  if (!Array.isArray(shape) || !shape.every(isExtent))
    return failFormat(at, { expected: 'a shape of integers', got: describeValue(shape) })
  const known = among(DTYPES, dtype)
  if (known === undefined)
    return failFormat(at, { expected: `a dtype among ${DTYPES.join(', ')}`, got: describeValue(dtype) })
  const entry = { name, shape: shape as number[], dtype: known }
  if (quantization === null) return { ...entry, stored: known, scale: 1, min: 0 }
  const { dtype: by = null, scale = 1, min = 0 } = isJsonObject(quantization) ? quantization : {}
  const stored = among(QUANTIZED, by)
  if (stored === undefined)
    return failFormat(at, { expected: `a quantization as ${QUANTIZED.join(', ')}`, got: describeValue(by) })
  // The largest number that comes of it must be one of float32.
  const largest = stored === 'uint8' ? 255 : 65535
  const isAffine = [scale, min, Number(scale) * largest + Number(min)].every(
    (number) => typeof number === 'number' && Number.isFinite(Math.fround(number)),
  )
  if (!isAffine)
    return failFormat(at, {
      expected: 'numbers scale and min, finite as float32',
      got: `${describeValue(scale)} and ${describeValue(min)}`,
    })
  return { ...entry, stored, scale: scale as number, min: min as number }
}

/** The weights of a group, by name. */
export function weightsOfGroup(
  { paths, weights, size }: WeightGroupFiles,
  files: readonly Uint8Array[],
  where: string,
): [name: string, weight: StoredArray][] {
  const found = sizeOfBytes(files)
  if (found !== size) {
    const of = paths.map((path) => `"${path}"`).join(', ')
    failFormat(where, { expected: `${size} bytes of weights in ${of}`, got: `${found}` })
  }
  const next = readerOf(files)
  return weights.map((entry) => {
    const data = numbersOf(entry, readNumbers(entry.stored, next(bytesOf(entry))) as StoredData)
    return [entry.name, { shape: entry.shape, dtype: entry.dtype, data, isCopy: true }]
  })
}

/** Gives copies of the next bytes of files that follow each other. */
function readerOf(files: readonly Uint8Array[]): (length: number) => Uint8Array {
  let [file, at] = [0, 0]
  return (length) => {
    const bytes = new Uint8Array(length)
    for (let done = 0; done < length; ) {
      const part = files[file]?.subarray(at, at + length - done)
      // What weights have together was compared with what files have.
      if (part === undefined) break
      bytes.set(part, done)
      done += part.length
      at += part.length
      if (at === files[file]?.length) [file, at] = [file + 1, 0]
    }
    return bytes
  }
}

function numbersOf({ dtype, stored, scale, min }: WeightEntry, numbers: StoredData): StoredData {
  if (stored === dtype || stored === 'float16') return numbers
  if (dtype === 'int32') return Int32Array.from(numbers, (integer) => Math.round(integer * scale + min))
  return Float32Array.from(numbers, (integer) => integer * scale + min)
}

/** How weights may be made smaller in files: to affine integers, or to f16. */
export type Quantization = 'uint8' | 'uint16' | 'float16'
