/**
 * Every entry of the demo, trained to its end on the GPU; those that gallery.spec.ts leaves out on the CPU, and on the GPU,
 * which is most often one in software, for as many epochs as they give to brief trainings.
 */
import { problems } from '../../demo/problems/index.ts'
import { test } from './cleanPage.ts'
import { expectTrained, inEveryRun } from './trainEntry.ts'

/** Milliseconds for an entry: software GPUs compile for seconds, and machines have other work to do. */
const LIMIT = 600_000

for (const problem of problems)
  test(problem.name, async ({ page }) => {
    test.setTimeout(LIMIT)
    await expectTrained(page, problem, { label: 'GPU', limit: LIMIT, isBrief: true })
  })

for (const problem of problems.filter(({ name }) => !inEveryRun.includes(name)))
  test(`${problem.name} on the CPU`, async ({ page }) => {
    test.setTimeout(LIMIT)
    await expectTrained(page, problem, { label: 'CPU', limit: LIMIT })
  })
