/** More wrong calls than every run has time for, in other orders. */
import { test } from 'vitest'
import { chooseBackend } from '../support/backends.ts'
import { fuzz } from '../support/fuzz.ts'
import { publicCalls } from '../support/publicApi/index.ts'

test.each(['cpu', 'webgpu'] as const)('on %s', { timeout: 1_200_000 }, async (name) => {
  await chooseBackend(name)
  for (const seed of [11, 12, 13]) await fuzz(publicCalls, 30_000, { seed })
})
