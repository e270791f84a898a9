// A writer of the HDF5 that Keras writes, as h5py does with its defaults: superblock 0, groups with a symbol table, object headers of
// version 1, data in one piece. Arrays are not copied: the file is a list of pieces, of which each array is one.
//
// https://support.hdfgroup.org/documentation/hdf5/latest/_f_m_t3.html

import { encodeText } from '../../util/text.ts'
import { heapTextType, numberType } from './datatype.ts'
import { Pen } from './pen.ts'
import type { WrittenAttribute, WrittenDataset, WrittenGroup } from './tree.ts'

const SUPERBLOCK_BYTES = 96
/** A leaf of a group's tree has twice as many members at most, another node twice as many children. */
const LEAF_K = 4
const NODE_K = 16
const LEAF_BYTES = 8 + 2 * LEAF_K * 40
const NODE_BYTES = 24 + 2 * NODE_K * 16 + 8
const LEAST_HEAP_BYTES = 4096
/** Texts in a collection of a global heap, whose numbers have 16 bits. */
const MOST_TEXTS = 2 ** 15

const align = (size: number): number => Math.ceil(size / 8) * 8

/** The pieces of an HDF5 file, in order. Arrays among them are views of the data given. */
export function writeHdf5(root: WrittenGroup): Uint8Array[] {
  const writer = new Writer()
  return writer.write(root)
}

/** A message of an object's header; `write` runs when all addresses are known. */
interface Message {
  readonly type: number
  /** Its size in bytes, a multiple of 8. */
  readonly size: number
  write(pen: Pen): void
}

interface Block {
  readonly at: number
  write(pen: Pen): void
}

/** A collection of texts. */
interface Heap {
  address: number
  size: number
  readonly texts: Uint8Array[]
}

/** The place of an array behind all else. */
interface Piece {
  address: number | null
  readonly bytes: Uint8Array
}

class Writer {
  #end = SUPERBLOCK_BYTES
  readonly #blocks: Block[] = []
  readonly #heaps: Heap[] = []
  readonly #pieces: Piece[] = []

