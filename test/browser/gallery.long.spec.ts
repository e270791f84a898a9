/** Every entry of the demo, trained to its end on the GPU. */
import { test } from '@playwright/test'
import { problems } from '../../demo/problems/index.ts'
import { expectTrained } from './trainEntry.ts'

/** Milliseconds for an entry: software GPUs compile for seconds, and machines have other work to do. */
const LIMIT = 180_000

for (const problem of problems)
  test(problem.name, async ({ page }) => {
    test.setTimeout(LIMIT)
    await expectTrained(page, problem, { label: 'GPU', limit: LIMIT })
  })
