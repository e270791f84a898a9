// Writes little-endian numbers into a file's bytes.

import { encodeText } from '../../util/text.ts'

const UNDEFINED = 0xffff_ffff_ffff_ffffn

/** Writes numbers one after the other. */
export class Pen {
  readonly #view: DataView
  readonly #bytes: Uint8Array
  #at: number

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer)
    this.#at = at
  }

  u8(...values: readonly number[]): this {
    for (const value of values) this.#view.setUint8(this.#at++, value)
    return this
  }

  u16(value: number): this {
    this.#view.setUint16(this.#at, value, true)
    this.#at += 2
    return this
  }

  u32(value: number): this {
    this.#view.setUint32(this.#at, value, true)
    this.#at += 4
    return this
  }

  /** Lengths and addresses; null is an undefined one. */
  u64(...values: readonly (number | null)[]): this {
    for (const value of values) {
      this.#view.setBigUint64(this.#at, value === null ? UNDEFINED : BigInt(value), true)
      this.#at += 8
    }
    return this
  }

  text(letters: string): this {
    return this.bytes(encodeText(letters))
  }

  bytes(bytes: ArrayLike<number>): this {
    this.#bytes.set(bytes, this.#at)
    this.#at += bytes.length
    return this
  }

  skip(count: number): this {
    this.#at += count
    return this
  }
}
