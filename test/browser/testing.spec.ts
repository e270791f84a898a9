/**
 * recurra/playwright against pages that misbehave: each problem is told, none is told of pages that behave, and the GPU process may
 * crash.
 */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import type { BrowserContext, Page } from '@playwright/test'
import { expect, type GpuWatch, test, type WatchOptions, watchGpu } from 'recurra/playwright'

const entry = `/@fs${fileURLToPath(new URL('recurra.ts', import.meta.url))}`

/** Requests a device, and leaves it in the global `device`. */
const request =
  'const adapter = await navigator.gpu.requestAdapter(); globalThis.device = await adapter.requestDevice({ label: "own" });'
const invalid = 'device.createBuffer({ size: 4, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.STORAGE });'
const clear = `
  const context = document.querySelector('canvas').getContext('webgpu')
  context.configure({ device, format: navigator.gpu.getPreferredCanvasFormat() })
  const encoder = device.createCommandEncoder()
  const view = context.getCurrentTexture().createView()
  encoder.beginRenderPass({ colorAttachments: [{ view, clearValue: [1, 0, 0, 1], loadOp: 'clear', storeOp: 'store' }] }).end()
  device.queue.submit([encoder.finish()])
  await device.queue.onSubmittedWorkDone();`

/** A page under a strict policy whose scripts are served by name. The first is index.js, which has run. */
async function open(context: BrowserContext, files: Record<string, string>): Promise<Page> {
  const html =
    '<!doctype html><canvas width="40" height="40"></canvas><script type="module" src="/index.js"></script>'
  const scripts = { ...files, 'index.js': `${files['index.js']}\ndocument.title = 'done'` }
  const server = createServer(({ url }, response) => {
    const name = new URL(url ?? '', 'http://localhost').pathname.slice(1)
    const body = name ? Object.entries(scripts).find(([path]) => path === name)?.[1] : html
    response.writeHead(body === undefined ? 404 : 200, {
      'content-type': name ? 'text/javascript' : 'text/html',
      'content-security-policy': "default-src 'self'; worker-src 'self' blob:",
    })
    response.end(body)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  context.once('close', () => server.close())
  const page = await context.newPage()
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
  await expect(page).toHaveTitle('done')
  return page
}

/** What is complained of when a page of such scripts has run. */
async function problemsOf(
  context: BrowserContext,
  files: Record<string, string>,
  options: WatchOptions = {},
): Promise<string[]> {
  const watch = await watchGpu(context, options)
  await open(context, files)
  return watch.problems()
}

/** A context of its own, which the test's own fixture does not watch. */
const fresh = test.extend<{ own: BrowserContext }>({
  own: async ({ browser }, use) => {
    const context = await browser.newContext()
    await use(context)
    await context.close()
  },
})

fresh('a page that behaves has no problems, and shows what it draws', async ({ own }) => {
  const watch = await watchGpu(own, { requireDevice: true })
  const page = await open(own, { 'index.js': `${request}${clear}` })
  const shot = await page.locator('canvas').screenshot({ path: 'test/artifacts/screenshots/canvas.png' })
  expect(await redsOf(page, shot)).toBeGreaterThan(1_000)
  await page.evaluate('device.destroy()')
  expect(await watch.problems()).toEqual([])
  expect(watch.devices).toHaveLength(1)
})

/** How many pixels of a picture are red. */
function redsOf(page: Page, png: Buffer): Promise<number> {
  return page.evaluate(async (data) => {
    const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0))
    const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/png' }))
    const drawing = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d')
    drawing?.drawImage(bitmap, 0, 0)
    const { data: pixels = [] } = drawing?.getImageData(0, 0, bitmap.width, bitmap.height) ?? {}
    return [...pixels].filter((value, i) => i % 4 === 0 && value > 200 && (pixels[i + 1] ?? 255) < 50).length
  }, png.toString('base64'))
}

fresh('errors of devices are told, wherever they are', async ({ own }) => {
  const bad = `${request}${invalid}postMessage('done')`
  const problems = await problemsOf(own, {
    'classic.js': `(async () => { ${bad} })()`,
    'module.js': `import './part.js'\n${bad}`,
    'part.js': 'export {}',
    'index.js': `${request}${invalid}
      const done = (worker) => new Promise((resolve, reject) => { worker.onmessage = resolve; worker.onerror = reject })
      const blob = URL.createObjectURL(new Blob([${JSON.stringify(`(async () => { ${bad} })()`)}], { type: 'text/javascript' }))
      await done(new Worker('/classic.js?own=1'))
      await done(new Worker(new URL('/module.js', location.href), { type: 'module' }))
      await done(new Worker(blob))`,
  })
  expect(problems).toHaveLength(1)
  expect(problems[0]).toMatch(/^GPUValidationError of the device "own": .*usage.* \(4 times\)$/s)
})

