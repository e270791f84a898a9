/** One entry of the demo, opened by its address and trained to its end, as the page shows it. */
import { expect, type Page } from '@playwright/test'
import { isReached, type Problem } from '../../demo/problem.ts'
import { openOn, type Place } from './cleanPage.ts'

const SCREENSHOTS = 'test/artifacts/screenshots'

/**
 * Entries that every run trains in a page, each of which shows something else: numbers, words, frames, states, a cell of one's own. The
 * other ones differ from these in their models, which test/demo trains.
 */
export const inEveryRun: readonly string[] = [
  'echo',
  'own-cell',
  'conv-lstm',
  'frames',
  'stateful',
  'sentiment',
  'airline',
]

export interface Training {
  readonly label: Place
  /** Milliseconds. */
  readonly limit: number
  /** Stops an entry that takes long after fewer epochs, which must reach what it says of them. */
  readonly isBrief?: boolean
  /** Expects the event loop of the page to turn meanwhile: it sees epochs pass, which it would not if steps followed on one another. */
  readonly isWatched?: boolean
}

/** How many numbers of epochs the event loop of the page sees until training is done. */
function epochsSeen(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const [panel, epoch] = ['panel', 'epoch'].map((id) => document.getElementById(id))
    const seen = new Set<string>()
    while (panel?.dataset.state !== 'done') {
      await new Promise((resolve) => setTimeout(resolve))
      seen.add(epoch?.textContent ?? '')
    }
    return seen.size
  })
}

/** Expects the entry to reach the quality that it declares, of the whole training or of a brief one. */
export async function expectTrained(
  page: Page,
  { name, title, brief, quality }: Problem,
  { label, limit, isBrief = false, isWatched = false }: Training,
): Promise<void> {
  await openOn(page, label, name)
  await expect(page.locator(`#tab-${name}`)).toHaveAttribute('aria-selected', 'true')
  await expect(page.locator(`#tab-${name}`)).toHaveText(title)
  const seen = isWatched ? epochsSeen(page) : null
  await page.click('#start')
  const panel = page.locator('#panel')
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
  if (seen) expect(await seen).toBeGreaterThan(5)
  await page.screenshot({ path: `${SCREENSHOTS}/gallery-${name}.png` })
}
