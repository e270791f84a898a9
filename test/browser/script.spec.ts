/** dist/recurra.min.js in a page that a plain file server serves: one request, and it trains on WebGPU and on the CPU. */
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect } from '@playwright/test'
import { buildPackage } from '../support/buildPackage.ts'
import { test } from './cleanPage.ts'

const PAGE = `<!doctype html><link rel="icon" href="data:,"><script type="module">
  import { Dense, LSTM, ops, Sequential, setBackend, setSeed } from './recurra.min.js'
  const losses = {}
  for (const name of ['webgpu', 'cpu']) {
    const { backend } = await setBackend(name)
    setSeed(1)
    const model = Sequential([LSTM(4, { inputShape: [3, 1] }), Dense(1, { activation: ops.tanh })])
    model.compile({ loss: 'mean_squared_error', optimizer: 'rmsprop', metrics: ['mae'] })
    const x = Array.from({ length: 8 }, (_, i) => [[i / 8], [(i + 1) / 8], [(i + 2) / 8]])
    const { history } = await model.fit(x, x.map(([first]) => first), { epochs: 20, verbose: 0 })
    losses[backend] = [history.loss[0], history.loss.at(-1)]
    model.dispose()
  }
  document.body.dataset.losses = JSON.stringify(losses)
</script>`

test('one file for a page without a bundler', async ({ ownPage: page }) => {
  const { dist, remove } = await buildPackage()
  const asked: string[] = []
  const server = createServer(({ url = '' }, response) => {
    asked.push(url)
    const [type, body] =
      url === '/' ? ['text/html', PAGE] : ['text/javascript', readFileSync(`${dist}/recurra.min.js`)]
    response.setHeader('Content-Type', type).end(body)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  try {
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
    const body = page.locator('body')
    await expect(body).toHaveAttribute('data-losses', /./, { timeout: 120_000 })
    const losses = JSON.parse((await body.getAttribute('data-losses')) ?? '')
    expect(Object.keys(losses)).toEqual(['webgpu', 'cpu'])
    for (const [first, last] of Object.values<[number, number]>(losses))
      expect(last).toBeLessThan(0.9 * first)
    expect(losses.webgpu[1]).toBeCloseTo(losses.cpu[1], 5)
    expect(asked).toEqual(['/', '/recurra.min.js'])
  } finally {
    server.close()
    remove()
  }
})
