// loadSafetensors and saveSafetensors: tensors by name, from and to any place.

import { describeValue } from '../../errors.ts'
import type { Destination, Source } from '../../models/saving.ts'
import { inOrder } from '../../util/filePieces.ts'
import { isOptions, nullable, readOptions, type TableFor } from '../../util/options.ts'
import { isA } from '../../util/realms.ts'
import { type NestedArray, type NumericArray, type Tensor, toTensor } from '../../util/tensor.ts'
import { writeTo } from '../destination.ts'
import { failFormat } from '../formatError.ts'
import { describeSource, readSource } from '../source.ts'
import type { StoredArray } from '../storedArray.ts'
import { formatOf } from '../writtenFormat.ts'
import { readSafetensors, type WrittenTensor, writeSafetensors } from './safetensors.ts'

/** What a safetensors file holds. */
export interface LoadedSafetensors {
  /** Tensors by name. Each may be given wherever a tensor is. */
  readonly tensors: Readonly<Record<string, StoredArray>>
  /** Texts about them, such as `{ format: 'pt' }`. */
  readonly metadata: Readonly<Record<string, string>>
}

/** What {@link saveSafetensors} writes: numbers with a shape, a typed array of one axis, or nested arrays. */
export type SavedTensor = Tensor | WrittenTensor | NumericArray | NestedArray

export interface SafetensorsOptions {
  /** Texts about the tensors, by name; none by default. */
  readonly metadata?: Readonly<Record<string, string>> | null
}

const table = {
  metadata: nullable((where, name, value): Readonly<Record<string, string>> => {
    if (isOptions(value) && Object.values(value).every((text) => typeof text === 'string'))
      return value as Readonly<Record<string, string>>
    return failFormat(where, { expected: `${name} to be texts by name`, got: describeValue(value) })
  }),
} as const satisfies TableFor<SafetensorsOptions>

/**
 * Reads the tensors of a safetensors file: F32, F64, I8 to I64, U8 to U64 and BOOL as they are, F16 and BF16 as Float32Array.
 *
 * @throws {FormatError} if the file is damaged; the error names the tensor.
 */
export async function loadSafetensors(source: Source): Promise<LoadedSafetensors> {
  const where = describeSource('loadSafetensors', source)
  const { tensors, metadata } = readSafetensors(where, await readSource(source, where))
  return { tensors: Object.fromEntries(tensors), metadata }
}

/**
 * Writes tensors by name as a safetensors file. Typed arrays keep their types; all other numbers are F32.
 *
 * @param destination Where to write it.
 * @returns The bytes of the file, without a destination.
 */
export async function saveSafetensors(
  tensors: Readonly<Record<string, SavedTensor>>,
  destination?: null,
  options?: SafetensorsOptions,
): Promise<Uint8Array>
export async function saveSafetensors(
  tensors: Readonly<Record<string, SavedTensor>>,
  destination: Destination,
  options?: SafetensorsOptions,
): Promise<undefined>
export async function saveSafetensors(
  tensors: Readonly<Record<string, SavedTensor>>,
  destination: Destination | null = null,
  options: SafetensorsOptions = {},
): Promise<Uint8Array | undefined> {
  const where = 'saveSafetensors'
  const { metadata } = readOptions(where, table, options)
  formatOf({ formats: { '.safetensors': 'safetensors' }, standard: 'safetensors' }, destination, where)
  if (!isOptions(tensors)) failFormat(where, { expected: 'tensors by name', got: describeValue(tensors) })
  const written = Object.entries(tensors).map(
    ([name, given]) => [name, writtenFrom(given, `${where}, tensor ${describeValue(name)}`)] as const,
  )
  return writeTo(destination, where, async () =>
    inOrder(writeSafetensors(where, new Map(written), metadata ?? {})),
  )
}

function writtenFrom(given: SavedTensor, where: string): WrittenTensor {
  const data: unknown = isOptions(given) && 'data' in given ? given.data : given
  if (!ArrayBuffer.isView(data) || isA(data, 'Float32Array')) return toTensor(given, where)
  // toTensor checks the shape, and would make floats of the numbers.
  const { shape } = toTensor(given, where)
  return { data: data as WrittenTensor['data'], shape }
}
