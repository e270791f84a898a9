// MD5 (RFC 1321), by which `hashingTrick` spreads words, and by which files of Keras are known to be whole. It is no protection of anything.

import { encodeText } from '../util/text.ts'

const SINES = Int32Array.from({ length: 64 }, (_, i) => Math.floor(2 ** 32 * Math.abs(Math.sin(i + 1))))

/** How many bits to the left the steps of each round turn their sums, four after one another. */
const SHIFTS = [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21]

/** Adds the blocks of 64 bytes of a view to the state. */
function addBlocks(state: Int32Array, view: DataView): void {
  const words = new Int32Array(16)
  for (let at = 0; at < view.byteLength; at += 64) {
    for (let i = 0; i < 16; i++) words[i] = view.getInt32(at + 4 * i, true)
    let [a = 0, b = 0, c = 0, d = 0] = state
    for (let i = 0; i < 64; i++) {
      const round = i >> 4
      // Mixes of three words, and which word of the block is added, are written out: files have millions of blocks.
      let mixed = c ^ (b | ~d)
      let next = 7 * i
      if (round === 0) {
        mixed = (b & c) | (~b & d)
        next = i
      } else if (round === 1) {
        mixed = (b & d) | (c & ~d)
        next = 5 * i + 1
      } else if (round === 2) {
        mixed = b ^ c ^ d
        next = 3 * i + 5
      }
      const sum = (a + mixed + (words[next & 15] as number) + (SINES[i] as number)) | 0
      const shift = SHIFTS[4 * round + (i & 3)] as number
      a = d
      d = c
      c = b
      b = (b + ((sum << shift) | (sum >>> (32 - shift)))) | 0
    }
    state[0] = (state[0] as number) + a
    state[1] = (state[1] as number) + b
    state[2] = (state[2] as number) + c
    state[3] = (state[3] as number) + d
  }
}

/** The sum of bytes in 32 hexadecimal digits. */
export function md5OfBytes(bytes: Uint8Array): string {
  const state = Int32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476)
  const whole = bytes.length - (bytes.length % 64)
  addBlocks(state, new DataView(bytes.buffer, bytes.byteOffset, whole))
  const rest = bytes.subarray(whole)
  const last = new DataView(new ArrayBuffer(rest.length < 56 ? 64 : 128))
  new Uint8Array(last.buffer).set(rest)
  last.setUint8(rest.length, 0x80)
  last.setBigUint64(last.byteLength - 8, 8n * BigInt(bytes.length), true)
  addBlocks(state, last)
  const sum = new DataView(new ArrayBuffer(16))
  for (const [i, word] of state.entries()) sum.setInt32(4 * i, word, true)
  return Array.from(new Uint8Array(sum.buffer), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** The sum of a text in UTF-8, its hexadecimal digits as a number of 128 bits. */
export const md5 = (text: string): bigint => BigInt(`0x${md5OfBytes(encodeText(text))}`)
