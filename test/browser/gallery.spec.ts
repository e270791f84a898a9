/**
 * Every entry of the demo, opened by its address and trained to its end on the GPU, shows in the page that it reaches the
 * quality it declares. The console stays clean. What each looked like is kept in test/artifacts. On the CPU
 * test/demo/gallery.test.ts trains them, and demo.spec.ts has the page train there.
 */
import { expect, type Page, test } from '@playwright/test'
import { problems } from '../../demo/problems/index.ts'

const screenshots = 'test/artifacts/screenshots'

/** Milliseconds for an entry: software GPUs compile for seconds, and machines have other work to do. */
const LIMIT = 180_000

async function expectTrained(page: Page): Promise<void> {
  const panel = page.locator('#panel')
  await expect(panel).toHaveAttribute('data-state', 'ready')
  await page.click('#start')
  await expect(panel).toHaveAttribute('data-state', 'done', { timeout: LIMIT })
  await expect(page.locator('#quality')).toHaveAttribute('data-reached', 'true')
}

for (const { name, title } of problems) {
  test(name, async ({ page }) => {
    test.setTimeout(LIMIT)
    const complaints: string[] = []
    page.on('pageerror', (error) => complaints.push(error.message))
    page.on('console', (message) => {
      if (['warning', 'error'].includes(message.type())) complaints.push(message.text())
    })
    await page.goto(`/#${name}`)
    await expect(page.locator(`#tab-${name}`)).toHaveAttribute('aria-selected', 'true')
    await expect(page.locator(`#tab-${name}`)).toHaveText(title)
    await page.getByLabel('GPU').check()
    await expect(page.locator('#backend')).toHaveText(/^WebGPU on /)
    await expectTrained(page)
    await page.screenshot({ path: `${screenshots}/gallery-${name}.png` })
    expect(complaints).toEqual([])
  })
}

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