fresh('consoles and uncaught errors are told, but for what is allowed', async ({ own }) => {
  const script = `console.error('one'); console.error('two'); console.warn('three')
    setTimeout(() => { throw new Error('four') })
    await new Promise((resolve) => setTimeout(resolve, 50))`
  const problems = await problemsOf(own, { 'index.js': script }, { failOn: 'warning', allow: [/two/] })
  expect(problems.map((problem) => problem.replace(/ \(http.*/, ''))).toEqual([
    'console.error: one',
    'console.warning: three',
    'uncaught: four',
  ])
})

fresh('what is required and missing is told with its reason', async ({ own, browser }) => {
  expect(await problemsOf(own, { 'index.js': '' }, { requireDevice: true })).toEqual([
    'expected a WebGPU device, got none: nobody called requestAdapter()',
  ])
  const other = await browser.newContext()
  const files = { 'index.js': 'await navigator.gpu.requestAdapter()' }
  expect(await problemsOf(other, files, { requireBackend: 'webgpu', requireHardware: true })).toEqual([
    expect.stringContaining('an adapter came, and no device was requested of it'),
    'expected Recurra to run on webgpu, got no call of a model',
    expect.stringContaining("expected a GPU's adapter, got one in software"),
  ])
  await other.close()
})

fresh('a loss is told, and not where the test crashes the GPU itself', async ({ own, browser }) => {
  const watch = await watchGpu(own)
  const page = await open(own, { 'index.js': request })
  for (let i = 0; i < 2; i++) {
    await watch.crashGpu()
    expect(await page.evaluate('device.lost.then(({ reason }) => reason)')).toBe('unknown')
    await page.evaluate(`(async () => { ${request} })()`)
  }
  expect(await watch.problems()).toEqual([])
  const session = await browser.newBrowserCDPSession()
  await session.send('Browser.crashGpuProcess').catch(() => undefined)
  await page.evaluate('device.lost.then(() => undefined)')
  expect(await watch.problems()).toEqual([expect.stringContaining('the device "own" was lost (unknown)')])
})

/** Trains in the page as its own script would: under 'auto', from a seed of its own. */
async function trainIn(page: Page, epochs = 2): Promise<void> {
  await page.evaluate(
    async ({ url, epochs }) => {
      const { Dense, Sequential, setSeed }: typeof import('../../src/index.ts') = await import(url)
      setSeed(Math.floor(performance.now() * 1000))
      const model = Sequential([Dense(3, { activation: 'tanh', inputShape: [2] }), Dense(1)])
      model.compile({ loss: 'mse', optimizer: 'sgd' })
      await model.fit(
        [
          [0, 1],
          [1, 0],
        ],
        [[1], [0]],
        { epochs, verbose: 0 },
      )
    },
    { url: entry, epochs },
  )
}

async function emptyPage(watched: GpuWatch, context: BrowserContext): Promise<Page> {
  expect(watched.events).toEqual([])
  const page = await context.newPage()
  await page.route('**/empty', (route) => route.fulfill({ contentType: 'text/html', body: '' }))
  await page.goto('/empty')
  return page
}

test.describe('Recurra', () => {
  test.use({ forceBackend: 'webgpu', forceSeed: 7, requireBackend: 'webgpu', failOn: 'warning' })

  test('runs where the test says, from its seed, and its fits are known', async ({ recurra, context }) => {
    const page = await emptyPage(recurra, context)
    await trainIn(page)
    const first = await recurra.lastFit()
    expect(first).toEqual({ backend: 'webgpu', history: { loss: [expect.any(Number), expect.any(Number)] } })
    const next = recurra.nextFit()
    await page.reload()
    await trainIn(page, 3)
    expect((await next).history.loss).toHaveLength(3)
    expect((await recurra.lastFit()).history.loss.slice(0, 2)).toBeCloseToTensor(first.history.loss)
    // The fit that a page loses as it is loaded anew is none: the next one of that page is the last.
    await page.evaluate(() => globalThis.__recurra__?.onFit?.(new Promise(() => undefined)))
    const last = recurra.lastFit()
    await page.reload()
    await trainIn(page, 1)
    expect((await last).history.loss).toHaveLength(1)
    const failure = Object.assign(new TypeError('refused'), { stack: 'at train' })
    await page.evaluate(() => {
      const error = Object.assign(new TypeError('refused'), { stack: 'at train' })
      globalThis.__recurra__?.onFit?.(Promise.reject(error))
    })
    await expect(recurra.lastFit()).rejects.toEqual(failure)
    expect(recurra.backends).toEqual(['webgpu'])
    await expect(recurra.nextFit({ timeout: 100 })).rejects.toThrow(
      'expected a call of fit within 100 ms, got none',
    )
  })
})

fresh('a page that trained elsewhere than required is told', async ({ own, baseURL }) => {
  const watch = await watchGpu(own, { requireBackend: 'webgpu' })
  const page = await own.newPage()
  await page.route('**/empty', (route) => route.fulfill({ contentType: 'text/html', body: '' }))
  await page.goto(`${baseURL}/empty`)
  await trainIn(page)
  expect(await watch.problems()).toEqual([
    expect.stringContaining('expected Recurra to run on webgpu, got calls on cpu'),
  ])
  await expect(watch.check()).rejects.toThrow(
    /expected no problems, got 1\. Found:\n {2}- expected .*'webgpu'\nProblems that the test expects, name in `allow`\.$/,
  )
})
