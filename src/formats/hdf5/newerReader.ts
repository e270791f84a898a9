// HDF5 beyond what Keras writes by default: files of libver="latest" (superblock 2 and 3, object headers of version 2, links and
// attributes in a header or in a fractal heap), and arrays in chunks, which may be compressed. Loaded with the first such file.
//
// https://support.hdfgroup.org/documentation/hdf5/latest/_f_m_t3.html

import { checksum } from './checksum.ts'
import { chunkedData } from './chunks.ts'
import type { Cursor } from './cursor.ts'
import { FractalHeap, recordsOf } from './fractalHeap.ts'
import {
  type ArrayPlace,
  ATTRIBUTE,
  ATTRIBUTE_INFO,
  CONTINUATION,
  LINK_INFO,
  type Message,
  NO_LINKS,
  Reader,
  SYMBOL_TABLE,
} from './reader.ts'
import { SIGNATURE } from './signature.ts'
import type { Link } from './symbolTable.ts'

const LINK = 0x06
/** Types of records in trees. */
const LINKS_BY_NAME = 5
const ATTRIBUTES_BY_NAME = 8
const HARD = 0

export class NewerReader extends Reader {
  protected override rootAddress(): number {
    const { file } = this
    const version = file.bytes[SIGNATURE.length]
    if (version === 0 || version === 1) {
      const superblock = file.part('superblock', 0, Math.min(100, file.bytes.length))
      superblock.skip(SIGNATURE.length + 5)
      this.checkSizes(superblock)
      superblock.skip(1 + 8 + (version === 1 ? 4 : 0) + 4 * 8 + 8)
      return superblock.length()
    }
    if (version !== 2 && version !== 3) this.refuse('superblock 0 to 3', `${version}`)
    const superblock = this.checked('superblock', 0, Math.min(48, file.bytes.length))
    superblock.skip(SIGNATURE.length + 1)
    this.checkSizes(superblock)
    // Flags, the base address, an extension, the end.
    superblock.skip(1 + 3 * 8)
    return superblock.length()
  }

  protected override beyond(): never {
    return this.refuse('a layout that is read here', 'another')
  }

  /** A part of the file that ends with a checksum. */
  protected checked(what: string, address: number, length: number): Cursor {
    const { file } = this
    if (length < 4) file.fail(`a whole ${what}`, `${length} bytes of it`)
    const part = file.part(what, address, length)
    const [expected, found] = [
      file.again(what, address + length - 4, 4).u32(),
      checksum(file.bytes.subarray(address, address + length - 4)),
    ]
    if (expected !== found) file.fail(`a ${what} with checksum ${expected}`, `${found}`)
    return part.inner(length - 4)
  }

  protected override messages(address: number): Message[] {
    const letters = this.file.again('object header', address, 4).bytes(4)
    const messages = letters[0] === 0x4f ? this.#newerMessages(address) : super.messages(address)
    return messages.flatMap((message): Message[] => {
      if (message[0] !== ATTRIBUTE_INFO) return [message]
      return this.#stored(message[1], 2, ATTRIBUTES_BY_NAME, 0).map((body) => [ATTRIBUTE, body])
    })
  }

  #newerMessages(address: number): Message[] {
    const head = this.file.again('object header', address, Math.min(34, this.file.bytes.length - address))
    head.expect('OHDR')
    const version = head.u8()
    if (version !== 2) this.refuse('object headers of version 1 or 2', `version ${version}`)
    const flags = head.u8()
    head.skip((flags & 0x20 ? 16 : 0) + (flags & 0x10 ? 4 : 0))
    const size = head.uint(1 << (flags & 3))
    const before = head.at - address
    const first = this.checked('object header', address, before + size + 4)
    first.skip(before)
    const blocks = [first]
    const messages: Message[] = []
    for (const block of blocks) {
      // What is too small for a message is a gap.
      const least = flags & 4 ? 6 : 4
      while (block.left >= least) {
        const type = block.u8()
        const length = block.u16()
        this.checkFlags(block.u8())
        block.skip(least - 4)
        const body = block.inner(length)
        if (type === CONTINUATION) {
          const next = this.checked('object header', body.length(), body.length())
          next.expect('OCHK')
          blocks.push(next)
        } else messages.push([type, body])
      }
    }
    return messages
  }

  protected override links(path: string, messages: readonly Message[]): readonly Link[] | null {
    const bodies = new Map(messages)
    const [table, info] = [bodies.get(SYMBOL_TABLE), bodies.get(LINK_INFO)]
    if (table) return this.linksOf(path, table)
    if (!info) return null
    const inHeader = messages.flatMap(([type, body]) => (type === LINK ? [body] : []))
    return [...inHeader, ...this.#stored(info, 8, LINKS_BY_NAME, 4)].map((body) => this.#link(path, body))
  }

  /**
   * The messages that a heap has in place of the header.
   *
   * @param info Where heap and tree are.
   * @param countBytes The bytes of the number that is there with the first flag.
   * @param before The bytes of a record in the tree before the place in the heap.
   */
  #stored(info: Cursor, countBytes: number, type: number, before: number): Cursor[] {
    const cursor = info.copy()
    cursor.skip(1)
    cursor.skip((cursor.u8() & 1) * countBytes)
    const [heapAddress, treeAddress] = [cursor.address(), cursor.address()]
    if (heapAddress === null || treeAddress === null) return []
    const check = this.checked.bind(this)
    const heap = new FractalHeap(this.file, check, heapAddress)
    return recordsOf(this.file, check, { address: treeAddress, type }).map((record) => {
      record.skip(before)
      return heap.object(record)
    })
  }

  #link(path: string, body: Cursor): Link {
    body.skip(1)
    const flags = body.u8()
    const type = flags & 8 ? body.u8() : HARD
    body.skip((flags & 4 ? 8 : 0) + (flags & 0x10 ? 1 : 0))
    const name = body.inner(body.uint(1 << (flags & 3))).text()
    if (type !== HARD)
      return this.refuse(
        `an object at "${path === '' ? name : `${path}/${name}`}"`,
        'a soft or external link',
        NO_LINKS,
      )
    return [name, body.length()]
  }

  protected override data(place: ArrayPlace, layout: Cursor): Uint8Array {
    const version = layout.u8()
    const kind = layout.u8()
    if (version < 3 || version > 5)
      return this.refuse(`a layout of version 3 to 5 at "${place.path}"`, `version ${version}`)
    if (kind < 2) return this.dataInOnePiece(place, kind, layout)
    if (kind > 2) return this.refuse(`data in this file at "${place.path}"`, 'a view of other arrays')
    return chunkedData(this.file, this.checked.bind(this), place, { version, layout })
  }
}
