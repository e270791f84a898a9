/** One entry of the demo, opened by its address and trained to its end, as the page shows it. */
import { type ConsoleMessage, expect, type Page } from '@playwright/test'
import type { Problem } from '../../demo/problem.ts'

const SCREENSHOTS = 'test/artifacts/screenshots'

/** How the page names where it trains, by the label of the choice. */
const places = { GPU: /^WebGPU on /, CPU: /^CPU/ }

export interface Training {
  readonly label: keyof typeof places
  /** Milliseconds. */
  readonly limit: number
}

/** Expects the entry to reach the quality that it declares, and the console to stay clean meanwhile. */
export async function expectTrained(
  page: Page,
  { name, title }: Problem,
  { label, limit }: Training,
): Promise<void> {
  const complaints: string[] = []
  const onError = (error: Error): unknown => complaints.push(error.message)
  const onMessage = (message: ConsoleMessage): void => {
    if (['warning', 'error'].includes(message.type())) complaints.push(message.text())
  }
  page.on('pageerror', onError).on('console', onMessage)
  await page.goto(`/#${name}`)
  const panel = page.locator('#panel')
  await expect(panel).toHaveAttribute('data-problem', name)
  await expect(page.locator(`#tab-${name}`)).toHaveAttribute('aria-selected', 'true')
  await expect(page.locator(`#tab-${name}`)).toHaveText(title)
  await page.getByLabel(label).check()
  await expect(page.locator('#backend')).toHaveText(places[label])
  await expect(panel).toHaveAttribute('data-state', 'ready')
  await page.click('#start')
  await expect(panel).toHaveAttribute('data-state', 'done', { timeout: limit })
  await expect(page.locator('#quality')).toHaveAttribute('data-reached', 'true')
  await page.screenshot({ path: `${SCREENSHOTS}/gallery-${name}.png` })
  page.off('pageerror', onError).off('console', onMessage)
  expect(complaints).toEqual([])
}
