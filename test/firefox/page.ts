/** Runs in the page: an LSTM that learns a wave, and a small model of every class of layer; hands the results to the server. */
import * as recurra from 'recurra'
import { expectClose } from '../support/compare.ts'
import { checkLayerModel, layerModels } from '../support/everyLayer.ts'

export interface PageResult {
  readonly engine: string
  /** What setBackend says of WebGPU here, or why there is none. */
  readonly adapter: string
  /** Tests by name; null for one that passed. */
  readonly tests: readonly (readonly [name: string, error: string | null])[]
}

const tests: [string, string | null][] = []

async function test(name: string, run: () => Promise<void>): Promise<void> {
  try {
    await run()
    tests.push([name, null])
  } catch (error) {
    tests.push([name, error instanceof Error ? `${error.message}\n${error.stack}` : String(error)])
  }
}

const STEPS = 12
const wave = Float32Array.from({ length: 96 + STEPS }, (_, t) => Math.sin(t / 4))
const rows = wave.length - STEPS
const windows = Array.from({ length: rows }, (_, t) => [...wave.subarray(t, t + STEPS)]).flat()
const x = recurra.tensor(windows, [rows, STEPS, 1])
const y = recurra.tensor([...wave.subarray(STEPS)], [rows, 1])

/** The losses of an LSTM's epochs. */
async function lossesOn(backend: 'webgpu' | 'cpu'): Promise<readonly number[]> {
  await recurra.setBackend(backend)
  recurra.setSeed(1)
  const model = recurra.Sequential([recurra.LSTM(64, { inputShape: [STEPS, 1] }), recurra.Dense(1)])
  model.compile({ loss: 'mse', optimizer: 'adam' })
  const { history } = await model.fit(x, y, { epochs: 20, batchSize: 32, verbose: 0 })
  model.dispose()
  return history.loss ?? []
}

async function adapterOf(): Promise<string> {
  try {
    return (await recurra.setBackend('webgpu')).description
  } catch (error) {
    return String(error)
  }
}

const adapter = await adapterOf()
await test('an LSTM learns a wave', async () => {
  const losses = await lossesOn('webgpu')
  expectClose('losses', losses, await lossesOn('cpu'), 2e-5)
  const [first = 0] = losses
  if (!((losses.at(-1) ?? Number.NaN) < 0.1 * first)) throw new Error(`losses do not fall: ${losses}`)
})
for (const [name, model] of layerModels(recurra)) await test(name, () => checkLayerModel(recurra, model))

const result: PageResult = { engine: navigator.userAgent, adapter, tests }
await fetch('/result', { method: 'POST', body: JSON.stringify(result) })
