/**
 * The demo trains on the GPU in the page, and on the CPU where that is chosen; it can be paused, resumed, stopped and started
 * anew. The console stays clean throughout. What it looked like is kept in test/artifacts.
 */
import { expect, type Page } from '@playwright/test'
import { inState, open, openOn, test } from './cleanPage.ts'

const screenshots = 'test/artifacts/screenshots'

async function numberIn(page: Page, id: string): Promise<number> {
  return Number((await page.locator(id).innerText()).replace(',', ''))
}

/** Waits in the page, where no epoch is missed, until the number of epochs is in the range; then clicks, and gives the number that the page shows. */
function clickAfter(
  page: Page,
  epochs: { readonly above?: number; readonly below?: number },
  id?: string,
): Promise<number> {
  return page.evaluate(
    ({ above, below, id }) =>
      new Promise<number>((resolve) => {
        const text = document.getElementById('epoch')
        const shown = (): number => Number(text?.textContent?.replace(',', ''))
        const look = (): void => {
          if (!(shown() > above && shown() < below)) return
          observer.disconnect()
          if (id) document.getElementById(id)?.click()
          resolve(shown())
        }
        const observer = new MutationObserver(look)
        observer.observe(document.body, { childList: true, characterData: true, subtree: true })
        look()
      }),
    { above: -1, below: Number.POSITIVE_INFINITY, ...epochs, id },
  )
}

async function predictions(page: Page): Promise<number[]> {
  const texts = await page
    .locator('[data-prediction]')
    .evaluateAll((cells) => cells.map((cell) => cell.getAttribute('data-prediction')))
  return texts.map(Number)
}

/** Errors on the held-out months by what made the forecast. */
async function errors(page: Page): Promise<number[]> {
  return (await page.locator('#score td').allInnerTexts()).map(Number)
}

// On the CPU, which is faster than a GPU in software; on that gallery.long.spec.ts trains it to its end.
test('the airline forecast beats what came a month and a year before', async ({ page }) => {
  await page.emulateMedia({ colorScheme: 'dark' })
  await openOn(page, 'CPU', 'echo')
  await expect(page.locator('#summary')).toContainText('Total params: 146')
  await page.click('#tab-airline')
  await expect(page.locator('#panel')).toHaveAttribute('data-problem', 'airline')
  await inState(page, 'ready')
  await expect(page.locator('#summary')).toContainText('Total params: 329')
  await page.click('#start')
  await inState(page, 'done')
  await expect(page.locator('#epoch')).toHaveText('120')
  expect(await numberIn(page, '#step-rate')).toBeGreaterThan(0)
  const [model = Number.NaN, lastMonth = 0, lastYear = 0] = await errors(page)
  expect(model).toBeLessThan(lastMonth / 2)
  expect(model).toBeLessThan(lastYear / 2)
  expect(await predictions(page)).toHaveLength(24)
  await page.screenshot({ path: `${screenshots}/airline-dark.png`, fullPage: true })
  await page.emulateMedia({ colorScheme: null })
})

test('pauses, resumes, stops and starts anew', async ({ page }) => {
  await openOn(page, 'GPU', 'echo')
  await page.click('#start')
  const paused = await clickAfter(page, { above: 5 }, 'pause')
  await inState(page, 'paused')
  await expect(page.locator('#pause')).toHaveText('Resume')
  await page.waitForTimeout(800)
  const held = await numberIn(page, '#epoch')
  // The epoch under way still ends.
  expect(held).toBeLessThanOrEqual(paused + 1)
  expect((await predictions(page)).every(Number.isFinite)).toBe(true)

  await page.click('#pause')
  await inState(page, 'training')
  await clickAfter(page, { above: held + 5 }, 'stop')
  await inState(page, 'stopped')
  const stopped = await numberIn(page, '#epoch')
  expect(stopped).toBeLessThan(1000)
  await page.waitForTimeout(300)
  expect(await numberIn(page, '#epoch')).toBe(stopped)

  const restarted = clickAfter(page, { below: stopped })
  await page.click('#start')
  expect(await restarted).toBeLessThan(stopped)
  await page.click('#tab-airline')
  await inState(page, 'ready')
  await expect(page.locator('#epoch')).toHaveText('0')
})

test('the switch takes training to the CPU, and back', async ({ page }) => {
  await openOn(page, 'GPU', 'echo')
  await page.click('#start')
  await inState(page, 'training')
  await page.getByLabel('CPU').check()
  await inState(page, 'ready')
  await expect(page.locator('#backend')).toHaveText(/^CPU/)
  await expect(page.locator('#epoch')).toHaveText('0')
  await page.click('#start')
  await inState(page, 'done')
  await expect(page.locator('#epoch')).toHaveText('1,000')
  expect(await numberIn(page, '#loss')).toBeLessThan(0.002)
  const rounded = (await predictions(page)).map((value) => Math.abs(value).toFixed(1))
  expect(rounded).toEqual(['0.0', '0.2', '0.4', '0.6', '0.8'])
  await page.screenshot({ path: `${screenshots}/echo.png`, fullPage: true })
  await page.getByLabel('GPU').check()
  await expect(page.locator('#backend')).toHaveText(/^WebGPU on /)
  await inState(page, 'ready')
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

test('opens where the system has no locale', async ({ ownPage: page }) => {
  await page.addInitScript(() => {
    Object.defineProperty(Navigator.prototype, 'language', { get: () => 'en-US@posix', configurable: true })
  })
  await open(page, 'echo')
  await expect(page.locator('#loss-chart canvas')).toBeVisible()
})
