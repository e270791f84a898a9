// Checked reading of a file: an address or a length in it is believed only if it lies inside the file.

import { failFormat } from '../formatError.ts'

const DAMAGED = 'The file is damaged: copy or download it again.'

/** The bytes of an HDF5 file. */
export class FileBytes {
  readonly where: string
  readonly bytes: Uint8Array
  readonly view: DataView
  /** Bytes that no part has claimed yet: since parts do not overlap, what is read stays within the size of the file. */
  #unclaimed: number

  constructor(where: string, bytes: Uint8Array) {
    this.where = where
    this.bytes = bytes
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    this.#unclaimed = bytes.length
  }

  /** A cursor over a part of the file, which no other part may overlap. */
  part(what: string, address: number, length: number): Cursor {
    this.#unclaimed -= length
    if (this.#unclaimed < 0) this.fail('parts that do not overlap', `a second ${what} in the same place`)
    return this.again(what, address, length)
  }

  /** A cursor over a part that may have been read before. */
  again(what: string, address: number, length: number): Cursor {
    if (address + length > this.bytes.length) {
      this.fail(`${what} inside the file`, `bytes ${address} to ${address + length} of ${this.bytes.length}`)
    }
    return new Cursor(this, what, address, address + length)
  }

  fail(expected: string, got: string, remedy = DAMAGED): never {
    return failFormat(this.where, { expected, got, remedy })
  }
}

/** Reads little-endian numbers one after the other. */
export class Cursor {
  readonly file: FileBytes
  readonly #what: string
  readonly #start: number
  readonly #end: number
  #at: number

  constructor(file: FileBytes, what: string, start: number, end: number) {
    this.file = file
    this.#what = what
    this.#start = start
    this.#end = end
    this.#at = start
  }

  get left(): number {
    return this.#end - this.#at
  }

  /** The address of the next byte. */
  get at(): number {
    return this.#at
  }

  #next(count: number): number {
    if (count > this.left) this.file.fail(`a whole ${this.#what}`, `${this.#end - this.#start} bytes of it`)
    const at = this.#at
    this.#at += count
    return at
  }

  u8(): number {
    return this.file.view.getUint8(this.#next(1))
  }

  u16(): number {
    return this.file.view.getUint16(this.#next(2), true)
  }

  u32(): number {
    return this.file.view.getUint32(this.#next(4), true)
  }

  /** A number of `size` bytes. */
  uint(size: number): number {
    const at = this.#next(size)
    let value = 0
    for (let i = size - 1; i >= 0; i--) value = value * 256 + this.file.view.getUint8(at + i)
    return value
  }

  /** A length, an offset or an address; null where it is undefined, which all bits say. */
  address(): number | null {
    const value = this.file.view.getBigUint64(this.#next(8), true)
    if (value === 0xffff_ffff_ffff_ffffn) return null
    // More would pass no check of bounds, and sums of such numbers stay exact.
    return Number(value < 0x10_0000_0000_0000n ? value : 0x10_0000_0000_0000n)
  }

  length(): number {
    return this.address() ?? this.file.fail(`the length of a ${this.#what}`, 'none')
  }

  skip(count: number): void {
    this.#next(count)
  }

  /** Skips to a multiple of eight bytes from `start`. */
  align(start: number): void {
    this.skip(Math.min(-(this.#at - start) & 7, this.left))
  }

  bytes(count: number): Uint8Array {
    const at = this.#next(count)
    return this.file.bytes.subarray(at, at + count)
  }

  /** A cursor of its own, at the same place. */
  copy(): Cursor {
    return new Cursor(this.file, this.#what, this.#at, this.#end)
  }

  /** A cursor over the next bytes. */
  inner(count: number): Cursor {
    const at = this.#next(count)
    return new Cursor(this.file, this.#what, at, at + count)
  }

  /** Text up to its zero, or to the end. */
  text(most = this.left): string {
    const bytes = this.file.bytes.subarray(this.#at, Math.min(this.#at + most, this.#end))
    const end = bytes.indexOf(0)
    if (end < 0 && most < this.left) this.file.fail(`a name of at most ${most} bytes`, 'a longer one')
    const text = end < 0 ? bytes : bytes.subarray(0, end)
    this.skip(Math.min(text.length + 1, bytes.length))
    return new TextDecoder().decode(text)
  }

  /** Checks the letters by which a part begins. */
  expect(letters: string): void {
    const found = String.fromCharCode(...this.bytes(letters.length))
    if (found !== letters) this.file.fail(`a ${this.#what}, "${letters}"`, JSON.stringify(found))
  }
}
