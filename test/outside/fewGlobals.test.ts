/**
 * The package where a page's globals are few: in Jest's jsdom, which has neither TextEncoder nor MessageChannel nor setImmediate nor
 * Response, and at the edge, where setImmediate throws. It is imported, trains on the CPU and predicts there, as it does in Node.
 */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { execPath } from 'node:process'
import { promisify } from 'node:util'
import { beforeAll, expect, test } from 'vitest'
import { packPackage } from '../support/packPackage.ts'

/** What trains, of the package and of the globals that it is run with. */
const PROGRAM = `
  await setBackend('cpu')
  setSeed(3)
  const x = Array.from({ length: 64 }, (_, i) => Array.from({ length: 4 }, (_, t) => [Math.sin(i + t)]))
  const y = x.map(([[first]]) => [first])
  const model = Sequential([LSTM(4, { inputShape: [4, 1] }), Dense(1)])
  model.compile({ loss: 'mse', optimizer: 'adam' })
  const callbacks = { onEpochEnd: () => new Promise((resolve) => setTimeout(resolve, 15)) }
  const { history } = await model.fit(x, y, { epochs: 4, batchSize: 8, validationSplit: 0.25, verbose: 0, callbacks })
  const { data } = await model.predict(x.slice(0, 3))
  console.log(JSON.stringify([history, [...data]]))`

const inContext = (script: string, more: string): string => `
  import { readFileSync } from 'node:fs'
  import vm from 'node:vm'
  const context = vm.createContext({ console, performance, setTimeout, clearTimeout, AbortController, AbortSignal, DOMException, URL, atob, ${more} })
  const script = new vm.SourceTextModule(readFileSync(${JSON.stringify(script)}, 'utf8'), { context })
  await script.link(() => { throw new Error('the script imports nothing') })
  const program = new vm.SourceTextModule(${JSON.stringify(`import { Dense, LSTM, Sequential, setBackend, setSeed } from 'recurra'\n${PROGRAM}`)}, { context })
  await program.link(() => script)
  await program.evaluate()`

let script: string
beforeAll(async () => {
  script = join((await packPackage()).folder, 'dist/recurra.min.js')
})

async function run(code: string): Promise<unknown> {
  const args = ['--experimental-vm-modules', '--no-warnings', '--input-type=module', '--eval', code]
  const { stdout } = await promisify(execFile)(execPath, args)
  return JSON.parse(stdout)
}

test.each([
  ['jsdom of Jest', ''],
  [
    'an edge',
    "setImmediate() { throw new Error('A Node.js API is used (setImmediate)') }, TextEncoder, TextDecoder",
  ],
])('%s', async (_, more) => {
  const inNode = await run(
    `const { Dense, LSTM, Sequential, setBackend, setSeed } = await import(${JSON.stringify(script)})\n${PROGRAM}`,
  )
  expect(await run(inContext(script, more))).toEqual(inNode)
})
