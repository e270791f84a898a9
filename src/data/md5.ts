// MD5 (RFC 1321) of a text in UTF-8, by which `hashingTrick` spreads words. It is no protection of anything.

import { encodeText } from '../util/text.ts'

const SHIFTS = [
  [7, 12, 17, 22],
  [5, 9, 14, 20],
  [4, 11, 16, 23],
  [6, 10, 15, 21],
] as const

const SINES = Int32Array.from({ length: 64 }, (_, i) => Math.floor(2 ** 32 * Math.abs(Math.sin(i + 1))))

/** By round: which word of a block the i-th operation adds. */
const WORDS = [
  (i: number) => i,
  (i: number) => 5 * i + 1,
  (i: number) => 3 * i + 5,
  (i: number) => 7 * i,
] as const

/** By round: how three words of the state are mixed. */
const MIXES = [
  (b: number, c: number, d: number) => (b & c) | (~b & d),
  (b: number, c: number, d: number) => (b & d) | (c & ~d),
  (b: number, c: number, d: number) => b ^ c ^ d,
  (b: number, c: number, d: number) => c ^ (b | ~d),
] as const

/** The sum of a text, its hexadecimal digits as a number of 128 bits. */
export function md5(text: string): bigint {
  const bytes = encodeText(text)
  const blocks = Math.ceil((bytes.length + 9) / 64)
  const view = new DataView(new ArrayBuffer(64 * blocks))
  new Uint8Array(view.buffer).set(bytes)
  view.setUint8(bytes.length, 0x80)
  view.setBigUint64(64 * blocks - 8, 8n * BigInt(bytes.length), true)
  const state = Int32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476)
  for (let block = 0; block < blocks; block++) {
    let [a = 0, b = 0, c = 0, d = 0] = state
    for (let i = 0; i < 64; i++) {
      const round = (i >> 4) as 0 | 1 | 2 | 3
      const word = view.getInt32(64 * block + 4 * (WORDS[round](i) % 16), true)
      const sum = (a + MIXES[round](b, c, d) + word + (SINES[i] as number)) | 0
      const shift = SHIFTS[round][(i & 3) as 0 | 1 | 2 | 3]
      ;[a, d, c, b] = [d, c, b, (b + ((sum << shift) | (sum >>> (32 - shift)))) | 0]
    }
    ;[a, b, c, d].forEach((value, i) => {
      state[i] = (state[i] as number) + value
    })
  }
  const digits = [...new Uint8Array(state.buffer)].map((byte) => byte.toString(16).padStart(2, '0'))
  return BigInt(`0x${digits.join('')}`)
}
