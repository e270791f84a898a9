/**
 * The demo trains both problems in the page: on the GPU, on the CPU, and where there is no WebGPU; it can be paused,
 * resumed, stopped and started anew; it fits a phone. The console stays clean throughout. What it looked like is kept
 * in test/artifacts.
 */
import { expect, type Page } from '@playwright/test'
import { inState, open, test } from './cleanPage.ts'

const screenshots = 'test/artifacts/screenshots'

/** Takes the GPU: a software adapter is taken where it is asked for. */
async function openOnGpu(page: Page, problem: string): Promise<void> {
  await open(page, problem)
  await page.getByLabel('GPU').check()
  await expect(page.locator('#backend')).toHaveText(/^WebGPU on /)
  await inState(page, 'ready')
}

async function numberIn(page: Page, id: string): Promise<number> {
  return Number((await page.locator(id).innerText()).replace(',', ''))
}

async function predictions(page: Page): Promise<number[]> {
  const texts = await page
    .locator('[data-prediction]')
    .evaluateAll((cells) => cells.map((cell) => cell.getAttribute('data-prediction')))
  return texts.map(Number)
}

async function expectEchoed(page: Page): Promise<void> {
  expect(await numberIn(page, '#loss')).toBeLessThan(0.002)
  const rounded = (await predictions(page)).map((value) => Math.abs(value).toFixed(1))
  expect(rounded).toEqual(['0.0', '0.2', '0.4', '0.6', '0.8'])
}

/** Errors on the held-out months by what made the forecast. */
async function errors(page: Page): Promise<number[]> {
  return (await page.locator('#score td').allInnerTexts()).map(Number)
}

test('echo learns on the GPU', async ({ page }) => {
  await openOnGpu(page, 'echo')
  await expect(page.locator('#summary')).toContainText('Total params: 146')
  await page.click('#start')
  await inState(page, 'done', 45_000)
  await expectEchoed(page)
  await expect(page.locator('#epoch')).toHaveText('1,000')
  expect(await numberIn(page, '#step-rate')).toBeGreaterThan(0)
  await page.screenshot({ path: `${screenshots}/echo.png`, fullPage: true })
})

test('the airline forecast on the GPU beats what came a month and a year before', async ({ page }) => {
  await page.emulateMedia({ colorScheme: 'dark' })
  await openOnGpu(page, 'echo')
  await page.click('#tab-airline')
  await expect(page.locator('#panel')).toHaveAttribute('data-problem', 'airline')
  await inState(page, 'ready')
  await page.click('#start')
  await inState(page, 'done', 45_000)
  const [model = Number.NaN, lastMonth = 0, lastYear = 0] = await errors(page)
  expect(model).toBeLessThan(lastMonth / 2)
  expect(model).toBeLessThan(lastYear / 2)
  expect(await predictions(page)).toHaveLength(24)
  await page.screenshot({ path: `${screenshots}/airline-dark.png`, fullPage: true })
})

test('pauses, resumes, stops and starts anew', async ({ page }) => {
  await openOnGpu(page, 'echo')
  await page.click('#start')
  await expect.poll(() => numberIn(page, '#epoch')).toBeGreaterThan(5)
  await page.click('#pause')
  await inState(page, 'paused')
  await expect(page.locator('#pause')).toHaveText('Resume')
  // The epoch under way still ends.
  await page.waitForTimeout(300)
  const held = await numberIn(page, '#epoch')
  await page.waitForTimeout(500)
  expect(await numberIn(page, '#epoch')).toBe(held)
  expect((await predictions(page)).every(Number.isFinite)).toBe(true)

  await page.click('#pause')
  await inState(page, 'training')
  await expect.poll(() => numberIn(page, '#epoch')).toBeGreaterThan(held + 5)
  await page.click('#stop')
  await inState(page, 'stopped')
  const stopped = await numberIn(page, '#epoch')
  expect(stopped).toBeLessThan(1000)
  await page.waitForTimeout(300)
  expect(await numberIn(page, '#epoch')).toBe(stopped)

  await page.click('#start')
  await expect.poll(() => numberIn(page, '#epoch')).toBeLessThan(stopped)
  await page.click('#tab-airline')
  await inState(page, 'ready')
  await expect(page.locator('#epoch')).toHaveText('0')
})

