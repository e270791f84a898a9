import { expect, test } from 'recurra/playwright'

// Software adapters count as GPUs here, and losses are the same in every run.
test.use({ forceBackend: 'webgpu', forceSeed: 1, requireBackend: 'webgpu' })

test('html: trains on WebGPU, also after the GPU process crashed', async ({ page, recurra }) => {
  await page.goto('/html/')
  const first = await recurra.lastFit()
  expect(first.backend).toBe('webgpu')
  expect(first.history.loss).toHaveLength(20)
  await expect(page.locator('body')).toHaveText(`loss ${first.history.loss.at(-1)}`)

  await recurra.crashGpu()
  const next = recurra.nextFit()
  await page.reload()
  expect((await next).history.loss).toBeCloseToTensor(first.history.loss)
})
