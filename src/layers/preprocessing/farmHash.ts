// FarmHash's 64-bit fingerprint of bytes, which Keras takes to put words that a vocabulary lacks into buckets.
// https://github.com/google/farmhash, Fingerprint64

const MASK = (1n << 64n) - 1n
const K0 = 0xc3a5c85c97cb3127n
const K1 = 0xb492b66fbe98f273n
const K2 = 0x9ae16a3b2f90404fn

const wrap = (x: bigint): bigint => x & MASK
const rotate = (x: bigint, by: bigint): bigint => wrap((x >> by) | (x << (64n - by)))
const mix = (x: bigint): bigint => x ^ (x >> 47n)

function mixed(u: bigint, v: bigint, factor: bigint): bigint {
  const a = mix(wrap((u ^ v) * factor))
  return wrap(mix(wrap((v ^ a) * factor)) * factor)
}

/** The fingerprint, from 0 to 2⁶⁴ − 1. */
export function farmHash(bytes: Uint8Array): bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const at = (place: number): bigint => view.getBigUint64(place, true)
  const { length } = bytes
  if (length > 64) return long(at, length)
  const factor = wrap(K2 + 2n * BigInt(length))
  if (length > 32) return ofUpTo64(at, length, factor)
  if (length > 16) {
    const [a, b] = [wrap(at(0) * K1), at(8)]
    const [c, d] = [wrap(at(length - 8) * factor), wrap(at(length - 16) * K2)]
    return mixed(
      wrap(rotate(wrap(a + b), 43n) + rotate(c, 30n) + d),
      wrap(a + rotate(wrap(b + K2), 18n) + c),
      factor,
    )
  }
  if (length >= 8) {
    const [a, b] = [wrap(at(0) + K2), at(length - 8)]
    return mixed(wrap(rotate(b, 37n) * factor + a), wrap((rotate(a, 25n) + b) * factor), factor)
  }
  if (length >= 4) {
    const word = (place: number): bigint => BigInt(view.getUint32(place, true))
    return mixed(wrap(BigInt(length) + (word(0) << 3n)), word(length - 4), factor)
  }
  if (length === 0) return K2
  const [first = 0, middle = 0, last = 0] = [bytes[0], bytes[length >> 1], bytes[length - 1]]
  const [y, z] = [BigInt(first + middle * 256), BigInt(length + last * 4)]
  return wrap(mix(wrap(y * K2) ^ wrap(z * K0)) * K2)
}

function ofUpTo64(at: (place: number) => bigint, length: number, factor: bigint): bigint {
  const [a, b] = [wrap(at(0) * K2), at(8)]
  const [c, d] = [wrap(at(length - 8) * factor), wrap(at(length - 16) * K2)]
  const y = wrap(rotate(wrap(a + b), 43n) + rotate(c, 30n) + d)
  const z = mixed(y, wrap(a + rotate(wrap(b + K2), 18n) + c), factor)
  const [e, f] = [wrap(at(16) * factor), at(24)]
  const [g, h] = [wrap((y + at(length - 32)) * factor), wrap((z + at(length - 24)) * factor)]
  return mixed(
    wrap(rotate(wrap(e + f), 43n) + rotate(g, 30n) + h),
    wrap(e + rotate(wrap(f + a), 18n) + g),
    factor,
  )
}

/** Two hashes of 32 bytes. */
function weak(
  at: (place: number) => bigint,
  place: number,
  [first, second]: readonly [bigint, bigint],
): readonly [bigint, bigint] {
  const a = wrap(first + at(place))
  const last = at(place + 24)
  const b = rotate(wrap(second + a + last), 21n)
  const sum = wrap(a + at(place + 8) + at(place + 16))
  return [wrap(sum + last), wrap(b + rotate(sum, 44n) + a)]
}

function long(at: (place: number) => bigint, length: number): bigint {
  let x = 81n
  let y = wrap(x * K1 + 113n)
  let z = wrap(mix(wrap(y * K2 + 113n)) * K2)
  let v: readonly [bigint, bigint] = [0n, 0n]
  let w: readonly [bigint, bigint] = [0n, 0n]
  x = wrap(x * K2 + at(0))
  // The last 64 bytes are taken by themselves, with some that came before where they are not a block of their own.
  const end = Math.floor((length - 1) / 64) * 64
  const round = (place: number, factor: bigint, times: readonly [bigint, bigint, bigint]): void => {
    const [ofX, ofY, ofV] = times
    x = wrap(rotate(wrap(x + y + v[0] + at(place + 8)), 37n) * factor)
    y = wrap(rotate(wrap(y + v[1] + at(place + 48)), 42n) * factor)
    x ^= wrap(w[1] * ofX)
    y = wrap(y + v[0] * ofV + at(place + 40) * ofY)
    z = wrap(rotate(wrap(z + w[0]), 33n) * factor)
    v = weak(at, place, [wrap(v[1] * factor), wrap(x + w[0])])
    w = weak(at, place + 32, [wrap(z + w[1]), wrap(y + at(place + 16))])
    ;[z, x] = [x, z]
  }
  for (let place = 0; place < end; place += 64) round(place, K1, [1n, 1n, 1n])
  const factor = wrap(K1 + ((z & 0xffn) << 1n))
  const rest = BigInt((length - 1) & 63)
  w = [wrap(w[0] + rest), w[1]]
  v = [wrap(v[0] + w[0]), v[1]]
  w = [wrap(w[0] + v[0]), w[1]]
  round(length - 64, factor, [9n, 1n, 9n])
  return mixed(
    wrap(mixed(v[0], w[0], factor) + wrap(mix(y) * K0) + z),
    wrap(mixed(v[1], w[1], factor) + x),
    factor,
  )
}
