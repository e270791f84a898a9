// Writes the zip container of a .keras file, of stored entries; zip.ts reads it. What is given is not copied, and checksums are computed
// while pieces are written.
//
// https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT

import { sizeOfBytes } from '../util/bytes.ts'
import { type FilePieces, type Piece, piecesOf } from '../util/filePieces.ts'
import { encodeText } from '../util/text.ts'
import { crc32 } from './crc32.ts'
import { failFormat } from './formatError.ts'
import { Pen } from './hdf5/pen.ts'
import {
  DIRECTORY_ENTRY,
  DIRECTORY_ENTRY_BYTES,
  END_RECORD,
  END_RECORD_BYTES,
  LOCAL_HEADER,
  LOCAL_HEADER_BYTES,
  STORED,
} from './zip.ts'

/** The version of the format that stored entries need, 2.0. */
const VERSION = 20
/** A flag: the name is in UTF-8. */
const UTF8 = 0x800
/** What sizes and offsets of 32 bits can say. */
const MOST_BYTES = 2 ** 32 - 1

interface Entry {
  readonly name: Uint8Array
  readonly arrays: readonly Uint8Array[]
  readonly size: number
  /** Where its header lies. */
  readonly at: number
  crc: number
}

/**
 * An archive of entries, in pieces.
 *
 * @throws {FormatError} if it had more than 4 GiB.
 */
export function zipOf(
  given: readonly (readonly [name: string, arrays: readonly Uint8Array[]])[],
  where: string,
): FilePieces {
  let end = 0
  const entries = given.map(([name, arrays]): Entry => {
    const entry = { name: encodeText(name), arrays, size: sizeOfBytes(arrays), at: end, crc: 0 }
    end += LOCAL_HEADER_BYTES + entry.name.length + entry.size
    return entry
  })
  const directoryBytes = entries.reduce((sum, { name }) => sum + DIRECTORY_ENTRY_BYTES + name.length, 0)
  const size = end + directoryBytes + END_RECORD_BYTES
  if (size > MOST_BYTES)
    failFormat(where, {
      expected: 'a model of less than 4 GiB, the most that a zip archive can hold',
      got: `${size} bytes`,
      remedy: 'Call saveWeights, whose files may be larger, and keep the architecture as toJSON gives it.',
    })
  return {
    size,
    *pieces() {
      for (const entry of entries) yield* piecesOfEntry(entry)
      yield { at: end, bytes: directoryOf(entries, end, directoryBytes) }
    },
  }
}

/** The data of an entry, then its header, whose checksum is known when they have been asked for. */
function* piecesOfEntry(entry: Entry): Generator<Piece> {
  let at = entry.at + LOCAL_HEADER_BYTES + entry.name.length
  entry.crc = 0
  for (const bytes of entry.arrays) {
    for (const piece of piecesOf(bytes, at)) {
      yield piece
      entry.crc = crc32(piece.bytes, entry.crc)
    }
    at += bytes.length
  }
  const header = new Uint8Array(LOCAL_HEADER_BYTES + entry.name.length)
  described(new Pen(header, 0).u32(LOCAL_HEADER), entry).bytes(entry.name)
  yield { at: entry.at, bytes: header }
}

/** What both headers of an entry say: version, flags, method, time, checksum, sizes, lengths of name and further fields. */
function described(pen: Pen, { name, crc, size }: Entry): Pen {
  const [time, date] = timeOf(new Date())
  return pen
    .u16(VERSION)
    .u16(name.every((byte) => byte < 128) ? 0 : UTF8)
    .u16(STORED)
    .u16(time)
    .u16(date)
    .u32(crc)
    .u32(size)
    .u32(size)
    .u16(name.length)
    .u16(0)
}

/** A time as MS-DOS has it: two seconds, minutes, hours; days, months, years since 1980. */
const timeOf = (now: Date): readonly [time: number, date: number] => [
  (now.getSeconds() >> 1) | (now.getMinutes() << 5) | (now.getHours() << 11),
  now.getDate() | ((now.getMonth() + 1) << 5) | ((now.getFullYear() - 1980) << 9),
]

/** The list of all entries, and the record that ends the file. */
function directoryOf(entries: readonly Entry[], at: number, size: number): Uint8Array {
  const bytes = new Uint8Array(size + END_RECORD_BYTES)
  const pen = new Pen(bytes, 0)
  for (const entry of entries) {
    // No comment; the first disk; no attributes.
    described(pen.u32(DIRECTORY_ENTRY).u16(VERSION), entry).skip(10).u32(entry.at).bytes(entry.name)
  }
  const count = entries.length
  pen.u32(END_RECORD).skip(4).u16(count).u16(count).u32(size).u32(at).skip(2)
  return bytes
}
