// SipHash-2-4 (Aumasson & Bernstein 2012): a hash of bytes under a key of 128 bits.

const MASK = (1n << 64n) - 1n
const wrap = (x: bigint): bigint => x & MASK
const rotate = (x: bigint, by: bigint): bigint => wrap((x << by) | (x >> (64n - by)))

/** The hash, from 0 to 2⁶⁴ − 1. */
export function sipHash(bytes: Uint8Array, [k0, k1]: readonly [bigint, bigint]): bigint {
  let v0 = k0 ^ 0x736f6d6570736575n
  let v1 = k1 ^ 0x646f72616e646f6dn
  let v2 = k0 ^ 0x6c7967656e657261n
  let v3 = k1 ^ 0x7465646279746573n
  const rounds = (count: number): void => {
    for (let i = 0; i < count; i++) {
      v0 = wrap(v0 + v1)
      v1 = rotate(v1, 13n) ^ v0
      v0 = rotate(v0, 32n)
      v2 = wrap(v2 + v3)
      v3 = rotate(v3, 16n) ^ v2
      v0 = wrap(v0 + v3)
      v3 = rotate(v3, 21n) ^ v0
      v2 = wrap(v2 + v1)
      v1 = rotate(v1, 17n) ^ v2
      v2 = rotate(v2, 32n)
    }
  }
  // Words of eight bytes; the last one ends with the length.
  const padded = new Uint8Array(8 * (Math.floor(bytes.length / 8) + 1))
  padded.set(bytes)
  padded[padded.length - 1] = bytes.length & 255
  const view = new DataView(padded.buffer)
  for (let place = 0; place < padded.length; place += 8) {
    const word = view.getBigUint64(place, true)
    v3 ^= word
    rounds(2)
    v0 ^= word
  }
  v2 ^= 0xffn
  rounds(4)
  return v0 ^ v1 ^ v2 ^ v3
}
