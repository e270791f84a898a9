/** A sample of other libraries' tests on WebGPU: one case of every other layer, activation, loss, metric and optimizer. peers.long.test.ts has all. */
import { beforeAll, expect, test } from 'vitest'
import { check, sample } from './peers/check.ts'
import { chooseBackend } from './support/backends.ts'

beforeAll(() => chooseBackend('webgpu'))

test('one case of every other class', async () => {
  const cases = sample()
  expect(cases.length).toBeGreaterThan(150)
  // The other half: peers.long.test.ts.
  const half = cases.filter((_, i) => i % 2 === 0)
  const { met, unexpected } = await check(half)
  expect(unexpected).toEqual([])
  expect(met).toBe(half.length)
})
