/** A sample of other libraries' tests on WebGPU: one case of each layer, activation, loss, metric and optimizer. peers.long.test.ts has all. */
import { beforeAll, expect, test } from 'vitest'
import { check, sample } from './peers/check.ts'
import { chooseBackend } from './support/backends.ts'

beforeAll(() => chooseBackend('webgpu'))

test('one case of each class', async () => {
  const cases = sample()
  expect(cases.length).toBeGreaterThan(150)
  const { met, unexpected } = await check(cases)
  expect(unexpected).toEqual([])
  expect(met).toBe(cases.length)
})
