// Global heaps, in which texts of any length lie, each in a collection under a number.

import type { Cursor, FileBytes } from './cursor.ts'

interface HeapObject {
  readonly bytes: Uint8Array
  text: string | null
}

export class GlobalHeaps {
  readonly #file: FileBytes
  /** The objects of collections that were read, by address and number. */
  readonly #collections = new Map<number, ReadonlyMap<number, HeapObject>>()

  constructor(file: FileBytes) {
    this.#file = file
  }

  /** @param reference A text's length, the address of its collection, its number there. */
  text(reference: Cursor): string {
    const length = reference.u32()
    const address = reference.address()
    const number = reference.u32()
    if (length === 0 || address === null || address === 0) return ''
    const found = this.#collection(address).get(number)
    if (found?.bytes.length !== length)
      return this.#file.fail(`text ${number} of ${length} bytes`, `${found?.bytes.length ?? 'none'}`)
    // Decoded once, however often a file refers to it.
    found.text ??= new TextDecoder().decode(found.bytes)
    return found.text
  }

  #collection(address: number): ReadonlyMap<number, HeapObject> {
    const known = this.#collections.get(address)
    if (known) return known
    const head = this.#file.again('global heap', address, 16)
    head.expect('GCOL')
    head.skip(4)
    const heap = this.#file.part('global heap', address, head.length())
    heap.skip(16)
    const objects = new Map<number, HeapObject>()
    while (heap.left >= 16) {
      const number = heap.u16()
      heap.skip(6)
      const size = heap.length()
      // Number 0 is what is left of the collection.
      if (number === 0) break
      objects.set(number, { bytes: heap.bytes(size), text: null })
      heap.skip(Math.min(-size & 7, heap.left))
    }
    this.#collections.set(address, objects)
    return objects
  }
}
