/**
 * Entries of the demo, opened by their addresses and trained to their end on the CPU, show in the page that they reach the quality
 * they declare. What each looked like is kept in test/artifacts. On the GPU demo.spec.ts begins to train one of them, test/demo/gallery.test.ts
 * compares first steps, and gallery.long.spec.ts trains each.
 */
import { expect } from '@playwright/test'
import { problems } from '../../demo/problems/index.ts'
import { inState, PATIENCE, test } from './cleanPage.ts'
import { expectTrained, inEveryRun } from './trainEntry.ts'

for (const problem of problems.filter(({ name }) => inEveryRun.includes(name)))
  test(problem.name, async ({ page }) => {
    // It trains for seconds.
    const isWatched = problem.name === 'digits'
    await expectTrained(page, problem, { label: 'CPU', limit: PATIENCE, isWatched })
  })

test('on a phone, without WebGPU, every entry opens from the menu, nothing overflows, and one trains', async ({
  ownPage: page,
}) => {
  await page.addInitScript(() => Reflect.deleteProperty(Navigator.prototype, 'gpu'))
  await page.setViewportSize({ width: 390, height: 844 })
  await page.goto('/')
  await expect(page.locator('#backend')).toHaveText('No WebGPU in this browser. Training on the CPU.')
  await expect(page.locator('#use-gpu')).toBeDisabled()
  const expectFitting = async (): Promise<void> => {
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    )
    expect(overflow).toBe(0)
  }
  const show = async (name: string): Promise<void> => {
    await page.selectOption('#choose', name)
    await expect(page.locator('#panel')).toHaveAttribute('data-problem', name)
    await inState(page, 'ready')
    expect(new URL(page.url()).hash).toBe(`#${name}`)
    await expectFitting()
  }
  for (const { name } of problems) await show(name)
  await show('echo')
  await page.click('#start')
  await inState(page, 'done')
  await expect(page.locator('#quality')).toHaveAttribute('data-reached', 'true')
  await expectFitting()
  await page.screenshot({ path: 'test/artifacts/screenshots/phone-echo.png', fullPage: true })
})
