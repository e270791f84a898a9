// Filters that chunks of HDF5 arrays went through, undone.

import { unzlibSync } from 'fflate'
import { isError } from '../../util/realms.ts'
import type { Cursor, FileBytes } from './cursor.ts'

export const REPACK = 'Rewrite the file: h5repack -l CONTI -f NONE old.h5 new.h5.'
const [DEFLATE, SHUFFLE, FLETCHER32] = [1, 2, 3]
/** Filters that are not here, by their registered numbers. */
const FILTERS: Readonly<Record<number, string>> = {
  4: 'szip',
  5: 'nbit',
  6: 'scaleoffset',
  32000: 'lzf',
  32001: 'blosc',
  32004: 'lz4',
  32015: 'zstd',
}

/** A filter that chunks went through as they were written. */
export interface Filter {
  readonly id: number
  readonly values: readonly number[]
}

/** The filters of an array, in the order in which they were applied. */
export function readFilters(file: FileBytes, cursor: Cursor, path: string): Filter[] {
  const version = cursor.u8()
  const count = cursor.u8()
  cursor.skip(version === 1 ? 6 : 0)
  return Array.from({ length: count }, () => {
    const id = cursor.u16()
    const name = version === 1 || id >= 256 ? cursor.u16() : 0
    cursor.skip(2)
    const values = cursor.u16()
    cursor.skip(version === 1 ? Math.ceil(name / 8) * 8 : name)
    const filter = { id, values: Array.from({ length: values }, () => cursor.u32()) }
    if (version === 1 && values % 2 === 1) cursor.skip(4)
    if (![DEFLATE, SHUFFLE, FLETCHER32].includes(id))
      file.fail(`filters deflate, shuffle or fletcher32 at "${path}"`, FILTERS[id] ?? `filter ${id}`, REPACK)
    return filter
  })
}

/** A chunk as it was before it was compressed. */
export function unfiltered(
  file: FileBytes,
  stored: Uint8Array,
  {
    pipeline,
    skips,
    chunkBytes,
    path,
  }: {
    readonly pipeline: readonly Filter[]
    /** Bits of filters that were not applied. */
    readonly skips: number
    readonly chunkBytes: number
    readonly path: string
  },
): Uint8Array {
  let bytes = stored
  for (const [i, { id, values }] of [...pipeline.entries()].reverse()) {
    if ((skips >> i) & 1) continue
    if (id === FLETCHER32) bytes = bytes.subarray(0, Math.max(0, bytes.length - 4))
    else if (id === SHUFFLE) bytes = unshuffled(bytes, values[0] ?? 1)
    else bytes = inflated(file, bytes, chunkBytes + 4, path)
  }
  return bytes.length === chunkBytes
    ? bytes
    : file.fail(`${chunkBytes} bytes in a chunk of "${path}"`, `${bytes.length}`)
}

function inflated(file: FileBytes, bytes: Uint8Array, most: number, path: string): Uint8Array {
  try {
    // A buffer that is given does not grow.
    return unzlibSync(bytes, { out: new Uint8Array(most) })
  } catch (error) {
    return file.fail(`deflated data in a chunk of "${path}"`, isError(error) ? error.message : 'others')
  }
}

/** The bytes of elements, which lie by their places in these. */
function unshuffled(bytes: Uint8Array, size: number): Uint8Array {
  const count = Math.floor(bytes.length / Math.max(1, size))
  const result = bytes.slice()
  for (let i = 0; i < count; i++)
    for (let byte = 0; byte < size; byte++) result[i * size + byte] = bytes[byte * count + i] ?? 0
  return result
}
