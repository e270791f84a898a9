import { expect, test } from 'recurra/playwright'

// Software adapters count as GPUs here, and losses are the same in every run.
test.use({ forceBackend: 'webgpu', forceSeed: 1, requireBackend: 'webgpu' })

for (const name of ['vite', 'webpack', 'esbuild', 'worker'])
  test(`${name}: trains on WebGPU`, async ({ page, recurra }) => {
    await page.goto(`/${name}/`)
    const { backend, history } = await recurra.lastFit()
    expect(backend).toBe('webgpu')
    expect(history.loss).toHaveLength(10)
    await expect(page.locator('body')).toHaveText(`loss ${history.loss.at(-1)}`)
  })

for (const name of ['remote', 'remote-vite-7', 'remote-webpack', 'remote-esbuild'])
  test(`${name}: a model in a worker trains on WebGPU`, async ({ page }) => {
    await page.goto(`/${name}/`)
    await expect(page.locator('body')).toHaveText(/^loss 0\.\d+ on webgpu after 10 epochs$/, {
      timeout: 30_000,
    })
  })