  write(root: WrittenGroup): Uint8Array[] {
    const header = this.#group(root)
    for (const heap of this.#heaps) this.#place(heap)
    const metadata = new Uint8Array(this.#end)
    for (const piece of this.#pieces) {
      piece.address = this.#end
      this.#end += align(piece.bytes.length)
    }
    new Pen(metadata, 0)
      .u8(0x89)
      .text('HDF\r\n\x1a\n')
      .u8(0, 0, 0, 0, 0, 8, 8, 0)
      .u16(LEAF_K)
      .u16(NODE_K)
      .u32(0)
      // Base address, free space, end, driver; then the root: its name, its header.
      .u64(0, null, this.#end, null, 0, header)
    for (const { at, write } of this.#blocks) write(new Pen(metadata, at))
    const pieces = this.#pieces.flatMap(({ bytes }) => {
      const padding = align(bytes.length) - bytes.length
      return padding === 0 ? [bytes] : [bytes, new Uint8Array(padding)]
    })
    return [metadata, ...pieces]
  }

  /** Reserves a block; returns its address. */
  #reserve(size: number, write: (pen: Pen) => void): number {
    const at = this.#end
    this.#end += align(size)
    this.#blocks.push({ at, write })
    return at
  }

  #header(messages: readonly Message[]): number {
    const size = messages.reduce((sum, message) => sum + 8 + message.size, 0)
    return this.#reserve(16 + size, (pen) => {
      pen.u8(1, 0).u16(messages.length).u32(1).u32(size).u32(0)
      for (const message of messages) {
        pen.u16(message.type).u16(message.size).u32(0)
        message.write(pen)
      }
    })
  }

  #group({ children, attributes = {} }: WrittenGroup): number {
    const members = [...children].map(([name, child]) => ({
      name: encodeText(name),
      address: 'children' in child ? this.#group(child) : this.#dataset(child),
    }))
    // A tree finds its members by the order of their bytes.
    members.sort((a, b) => compareBytes(a.name, b.name))
    let heapSize = 8
    const placed = members.map(({ name, address }): Member => {
      const offset = heapSize
      heapSize += align(name.length + 1)
      return { offset, address, name }
    })
    const tree = this.#tree(placed)
    const heap = this.#reserve(32 + heapSize, (pen) => {
      // The offset of a free block, 1 where there is none, and the address of the names.
      pen
        .text('HEAP')
        .u32(0)
        .u64(heapSize, 1, heap + 32)
        .skip(8)
      for (const { name } of placed) pen.bytes(name).skip(align(name.length + 1) - name.length)
    })
    const table: Message = { type: 0x11, size: 16, write: (pen) => pen.u64(tree, heap) }
    return this.#header([table, ...this.#attributes(attributes)])
  }

  /** A B-tree over members, leaves first. */
  #tree(members: readonly Member[]): number {
    let nodes = chunks(members, 2 * LEAF_K).map((part): Node => {
      const address = this.#reserve(LEAF_BYTES, (pen) => {
        pen.text('SNOD').u8(1, 0).u16(part.length)
        for (const { offset, address } of part) pen.u64(offset, address).skip(24)
      })
      return { address, last: part.at(-1)?.offset ?? 0 }
    })
    for (let level = 0; level === 0 || nodes.length > 1; level++) {
      const parts = nodes.length === 0 ? [[]] : chunks(nodes, 2 * NODE_K)
      const first = this.#end
      let before = 0
      nodes = parts.map((part, i) => {
        const key = before
        before = part.at(-1)?.last ?? 0
        const address = this.#reserve(NODE_BYTES, (pen) => {
          const sibling = (j: number): number | null => (parts[j] ? first + j * NODE_BYTES : null)
          pen
            .text('TREE')
            .u8(0, level)
            .u16(part.length)
            .u64(sibling(i - 1), sibling(i + 1), key)
          for (const { address, last } of part) pen.u64(address, last)
        })
        return { address, last: before }
      })
    }
    return nodes[0]?.address ?? 0
  }

  #dataset({ shape, dtype, data, attributes = {} }: WrittenDataset): number {
    const type = numberType(dtype)
    const size = data.byteLength
    const piece: Piece = { address: null, bytes: new Uint8Array(data.buffer, data.byteOffset, size) }
    if (size > 0) this.#pieces.push(piece)
    return this.#header([
      spaceMessage(shape),
      { type: 0x03, size: align(type.length), write: (pen) => pen.bytes(type).skip(-type.length & 7) },
      // The fill value, of which nothing is stored: written late, and only if it is set.
      { type: 0x05, size: 8, write: (pen) => pen.u8(2, 2, 2, 1).u32(0) },
      {
        type: 0x08,
        size: 24,
        write: (pen) => pen.u8(3, 1).u64(piece.address, size).skip(6),
      },
      ...this.#attributes(attributes),
    ])
  }

  #attributes(attributes: Readonly<Record<string, WrittenAttribute>>): Message[] {
    return Object.entries(attributes).map(([name, value]) => this.#attribute(encodeText(name), value))
  }

  #attribute(name: Uint8Array, value: WrittenAttribute): Message {
    const isText = typeof value === 'string'
    const texts = (isText ? [value] : value).map((text) => this.#text(text))
    // An empty list is one of numbers to h5py.
    const type = texts.length > 0 ? heapTextType() : numberType('float64')
    const space = spaceMessage(isText ? [] : [texts.length])
    return {
      type: 0x0c,
      size: 8 + align(name.length + 1) + align(type.length) + space.size + 16 * texts.length,
      write: (pen) => {
        pen
          .u8(1, 0)
          .u16(name.length + 1)
          .u16(type.length)
          .u16(space.size)
        pen.bytes(name).skip(align(name.length + 1) - name.length)
        pen.bytes(type).skip(-type.length & 7)
        space.write(pen)
        for (const { heap, number, length } of texts) pen.u32(length).u64(heap.address).u32(number)
      },
    }
  }

  /** Puts a text into a global heap. */
  #text(value: string): { readonly heap: Heap; readonly number: number; readonly length: number } {
    const text = encodeText(value)
    let heap = this.#heaps.at(-1)
    if (!heap || heap.texts.length === MOST_TEXTS) {
      heap = { address: 0, size: 16, texts: [] }
      this.#heaps.push(heap)
    }
    heap.texts.push(text)
    heap.size += 16 + align(text.length)
    return { heap, number: heap.texts.length, length: text.length }
  }

  #place(heap: Heap): void {
    const size = Math.max(LEAST_HEAP_BYTES, heap.size + 16)
    heap.address = this.#reserve(size, (pen) => {
      pen.text('GCOL').u8(1, 0, 0, 0).u64(size)
      heap.texts.forEach((text, i) => {
        pen
          .u16(i + 1)
          .u16(0)
          .u32(0)
          .u64(text.length)
          .bytes(text)
          .skip(-text.length & 7)
      })
      // Number 0 is what is left.
      pen.u64(0, size - heap.size)
    })
  }
}

/** A member of a group, with the place of its name in the group's heap. */
interface Member {
  readonly offset: number
  readonly address: number
  readonly name: Uint8Array
}

/** A node of a tree, and the place of the last name in it. */
interface Node {
  readonly address: number
  readonly last: number
}

const spaceMessage = (shape: readonly number[]): Message => ({
  type: 0x01,
  size: 8 + 16 * shape.length,
  // The largest extents, which are as large, follow the shape.
  write: (pen) =>
    pen
      .u8(1, shape.length, shape.length > 0 ? 1 : 0, 0)
      .u32(0)
      .u64(...shape, ...shape),
})

const chunks = <T>(list: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(list.length / size) }, (_, i) => list.slice(i * size, (i + 1) * size))

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0)
    if (difference !== 0) return difference
  }
  return a.length - b.length
}
