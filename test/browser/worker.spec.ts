/** Models in a Web Worker: they train as in the page, to the number; a worker that is ended ends its calls. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { expect } from '@playwright/test'
import { test } from './cleanPage.ts'

const FOLDER = 'test/artifacts/worker-pages'
const at = (file: string): string => `/@fs${process.cwd()}/${file}`

/** What the page's own model and the worker's are made by. */
const MODEL = `
  import { Dense, Dropout, LSTM, Sequential } from 'recurra'
  export function makeModel() {
    const model = Sequential([LSTM(4, { inputShape: [5, 2] }), Dropout(0.2), Dense(1)])
    model.compile({ loss: 'mse', optimizer: 'adam', metrics: ['mae'] })
    return model
  }`
const WORKER = `
  import { expose } from 'recurra/worker'
  import { makeModel } from './model.ts'
  expose(makeModel)`
const PAGE = `
  import * as recurra from 'recurra'
  import { transfer, wrap } from 'recurra/worker'
  import { makeModel } from './model.ts'
  const start = () => new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' })
  Object.assign(globalThis, { recurra, transfer, wrap, makeModel, start })`

test.beforeAll(() => {
  mkdirSync(FOLDER, { recursive: true })
  for (const [name, code] of Object.entries({ model: MODEL, worker: WORKER, page: PAGE }))
    writeFileSync(`${FOLDER}/${name}.ts`, code)
})
test.afterAll(() => rmSync(FOLDER, { recursive: true }))

/** What PAGE puts into the page. */
declare const page: {
  readonly recurra: typeof import('../../src/index.ts')
  readonly makeModel: () => import('../../src/index.ts').SequentialModel
  readonly start: () => Worker
} & typeof import('../../src/worker/index.ts')

/** Runs in the page. */
async function compare(backend: 'cpu' | 'webgpu') {
  const { recurra, transfer, wrap, makeModel, start } = globalThis as unknown as typeof page
  const numbers = Float32Array.from({ length: 24 * 5 * 2 }, (_, i) => Math.sin(i))
  const x = recurra.tensor(numbers, [24, 5, 2])
  const y = recurra.tensor(
    Array.from({ length: 24 }, (_, i) => Math.cos(i)),
    [24, 1],
  )
  const options = { epochs: 4, batchSize: 8, validationSplit: 0.25, verbose: 0 } as const
  await recurra.setBackend(backend)
  recurra.setSeed(3)
  const local = makeModel()
  const expected = await local.fit(x, y, options)
  const worker = start()
  const remote = await wrap(worker, null, { backend, seed: 3 })
  const epochs: number[] = []
  const got = await remote.fit(x, y, { ...options, callbacks: { onEpochEnd: (epoch) => epochs.push(epoch) } })
  const predicted = [await local.predict(x), await remote.predict(transfer(x))].map(({ data }) => [...data])
  const left = numbers.length

  const endless = remote.fit(new Float32Array(0) as never, y).catch((error: Error) => error.name)
  const refused = await endless
  const running = remote.fit(y.toArray() as never, y).catch((error: Error) => error.message)
  const wrong = await running
  const ended = remote
    .fit(recurra.tensor(new Float32Array(240), [24, 5, 2]), y, { epochs: 1e6, verbose: 0 })
    .catch((error: Error) => error.message)
  await new Promise((resolve) => setTimeout(resolve, 50))
  worker.terminate()
  local.dispose()
  return {
    expected: expected.history,
    got: got.history,
    epochs,
    predicted,
    left,
    refused,
    wrong,
    ended: await ended,
  }
}

for (const backend of ['webgpu', 'cpu'] as const) {
  test(`on ${backend} a worker trains as the page does`, async ({ emptyPage: page }) => {
    await page.addScriptTag({ type: 'module', url: at(`${FOLDER}/page.ts`) })
    await page.waitForFunction(() => 'makeModel' in globalThis)
    const result = await page.evaluate(compare, backend)
    expect(result.got).toEqual(result.expected)
    expect(Object.keys(result.got)).toEqual(['loss', 'mae', 'val_loss', 'val_mae'])
    expect(result.epochs).toEqual([0, 1, 2, 3])
    expect(result.predicted[1]).toEqual(result.predicted[0])
    expect([result.left, result.refused]).toEqual([0, 'RecurraError'])
    expect(result.wrong).toContain('expected input [batch, 5, 2]')
    expect(result.ended).toMatch(/expected its worker to run on, got its end\./)
  })
}
