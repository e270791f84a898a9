/** A sample of other libraries' tests on WebGPU: one case of every fourth layer, activation, loss, metric and optimizer. peers.long.test.ts has all. */
import { beforeAll, expect, test } from 'vitest'
import { check, sample } from './peers/check.ts'
import { chooseBackend } from './support/backends.ts'

beforeAll(() => chooseBackend('webgpu'))

test('one case of every fourth class', async () => {
  const cases = sample()
  expect(cases.length).toBeGreaterThan(150)
  // The others: peers.long.test.ts.
  const some = cases.filter((_, i) => i % 4 === 0)
  const { met, unexpected } = await check(some)
  expect(unexpected).toEqual([])
  expect(met).toBe(some.length)
})
