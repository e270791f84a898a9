// Philox against the known answers that Random123, its authors' library, ships.
import { expect, test } from 'vitest'
import { philox, seedKey, uniform01 } from '../../src/util/philox.ts'

const ones = 0xffffffff

test.each([
  [[0, 0, 0, 0], [0, 0], '6627e8d5 e169c58d bc57ac4c 9b00dbd8'],
  [[ones, ones, ones, ones], [ones, ones], '408f276d 41c83b0e a20bc7c6 6d5451fd'],
  [
    [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
    [0xa4093822, 0x299f31d0],
    'd16cfe09 94fdcceb 5001e420 24126ea1',
  ],
])('philox(%o, %o)', (counter, key, answer) => {
  const out = new Uint32Array(4)
  philox(counter, key, out)
  expect([...out].map((word) => word.toString(16).padStart(8, '0')).join(' ')).toBe(answer)
})

test('a seed becomes a key, whole', () => {
  expect(seedKey(5)).toEqual([5, 0])
  expect(seedKey(2 ** 32 + 7)).toEqual([7, 1])
  expect(seedKey(Number.MAX_SAFE_INTEGER)).toEqual([ones, 2 ** 21 - 1])
})

test('uniform01 stays below 1 and is exact in float32', () => {
  expect(uniform01(0)).toBe(0)
  expect(uniform01(ones)).toBe(1 - 2 ** -24)
  expect(Math.fround(uniform01(0x12345678))).toBe(uniform01(0x12345678))
})
