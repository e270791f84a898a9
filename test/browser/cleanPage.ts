/**
 * Tests of pages whose console stays clean and whose devices report nothing, and what they do first. They share a page, its device and
 * its pipelines; those that change the browser take one of their own.
 */
import { type Browser, test as base, expect, type Page } from '@playwright/test'
import { setSeed } from 'recurra'
import { type GpuWatch, watchGpu } from 'recurra/playwright'

interface Pages {
  /** A page as a browser opens it, in a context of its own. */
  readonly ownPage: Page
}

interface SharedPages {
  readonly shared: WatchedPage
  /** A page of the demo's server that is empty. */
  readonly emptyPage: Page
}

interface WatchedPage {
  readonly page: Page
  readonly watch: GpuWatch
}

async function openWatched(browser: Browser): Promise<WatchedPage> {
  const context = await browser.newContext()
  const watch = await watchGpu(context, { failOn: 'warning' })
  return { watch, page: await context.newPage() }
}

/** What a test draws itself is the same in every run: what fails, fails again. */
const seedTest = (): void => setSeed(1)

export const test = base.extend<Pages, SharedPages>({
  shared: [
    async ({ browser }, use) => {
      const shared = await openWatched(browser)
      await use(shared)
      await shared.page.context().close()
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
  // A test that fails ends the worker, so that what it left is not told again.
  page: async ({ shared: { page, watch } }, use) => {
    seedTest()
    await use(page)
    await watch.check()
  },
  ownPage: async ({ browser }, use) => {
    seedTest()
    const { page, watch } = await openWatched(browser)
    await use(page)
    await watch.check()
    await page.context().close()
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
