/** More damaged files than every run has time for. */
import { test } from 'vitest'
import { fuzzFiles } from '../support/fuzzFiles.ts'

test('10,000 damaged files of every format', { timeout: 600_000 }, async () => {
  await fuzzFiles(10_000, 3)
})
