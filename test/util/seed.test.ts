// The global seed: after setSeed(n) the sequence of seeds is always the same.
import { expect, test, vi } from 'vitest'
import { nextSeed, setSeed } from '../../src/util/seed.ts'

const three = (): number[] => [nextSeed(), nextSeed(), nextSeed()]

test('setSeed fixes every seed that follows', () => {
  setSeed(42)
  const first = three()
  expect(new Set(first).size).toBe(3)
  expect(first.every(Number.isSafeInteger)).toBe(true)
  setSeed(42)
  expect(three()).toEqual(first)
  setSeed(43)
  expect(three()).not.toEqual(first)
})

test('without setSeed, each run starts elsewhere', async () => {
  const fresh = async (): Promise<number> => {
    vi.resetModules()
    return (await import('../../src/util/seed.ts')).nextSeed()
  }
  expect(await fresh()).not.toBe(await fresh())
})

test.each([-1, 0.5, Number.NaN, 2 ** 53])('setSeed(%d) is an error', (seed) => {
  expect(() => setSeed(seed)).toThrow(`setSeed: expected seed to be an integer of at least 0, got ${seed}.`)
})
