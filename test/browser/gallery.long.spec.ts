/**
 * Every entry of the demo, trained on the GPU, which is most often one in software, for as many epochs as it gives to brief trainings; the
 * airline forecast to its end; those that gallery.spec.ts leaves out to their end on the CPU.
 */
import { expect, type Page } from '@playwright/test'
import { problems } from '../../demo/problems/index.ts'
import { inState, openOn, test } from './cleanPage.ts'
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

/** Errors on the held-out months by what made the forecast. */
async function errors(page: Page): Promise<number[]> {
  return (await page.locator('#score td').allInnerTexts()).map(Number)
}

test('the airline forecast on the GPU beats what came a month and a year before', async ({ page }) => {
  test.setTimeout(LIMIT)
  await page.emulateMedia({ colorScheme: 'dark' })
  await openOn(page, 'GPU', 'echo')
  await expect(page.locator('#summary')).toContainText('Total params: 146')
  await page.click('#tab-airline')
  await expect(page.locator('#panel')).toHaveAttribute('data-problem', 'airline')
  await inState(page, 'ready')
  await expect(page.locator('#summary')).toContainText('Total params: 329')
  await page.click('#start')
  await inState(page, 'done')
  await expect(page.locator('#epoch')).toHaveText('120')
  expect(Number((await page.locator('#step-rate').innerText()).replace(',', ''))).toBeGreaterThan(0)
  const [model = Number.NaN, lastMonth = 0, lastYear = 0] = await errors(page)
  expect(model).toBeLessThan(lastMonth / 2)
  expect(model).toBeLessThan(lastYear / 2)
  await expect(page.locator('[data-prediction]')).toHaveCount(24)
  await page.screenshot({ path: 'test/artifacts/screenshots/airline-dark.png', fullPage: true })
  await page.emulateMedia({ colorScheme: null })
})
