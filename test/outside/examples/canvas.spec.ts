import { expect, test } from 'recurra/playwright'

test.use({ requireDevice: true })

test('a page without Recurra draws with WebGPU', async ({ page, recurra }) => {
  await page.goto('/canvas/')
  await expect(page).toHaveTitle('drawn')
  expect(recurra.devices).toHaveLength(1)
})
