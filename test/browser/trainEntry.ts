/** One entry of the demo, opened by its address and trained to its end, as the page shows it. */
import { type ConsoleMessage, expect, type Page } from '@playwright/test'
import { isReached, type Problem } from '../../demo/problem.ts'

const SCREENSHOTS = 'test/artifacts/screenshots'

/** How the page names where it trains, by the label of the choice. */
const places = { GPU: /^WebGPU on /, CPU: /^CPU/ }

export interface Training {
  readonly label: keyof typeof places
  /** Milliseconds. */
  readonly limit: number
  /** Stops an entry that takes long after fewer epochs, which must reach what it says of them. */
  readonly isBrief?: boolean
}

/** Expects the entry to reach the quality that it declares, of the whole training or of a brief one, and the console to stay clean meanwhile. */
export async function expectTrained(
  page: Page,
  { name, title, brief, quality }: Problem,
  { label, limit, isBrief = false }: Training,
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
  if (isBrief && brief) {
    const epoch = page.locator('#epoch')
    await expect.poll(async () => Number(await epoch.innerText()), { timeout: limit }).toBe(brief.epochs)
    await page.click('#stop')
    await expect(panel).toHaveAttribute('data-state', 'stopped', { timeout: limit })
    const percent = Number.parseFloat(await page.locator('#score td').first().innerText())
    expect(isReached({ ...quality, bound: 100 * brief.bound }, percent)).toBe(true)
  } else {
    await expect(panel).toHaveAttribute('data-state', 'done', { timeout: limit })
    await expect(page.locator('#quality')).toHaveAttribute('data-reached', 'true')
  }
  await page.screenshot({ path: `${SCREENSHOTS}/gallery-${name}.png` })
  page.off('pageerror', onError).off('console', onMessage)
  expect(complaints).toEqual([])
}
