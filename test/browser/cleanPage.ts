/** Tests of a page whose console stays clean, and what they do first. */
import { test as base, expect, type Page } from '@playwright/test'

export const test = base.extend<{ page: Page }>({
  page: async ({ page }, use) => {
    const complaints: string[] = []
    page.on('pageerror', (error) => complaints.push(error.message))
    page.on('console', (message) => {
      if (['warning', 'error'].includes(message.type())) complaints.push(message.text())
    })
    await use(page)
    expect(complaints).toEqual([])
  },
})

export async function open(page: Page, problem: string): Promise<void> {
  await page.goto(`/#${problem}`)
  await inState(page, 'ready')
}

export async function inState(page: Page, state: string, timeout = 10_000): Promise<void> {
  await expect(page.locator('#panel')).toHaveAttribute('data-state', state, { timeout })
}
