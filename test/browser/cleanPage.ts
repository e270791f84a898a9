/**
 * Tests of pages whose console stays clean, and what they do first. They share a page, its device and its pipelines; those that
 * change the browser take one of their own.
 */
import { test as base, type ConsoleMessage, expect, type Page } from '@playwright/test'

interface Pages {
  /** A page as a browser opens it, in a context of its own. */
  readonly ownPage: Page
}

interface SharedPages {
  readonly sharedPage: Page
  /** A page of the demo's server that is empty. */
  readonly emptyPage: Page
}

/** Lets a test use a page, and expects the console to stay clean meanwhile. */
async function useClean(page: Page, use: (page: Page) => Promise<void>): Promise<void> {
  const complaints: string[] = []
  const onError = (error: Error): unknown => complaints.push(error.message)
  const onMessage = (message: ConsoleMessage): void => {
    if (['warning', 'error'].includes(message.type())) complaints.push(message.text())
  }
  page.on('pageerror', onError).on('console', onMessage)
  await use(page)
  page.off('pageerror', onError).off('console', onMessage)
  expect(complaints).toEqual([])
}

export const test = base.extend<Pages, SharedPages>({
  sharedPage: [
    async ({ browser }, use) => {
      const page = await browser.newPage()
      await use(page)
      await page.close()
    },
    { scope: 'worker' },
  ],
  emptyPage: [
    async ({ browser }, use) => {
      const page = await browser.newPage()
      await page.route('**/empty', (route) => route.fulfill({ contentType: 'text/html', body: '' }))
      await page.goto('/empty')
      await use(page)
      await page.close()
    },
    { scope: 'worker' },
  ],
  page: ({ sharedPage }, use) => useClean(sharedPage, use),
  ownPage: async ({ browser }, use) => {
    const page = await browser.newPage()
    await useClean(page, use)
    await page.close()
  },
})

/** Milliseconds after which a page counts as hung, however busy the machine is. */
export const PATIENCE = 120_000

/** How the page names where it trains, by the label of the choice. */
const places = { GPU: /^WebGPU on /, CPU: /^CPU/ }
export type Place = keyof typeof places

export async function open(page: Page, problem: string): Promise<void> {
  // An address that is there already opens nothing.
  if (page.url().endsWith(`/#${problem}`)) await open(page, problem === 'echo' ? 'airline' : 'echo')
  await page.goto(`/#${problem}`)
  await expect(page.locator('#panel')).toHaveAttribute('data-problem', problem, { timeout: PATIENCE })
  await inState(page, 'ready')
}

/** Opens an entry where it is to train: a software adapter is taken where it is asked for. */
export async function openOn(page: Page, place: Place, problem: string): Promise<void> {
  await open(page, problem)
  await page.getByLabel(place).check()
  await expect(page.locator('#backend')).toHaveText(places[place])
  await inState(page, 'ready')
}

export async function inState(page: Page, state: string): Promise<void> {
  await expect(page.locator('#panel')).toHaveAttribute('data-state', state, { timeout: PATIENCE })
}
