// Fractal heaps, in which links and attributes lie that are too many for a header, and the trees (B-trees of version 2) that list them.

import type { Cursor, FileBytes } from './cursor.ts'

/** A part of the file that ends with a checksum, without it. */
export type Check = (what: string, address: number, length: number) => Cursor

/** Bytes of a number up to a limit. */
const bytesFor = (limit: number): number => Math.floor(Math.log2(Math.max(1, limit)) / 8) + 1

const MOST_DEPTH = 16
const TREE_OVERHEAD = 10
const HUGE_BY_ID = 1

/** The records of a tree, in order, from its leaves and its inner nodes. */
export function recordsOf(
  file: FileBytes,
  check: Check,
  { address, type }: { readonly address: number; readonly type: number },
): Cursor[] {
  const head = check('tree', address, 38)
  head.expect('BTHD')
  head.skip(1)
  const found = head.u8()
  if (found !== type) file.fail(`a tree of type ${type}`, `type ${found}`)
  const [nodeSize, recordSize, depth] = [head.u32(), head.u16(), head.u16()]
  head.skip(2)
  const [root, count] = [head.address(), head.u16()]
  if (depth > MOST_DEPTH || recordSize === 0) file.fail(`a tree of at most ${MOST_DEPTH} levels`, `${depth}`)
  const leafRecords = Math.floor((nodeSize - TREE_OVERHEAD) / recordSize)
  const countBytes = bytesFor(leafRecords)
  /** For each level, the bytes of the number of records below one of its nodes; leaves have none. */
  const totalBytes = [0]
  for (let level = 1, total = leafRecords; level <= depth; level++) {
    const pointer = 8 + countBytes + (totalBytes[level - 1] ?? 0)
    const most = Math.floor((nodeSize - TREE_OVERHEAD - pointer) / (recordSize + pointer))
    total = (most + 1) * total + most
    totalBytes.push(bytesFor(total))
  }
  const records: Cursor[] = []
  const visit = (at: number, count: number, level: number): void => {
    const pointers = level === 0 ? 0 : (count + 1) * (8 + countBytes + (totalBytes[level - 1] ?? 0))
    const node = check('node of a tree', at, TREE_OVERHEAD + count * recordSize + pointers)
    node.expect(level === 0 ? 'BTLF' : 'BTIN')
    node.skip(2)
    const own = Array.from({ length: count }, () => node.inner(recordSize))
    for (let i = 0; level > 0 && i <= count; i++) {
      const child = node.length()
      const below = node.uint(countBytes)
      node.skip(totalBytes[level - 1] ?? 0)
      visit(child, below, level - 1)
    }
    records.push(...own)
  }
  if (root !== null && count > 0) visit(root, count, depth)
  return records
}

/** A block of a heap: where it begins in the heap, and in the file. */
interface Block {
  readonly offset: number
  readonly size: number
  readonly address: number
}

export class FractalHeap {
  readonly #file: FileBytes
  readonly #check: Check
  readonly #offsetBytes: number
  readonly #lengthBytes: number
  readonly #idBytes: number
  readonly #width: number
  readonly #firstSize: number
  readonly #mostDirect: number
  readonly #huge: number | null
  readonly #blocks: Block[] = []
  #hugeObjects: ReadonlyMap<number, Cursor> | null = null

  constructor(file: FileBytes, check: Check, address: number) {
    this.#file = file
    this.#check = check
    const head = check('fractal heap', address, 146)
    head.expect('FRHP')
    head.skip(1)
    this.#idBytes = head.u16()
    if (head.u16() !== 0) file.fail('a heap as it is', 'a compressed one', 'Rewrite the file with h5repack.')
    head.skip(1)
    const mostManaged = head.u32()
    head.skip(8)
    this.#huge = head.address()
    head.skip(2 * 8 + 8 * 8)
    this.#width = head.u16()
    this.#firstSize = head.length()
    this.#mostDirect = head.length()
    this.#offsetBytes = Math.ceil(head.u16() / 8)
    this.#lengthBytes = Math.min(
      Math.ceil(Math.log2(Math.max(2, this.#mostDirect)) / 8),
      bytesFor(mostManaged),
    )
    head.skip(2)
    const [root, rows] = [head.address(), head.u16()]
    if (this.#width === 0 || this.#firstSize === 0 || this.#mostDirect < this.#firstSize)
      file.fail('a heap with blocks', 'none')
    if (root === null) return
    if (rows === 0) this.#direct(root, 0, this.#firstSize)
    else this.#indirect(root, 0, rows)
  }

  #direct(address: number, offset: number, size: number): void {
    this.#file.part('block of a heap', address, size).expect('FHDB')
    this.#blocks.push({ offset, size, address })
  }

  /** A block of the addresses of others: rows of `width` blocks, of one size in the first two rows, then of twice that … */
  #indirect(address: number, start: number, rows: number): void {
    if (!Number.isInteger(rows) || rows < 1) this.#file.fail('a heap of whole rows', `${rows}`)
    const head = 4 + 1 + 8 + this.#offsetBytes
    const block = this.#check('block of a heap', address, head + rows * this.#width * 8 + 4)
    block.expect('FHIB')
    block.skip(head - 4)
    let offset = start
    for (let row = 0; row < rows; row++) {
      const size = this.#firstSize * 2 ** Math.max(0, row - 1)
      for (let column = 0; column < this.#width; column++) {
        const child = block.address()
        if (child !== null && size <= this.#mostDirect) this.#direct(child, offset, size)
        else if (child !== null)
          this.#indirect(child, offset, Math.log2(size / (this.#firstSize * this.#width)) + 1)
        offset += size
      }
    }
  }

  /** The object that an ID names. */
  object(record: Cursor): Cursor {
    const id = record.inner(this.#idBytes)
    const head = id.u8()
    const type = (head >> 4) & 3
    // A tiny object lies in its ID.
    if (type === 2) return id.inner((head & 15) + 1)
    if (type === 1) return this.#hugeObject(id.uint(Math.min(8, id.left)))
    const [offset, length] = [id.uint(this.#offsetBytes), id.uint(this.#lengthBytes)]
    const block = this.#blocks.find((block) => offset >= block.offset && offset < block.offset + block.size)
    if (!block || offset + length > block.offset + block.size)
      return this.#file.fail('an object inside its heap', `bytes ${offset} to ${offset + length}`)
    return this.#file.again('object of a heap', block.address + offset - block.offset, length)
  }

  /** An object that lies outside the blocks, listed in a tree of its own. */
  #hugeObject(id: number): Cursor {
    this.#hugeObjects ??= new Map(
      (this.#huge === null
        ? []
        : recordsOf(this.#file, this.#check, { address: this.#huge, type: HUGE_BY_ID })
      ).map((record) => {
        const [address, length] = [record.length(), record.length()]
        return [record.length(), this.#file.part('object of a heap', address, length)]
      }),
    )
    return this.#hugeObjects.get(id)?.copy() ?? this.#file.fail(`object ${id} of a heap`, 'none')
  }
}
