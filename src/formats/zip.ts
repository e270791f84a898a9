// The zip container of a .keras file: lists the entries of an archive and reads one of them, checked.
//
//   [local header, data] …  [directory: name, method, CRC-32, sizes, offset] …  [end record: offset of the directory]
//
// fflate inflates, and is loaded only for entries that are deflated, which Keras writes none of. Contents are compared with the checksums
// of the directory, to find damage.

import { messageOf } from '../util/realms.ts'
import { crc32 } from './crc32.ts'
import { failFormat } from './formatError.ts'

/** One line of an archive's directory. */
export interface ZipEntry {
  readonly name: string
  /** General purpose bits; bit 0 marks an encrypted entry. */
  readonly flags: number
  /** 0 stored, 8 deflated. */
  readonly method: number
  readonly crc: number
  /** Size in the archive, in bytes. */
  readonly stored: number
  /** Size after inflation, in bytes. */
  readonly size: number
  /** Offset of the entry's local header. */
  readonly at: number
}

// Signatures of records, and their sizes without names.
export const LOCAL_HEADER = 0x04034b50
export const LOCAL_HEADER_BYTES = 30
export const DIRECTORY_ENTRY = 0x02014b50
export const DIRECTORY_ENTRY_BYTES = 46
export const END_RECORD = 0x06054b50
export const END_RECORD_BYTES = 22
const MAX_COMMENT = 0xffff
/** The number of the method by which entries are not compressed. */
export const STORED = 0
const DEFLATED = 8
/** The largest entry: larger ones fit neither the HDF5 library's memory nor a page's. */
const MAX_ENTRY_BYTES = 2 ** 31
/** The most bytes that deflate makes of one (zlib's technical notes): an entry that claims more is damaged. */
export const MAX_EXPANSION = 1032
/** How many times the size of a file its entries may have together, and how much they may have in any case. */
const MAX_GROWTH = 10
const FREE_BYTES = 2 ** 22
const COPY_AGAIN = 'The file is damaged: copy or download it again.'

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

/**
 * The entries of an archive by name.
 *
 * @throws {FormatError} naming the entry where the archive was cut off, or saying that its directory is damaged.
 */
export function listEntries(where: string, bytes: Uint8Array): Map<string, ZipEntry> {
  const view = viewOf(bytes)
  const end = findEndRecord(view)
  if (end === null) return failCutOff(where, bytes)

  const entries = new Map<string, ZipEntry>()
  let at = view.getUint32(end + 16, true)
  for (let left = view.getUint16(end + 10, true); left > 0; left--) {
    if (at + DIRECTORY_ENTRY_BYTES > end || view.getUint32(at, true) !== DIRECTORY_ENTRY) {
      const got = `something else at byte ${at} of ${bytes.length}`
      return failFormat(where, { expected: 'a zip directory entry', got, remedy: COPY_AGAIN })
    }
    const nameBytes = view.getUint16(at + 28, true)
    const entry = {
      name: nameAt(bytes, at + DIRECTORY_ENTRY_BYTES, nameBytes),
      flags: view.getUint16(at + 8, true),
      method: view.getUint16(at + 10, true),
      crc: view.getUint32(at + 16, true),
      stored: view.getUint32(at + 20, true),
      size: view.getUint32(at + 24, true),
      at: view.getUint32(at + 42, true),
    }
    entries.set(entry.name, entry)
    at += DIRECTORY_ENTRY_BYTES + nameBytes + view.getUint16(at + 30, true) + view.getUint16(at + 32, true)
  }
  checkTotal(where, bytes, entries)
  return entries
}

/** Entries may lie on each other, and deflated ones claim any size: what all of them become is bounded before one is read. */
function checkTotal(where: string, bytes: Uint8Array, entries: ReadonlyMap<string, ZipEntry>): void {
  const most = MAX_GROWTH * bytes.length + FREE_BYTES
  let total = 0
  for (const { name, size } of entries.values()) {
    total += size
    if (total > most)
      failFormat(`${where}, entry "${name}"`, {
        expected: `entries of at most ${most} bytes in a file of ${bytes.length}`,
        got: `${total} up to this one`,
        remedy: 'If the file is sound, save it again without compression.',
      })
  }
}

