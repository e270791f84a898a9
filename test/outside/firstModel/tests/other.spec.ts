/**
 * The page of React, and a page that no test may pass. The right page is under the test of docs/first-model.md, beside this file. What fails
 * stands last, since a new browser is started after it.
 */
import { expect, test } from 'recurra/playwright'

const ended = /next month: \d+/

test('in React, StrictMode ends the first training, and the second goes on', async ({ page }) => {
  await page.addInitScript(() => {
    const hook = globalThis.__recurra__ ?? {}
    const tell = hook.onFit
    const endings: string[] = []
    hook.onFit = (fit) => {
      tell?.(fit)
      fit.then(
        () => endings.push('trained'),
        ({ name }) => endings.push(name),
      )
    }
    Object.assign(globalThis, { endings })
  })
  await page.goto('/react.html')
  await expect(page.locator('body')).toContainText(ended)
  expect(await page.evaluate('endings')).toEqual(['AbortError', 'trained'])
})

test.describe('a page on the CPU', () => {
  test.use({ requireBackend: 'webgpu' })

  test('fails where the page does, or ran on the CPU', async ({ page }) => {
    await page.addInitScript(() => {
      addEventListener('DOMContentLoaded', () => {
        throw new Error('the page of somebody')
      })
    })
    await page.goto('/')
    await expect(page.locator('body')).toContainText(ended)
  })
})
