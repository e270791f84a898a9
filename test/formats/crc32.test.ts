/** The checksum of zip entries against a known value, and against its definition, bit by bit, at every remainder of its blocks. */
import { crc32 as nodes } from 'node:zlib'
import { expect, test } from 'vitest'
import { crc32InJavaScript } from '../../src/formats/crc32.ts'

const crc32 = (bytes: Uint8Array): number => crc32InJavaScript(bytes, 0)

/** The remainder as its definition divides. */
function reference(bytes: Uint8Array): number {
  let rest = 0xffffffff
  for (const byte of bytes) {
    rest ^= byte
    for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? (rest >>> 1) ^ 0xedb88320 : rest >>> 1
  }
  return ~rest >>> 0
}

test("the CRC-32 of the digits is the catalogue's", () => {
  expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926)
})

test('every length, also in the middle of a buffer', () => {
  const bytes = Uint8Array.from({ length: 64 }, (_, i) => (i * 151 + 77) % 256)
  for (let end = 0; end < 64; end++) {
    expect(crc32(bytes.subarray(0, end))).toBe(reference(bytes.subarray(0, end)))
    expect(crc32(bytes.subarray(end))).toBe(reference(bytes.subarray(end)))
  }
})

test('bytes in several pieces, by Node too', () => {
  const bytes = Uint8Array.from({ length: 64 }, (_, i) => (i * 91 + 5) % 256)
  for (const compute of [crc32InJavaScript, nodes])
    expect(compute(bytes.subarray(19), compute(bytes.subarray(0, 19), 0))).toBe(reference(bytes))
})
