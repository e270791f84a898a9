import { expect, test } from 'vitest'
import { differencesOf, hexOf } from '../../.ci/differences.ts'
import { bytesOfHex, withDifferences } from '../../src/backends/cpu/differences.ts'
import { Generator } from '../../src/util/generator.ts'

const random = (count: number, seed: number): Uint8Array =>
  Uint8Array.from(new Generator(seed).permutation(count), (value) => value)

const base = random(3000, 1)
const changed = base.slice()
for (let at = 7; at < changed.length; at += 211) changed[at] = (changed[at] ?? 0) ^ 0x55

/** Bytes that have much or nothing of the base. */
const variants: Readonly<Record<string, Uint8Array>> = {
  nothing: new Uint8Array(0),
  'the same': base,
  'its end': base.subarray(2500),
  'bytes changed': changed,
  'parts in another order': Uint8Array.of(...base.subarray(900), 1, 2, 3, ...base.subarray(0, 900)),
  'other bytes': random(200, 2),
}

test.each(Object.entries(variants))('bytes are what differs from a base: %s', (_, bytes) => {
  expect(withDifferences(base, differencesOf(base, bytes))).toEqual(new Uint8Array(bytes))
})

test('differences of similar bytes are few', () => {
  expect(differencesOf(base, base)).toEqual([
    ['', 0, 3000],
    ['', 0, 0],
  ])
  expect(differencesOf(base, changed)).toHaveLength(17)
})

test('bytes are hexadecimal digits', () => {
  expect(hexOf(Uint8Array.of(0, 9, 10, 255))).toBe('00090aff')
  expect(bytesOfHex('00090aff')).toEqual(Uint8Array.of(0, 9, 10, 255))
})
