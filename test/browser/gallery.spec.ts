/**
 * Every entry of the demo but the one that takes longest, opened by its address and trained to its end on the CPU, shows in the
 * page that it reaches the quality it declares; dates do in trials.spec.ts. What each looked like is kept in test/artifacts. On the GPU demo.spec.ts trains two of them here,
 * test/demo/gallery.test.ts compares the first steps of each, and gallery.long.spec.ts trains each to its end.
 */
import { expect, type Page, test } from '@playwright/test'
import { problems } from '../../demo/problems/index.ts'
import { expectTrained } from './trainEntry.ts'

test.describe('trained in one page', () => {
  let page: Page
  test.beforeAll(async ({ browser }) => {
    page = await browser.newPage()
  })
  for (const problem of problems.filter(({ name, brief }) => !brief && name !== 'dates'))
    test(problem.name, () => expectTrained(page, problem, { label: 'CPU', limit: 45_000 }))
})

test('the menu of a narrow page opens every entry, and nothing overflows', async ({ page }) => {
  await page.addInitScript(() => Reflect.deleteProperty(Navigator.prototype, 'gpu'))
  await page.setViewportSize({ width: 390, height: 844 })
  await page.goto('/')
  for (const { name } of problems) {
    await page.selectOption('#choose', name)
    await expect(page.locator('#panel')).toHaveAttribute('data-problem', name)
    await expect(page.locator('#panel')).toHaveAttribute('data-state', 'ready')
    expect(new URL(page.url()).hash).toBe(`#${name}`)
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    )
    expect(overflow).toBe(0)
  }
})
