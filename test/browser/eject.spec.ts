/** Ejected pages and modules in Chromium: from a file and from a server, on WebGPU and on the CPU, under strict policies. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { expect, type Page } from '@playwright/test'
import {
  Concatenate,
  Dense,
  Flatten,
  GRU,
  Input,
  LSTM,
  Model,
  Sequential,
  setBackend,
  type Tensor,
  tensor,
} from 'recurra'
import { eject } from 'recurra/formats'
import type { EjectedModule } from '../support/ejected.ts'
import { test } from './cleanPage.ts'

const folder = fileURLToPath(new URL('../artifacts/ejected-pages/', import.meta.url))

/** Writes a page, and opens it from the disk. */
async function openFile(page: Page, name: string, html: string): Promise<void> {
  mkdirSync(folder, { recursive: true })
  writeFileSync(`${folder}${name}.html`, html)
  await page.goto(pathToFileURL(`${folder}${name}.html`).href)
}

/** Expects the page to show numbers, of which it shows four digits. */
async function expectShown(page: Page, expected: Tensor): Promise<void> {
  const texts = await page.locator('#output pre').allTextContents()
  expect(texts).toHaveLength(1)
  const { data, shape } = tensor(JSON.parse(texts[0] ?? ''))
  expect(shape).toEqual(expected.shape)
  for (const [i, value] of expected.data.entries())
    expect(Math.abs((data[i] ?? Number.NaN) - value)).toBeLessThan(5e-4 * Math.abs(value) + 1e-6)
}

test.beforeAll(() => setBackend('cpu'))

test('a page from the disk predicts on the CPU and on WebGPU', async ({ ownPage: page }) => {
  const model = Sequential([Input([4, 2]), LSTM(8), Dense(3)])
  await openFile(page, 'plain', await eject(model, { name: 'Weather of <tomorrow>' }))
  await expect(page).toHaveTitle('Weather of <tomorrow>')
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Weather of <tomorrow>')
  await expect(page.getByRole('status')).toHaveText('Runs on CPU (WebAssembly SIMD)')
  const samples = [[1, 2, 3, 4].map((n) => [n / 4, -n / 8]), [4, 3, 2, 1].map((n) => [n / 8, n / 16])]
  const expected = await model.predict(samples)
  const field = page.getByRole('textbox')
  await field.fill(JSON.stringify(samples))
  await page.getByRole('button', { name: 'Predict' }).click()
  await expect(page.locator('#output pre')).toBeVisible()
  await expectShown(page, expected)
  // The same as a table, on the other backend.
  await page.getByRole('combobox').selectOption('webgpu')
  await expect(page.getByRole('status')).toContainText('Runs on WebGPU')
  await field.fill(
    `speed;gust\n${samples
      .flat()
      .map((row) => row.join(';'))
      .join('\n')}`,
  )
  await page.getByRole('button', { name: 'Predict' }).click()
  await expect(page.locator('#output pre')).toBeVisible()
  await expectShown(page, expected)
  await field.fill('1, 2, three')
  await page.getByRole('button', { name: 'Predict' }).click()
  await expect(page.locator('#output')).toHaveText(/expected numbers, got "three" in line 1\.$/)
})

test('names in a page are texts', async ({ ownPage: page }) => {
  const hostile = '</script><img src=x onerror="document.title=1"><script>document.title=2</script>'
  const a = Input([2], { name: `${hostile}a` })
  const b = Input([3, 2], { name: `${hostile}b` })
  const joined = Concatenate()([a, Flatten()(b)])
  const model = Model([a, b], [Dense(2)(joined), Dense(1, { name: `${hostile}c` })(a)], { name: hostile })
  await openFile(page, 'hostile', await eject(model))
  await page.getByRole('button', { name: 'Predict' }).click()
  await expect(page.locator('#output pre')).toHaveCount(2)
  await expect(page).toHaveTitle(hostile)
  await expect(page.locator('h2 strong').nth(1)).toHaveText(`${hostile}c`)
  await expect(page.locator('img')).toHaveCount(0)
})

/** Runs in the page. */
async function predictBy({ url, backend, x }: { url: string; backend: string; x: unknown }) {
  const { load }: EjectedModule = await import(url)
  const model = await load({ backend })
  const predicted = [await model.predict(x)].flat()
  const made = {
    backend: model.backend,
    description: model.description,
    outputs: predicted.map(({ data }) => [...data]),
  }
  model.dispose()
  return made
}

test('a module runs under a policy that allows nothing but itself', async ({ ownPage: page, baseURL }) => {
  const model = Sequential([Input([6, 2]), GRU(40, { returnSequences: true }), Dense(2)])
  const code = await eject(model, { format: 'js' })
  await page.route('**/ejected/*', (route) => {
    const isPage = route.request().url().endsWith('.html')
    return route.fulfill({
      contentType: isPage ? 'text/html' : 'text/javascript',
      headers: { 'content-security-policy': "default-src 'none'; script-src 'self'" },
      body: isPage ? '<!doctype html><title>ejected</title>' : code,
    })
  })
  await page.goto(`${baseURL}/ejected/page.html`)
  const x = Array.from({ length: 35 }, (_, i) =>
    Array.from({ length: 6 }, (_, t) => [Math.sin(i + t), t / 6]),
  )
  const expected = (await model.predict(x)).data
  for (const backend of ['webgpu', 'cpu', 'auto']) {
    const made = await page.evaluate(predictBy, { url: `${baseURL}/ejected/model.js`, backend, x })
    // Without 'wasm-unsafe-eval' functions of operations run as JavaScript; software adapters are passed over.
    if (backend === 'webgpu') expect(made.backend).toBe('webgpu')
    else expect(made.description).toBe('CPU (JavaScript)')
    expect(
      Math.max(...(made.outputs[0] ?? [1]).map((value, i) => Math.abs(value - (expected[i] ?? Number.NaN)))),
    ).toBeLessThan(2e-6)
  }
})
