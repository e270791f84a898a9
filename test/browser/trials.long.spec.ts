/** What a reader may try in the page: dates that are typed, with the attention to them, and text that goes on from a prompt. */
import { expect } from '@playwright/test'
import { inState, openOn, PATIENCE, test } from './cleanPage.ts'

test('a date that is typed is read, and a map shows where the model looked', async ({ page }) => {
  await openOn(page, 'CPU', 'dates')
  const cells = page.locator('#attention tbody td')
  await expect(cells).toHaveCount(10 * '29 november 2026'.length)
  await page.click('#start')
  await inState(page, 'done')
  await expect(page.locator('#quality')).toHaveAttribute('data-reached', 'true')
  await page.screenshot({ path: 'test/artifacts/screenshots/gallery-dates.png' })
  await expect(page.locator('#written')).toHaveText('2026-11-29')
  await page.getByLabel('A date').fill('jan 5, 1991')
  await expect(page.locator('#written')).toHaveText('1991-01-05')
  await expect(cells).toHaveCount(10 * 'jan 5, 1991'.length)
  // the last character that is written comes from the day
  const day = cells.nth(9 * 'jan 5, 1991'.length + 4)
  expect(Number(await day.getAttribute('aria-label'))).toBeGreaterThan(0.5)
  await day.hover()
  await expect(page.locator('#prediction-chart .reading')).toHaveText(/^“5” looked at “5”: \d+ %$/)
  await page.getByRole('button', { name: 'july 4, 1976' }).press('Enter')
  await expect(page.locator('#written')).toHaveText('1976-07-04')
  // what it cannot read is said, and the last answer stays
  await page.getByLabel('A date').fill('4 août 1789')
  await expect(page.getByRole('alert')).toContainText('“û”')
  await expect(page.locator('#written')).toHaveText('1976-07-04')
})

test('a text goes on from a prompt while the model learns, and stops', async ({ page }) => {
  await openOn(page, 'CPU', 'writing')
  await page.click('#start')
  await expect(page.locator('#texts p', { hasText: 'after 1 epoch' })).toContainText('The President shall', {
    timeout: PATIENCE,
  })
  await page.locator('#temperature').press('ArrowRight')
  await page.getByLabel('It goes on from').fill('Section 1')
  await page.getByLabel('It goes on from').press('Enter')
  const text = page.locator('#texts p', { hasText: 'temperature 0.6' })
  const length = async (): Promise<number> => (await text.locator('span').innerText()).length
  await expect.poll(length, { timeout: PATIENCE }).toBeGreaterThan(20)
  await page.getByRole('button', { name: 'Stop writing' }).click()
  await expect(page.getByRole('button', { name: 'Write' })).toBeVisible()
  await expect(text).toContainText('Section 1')
  await page.click('#stop')
  await inState(page, 'stopped')
  await page.getByRole('button', { name: 'Write' }).click()
  await expect(page.locator('#texts p').last()).toContainText('temperature 0.6')
  // another entry may be opened meanwhile
  await page.click('#tab-echo')
  await expect(page.locator('#panel')).toHaveAttribute('data-problem', 'echo')
  await inState(page, 'ready')
})