/**
 * The content of one entry, stored or deflated; a view of `bytes` where nothing had to be inflated.
 *
 * @throws {FormatError} where the content is cut off, does not inflate, or differs from the CRC-32 it was saved with.
 */
export async function readEntry(where: string, bytes: Uint8Array, entry: ZipEntry): Promise<Uint8Array> {
  checkReadable(where, entry)
  const data = storedData(where, bytes, entry)
  let content = data
  if (entry.method === DEFLATED) {
    const { inflateSync } = await import('fflate')
    try {
      content = inflateSync(data, { out: new Uint8Array(entry.size) })
    } catch (error) {
      const got = `data that does not inflate (${messageOf(error)})`
      return failFormat(where, { expected: 'a deflated entry', got, remedy: COPY_AGAIN })
    }
  }
  if (content.length !== entry.size) {
    const got = `${content.length} bytes`
    return failFormat(where, { expected: `${entry.size} bytes`, got, remedy: COPY_AGAIN })
  }
  const sum = crc32(content)
  if (sum !== entry.crc) {
    const expected = `content with CRC-32 ${hex(entry.crc)}`
    return failFormat(where, { expected, got: hex(sum), remedy: COPY_AGAIN })
  }
  return content
}

function checkReadable(where: string, { flags, method, stored, size }: ZipEntry): void {
  const remedy = 'Save it again, without a password, stored or deflated.'
  if (flags & 1)
    failFormat(where, { expected: 'an entry without a password', got: 'an encrypted one', remedy })
  if (method !== STORED && method !== DEFLATED) {
    failFormat(where, { expected: 'a stored or deflated entry', got: `zip method ${method}`, remedy })
  }
  if (size > MAX_ENTRY_BYTES)
    failFormat(where, { expected: 'an entry of at most 2 GiB', got: `${size} bytes` })
  const most = stored * MAX_EXPANSION
  if (size > most) failFormat(where, { expected: `at most ${most} bytes of content`, got: `${size}`, remedy })
}

function storedData(where: string, bytes: Uint8Array, { at, stored }: ZipEntry): Uint8Array {
  const view = viewOf(bytes)
  if (at + LOCAL_HEADER_BYTES > bytes.length || view.getUint32(at, true) !== LOCAL_HEADER) {
    const got = `something else at byte ${at} of ${bytes.length}`
    return failFormat(where, { expected: 'a zip entry', got, remedy: COPY_AGAIN })
  }
  const begin = dataBegin(view, at)
  if (begin + stored > bytes.length) {
    const got = `the ${Math.max(bytes.length - begin, 0)} that are left of the file`
    return failFormat(where, { expected: `${stored} bytes of data`, got, remedy: COPY_AGAIN })
  }
  return bytes.subarray(begin, begin + stored)
}

function findEndRecord(view: DataView): number | null {
  const last = view.byteLength - END_RECORD_BYTES
  for (let at = last; at >= 0 && at >= last - MAX_COMMENT; at--) {
    // Weights may contain the record's signature; a record is only genuine if its comment ends with the file.
    const reachesEnd = view.getUint16(at + 20, true) === last - at
    if (reachesEnd && view.getUint32(at, true) === END_RECORD) return at
  }
  return null
}

/** The length that an archive without directory should have had, from the sizes in its local headers. */
function failCutOff(where: string, bytes: Uint8Array): never {
  const view = viewOf(bytes)
  let inside = 'before its directory'
  for (let at = 0; at + LOCAL_HEADER_BYTES <= bytes.length; ) {
    if (view.getUint32(at, true) !== LOCAL_HEADER) break
    const name = nameAt(bytes, at + LOCAL_HEADER_BYTES, view.getUint16(at + 26, true))
    at = dataBegin(view, at) + view.getUint32(at + 18, true)
    if (at > bytes.length) inside = `inside its entry "${name}"`
  }
  const got = `one cut off after ${bytes.length} bytes, ${inside}`
  return failFormat(where, { expected: 'a whole zip archive', got, remedy: COPY_AGAIN })
}

const dataBegin = (view: DataView, at: number): number =>
  at + LOCAL_HEADER_BYTES + view.getUint16(at + 26, true) + view.getUint16(at + 28, true)

const nameAt = (bytes: Uint8Array, at: number, length: number): string =>
  new TextDecoder().decode(bytes.subarray(at, at + length))

const hex = (value: number): string => `0x${value.toString(16).padStart(8, '0')}`