test('the switch takes training to the CPU, and back', async ({ page }) => {
  await openOnGpu(page, 'echo')
  await page.click('#start')
  await inState(page, 'training')
  await page.getByLabel('CPU').check()
  await inState(page, 'ready')
  await expect(page.locator('#backend')).toHaveText(/^CPU/)
  await page.click('#start')
  await inState(page, 'done', 30_000)
  await expectEchoed(page)
  await page.getByLabel('GPU').check()
  await expect(page.locator('#backend')).toHaveText(/^WebGPU on /)
  await inState(page, 'ready')
})

test('without WebGPU it says so and trains on the CPU, on a phone', async ({ page }) => {
  await page.addInitScript(() => Reflect.deleteProperty(Navigator.prototype, 'gpu'))
  await page.setViewportSize({ width: 390, height: 844 })
  await open(page, 'airline')
  await expect(page.locator('#backend')).toHaveText('No WebGPU in this browser. Training on the CPU.')
  await expect(page.locator('#use-gpu')).toBeDisabled()
  await page.click('#start')
  await inState(page, 'done', 30_000)
  const [model = Number.NaN, lastMonth = 0] = await errors(page)
  expect(model).toBeLessThan(lastMonth / 2)
  const overflow = (): Promise<number> =>
    page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
  expect(await overflow()).toBe(0)
  await page.screenshot({ path: `${screenshots}/phone-airline.png`, fullPage: true })
  await page.selectOption('#choose', 'echo')
  await expect(page.locator('#panel')).toHaveAttribute('data-problem', 'echo')
  await inState(page, 'ready')
  expect(await overflow()).toBe(0)
})

test('the page answers while it trains on the CPU', async ({ page }) => {
  // An entry that trains for seconds.
  await open(page, 'digits')
  await page.getByLabel('CPU').check()
  await expect(page.locator('#backend')).toHaveText(/^CPU/)
  // The longest time between two turns of the event loop, in milliseconds, and the epochs seen meanwhile.
  const { longest, seen } = await page.evaluate(async () => {
    const [panel, epoch] = ['panel', 'epoch'].map((id) => document.getElementById(id))
    document.getElementById('start')?.click()
    let longest = 0
    const seen = new Set<string>()
    for (let last = performance.now(); panel?.dataset.state !== 'done'; last = performance.now()) {
      await new Promise((resolve) => setTimeout(resolve))
      longest = Math.max(longest, performance.now() - last)
      seen.add(epoch?.textContent ?? '')
    }
    return { longest, seen: seen.size }
  })
  expect(longest).toBeLessThan(250)
  expect(seen).toBeGreaterThan(5)
})

test('tabs follow the keyboard and the address', async ({ page }) => {
  await open(page, 'echo')
  await page.locator('#tab-echo').focus()
  await page.keyboard.press('ArrowDown')
  await expect(page.locator('#tab-one-feature')).toBeFocused()
  await expect(page.locator('#tab-one-feature')).toHaveAttribute('aria-selected', 'true')
  expect(new URL(page.url()).hash).toBe('#one-feature')
  await page.goBack()
  await expect(page.locator('#panel')).toHaveAttribute('data-problem', 'echo')
})

test('opens where the system has no locale', async ({ page }) => {
  await page.addInitScript(() => {
    Object.defineProperty(Navigator.prototype, 'language', { get: () => 'en-US@posix', configurable: true })
  })
  await open(page, 'echo')
  await expect(page.locator('#loss-chart canvas')).toBeVisible()
})
