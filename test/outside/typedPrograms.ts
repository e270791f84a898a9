/** Programs of others that name every entry of the installed package, and what a compiler says of them and of its declarations. */
import { execFile } from 'node:child_process'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { execPath } from 'node:process'
import { type Installed, installPackage } from '../support/installPackage.ts'

/** Packages whose types those of the entries for Node and for tests name. */
const BESIDE = ['@types/node', '@playwright/test', 'vitest']

/** The package, beside those whose types it names. */
export async function installTyped(): Promise<Installed> {
  const installed = await installPackage()
  for (const name of BESIDE) {
    const place = join(installed.home, 'node_modules', name)
    mkdirSync(join(place, '..'), { recursive: true })
    symlinkSync(resolve('node_modules', name), place, 'junction')
  }
  return installed
}

/** A program with every entry that pages import. */
const PROGRAM = `
import { Adam, Dense, EarlyStopping, History, Layer, LSTM, Sequential, type SymbolicTensor, tensor } from 'recurra'
import { timeseriesDatasetFromArray } from 'recurra/data'
import { toKeras } from 'recurra/formats'
import * as ops from 'recurra/ops'
import * as random from 'recurra/random'
import { wrap } from 'recurra/worker'

class Twice extends Layer {
  override call(x: SymbolicTensor) {
    return ops.multiply(x, 2)
  }
}

export async function train(series: Float32Array): Promise<number[]> {
  const model = Sequential([LSTM(4, { inputShape: [3, 1] }), new Twice(), Dense(1)])
  model.compile({ loss: 'mse', optimizer: Adam(0.01), metrics: ['mae'] })
  const { history } = await model.fit(tensor(series, [4, 3, 1]), [1, 2, 3, 4], {
    callbacks: [EarlyStopping({ monitor: 'loss' })],
  })
  const losses: number[] = history.loss
  return losses
}
export { History, random, timeseriesDatasetFromArray, toKeras, wrap }
`

/** Programs with the entries of Node and of tests. */
const PROGRAM_OF_TESTS = `
import { Dense, loadModel, Sequential, setBackend } from 'recurra/node'
import { assertTensorClose, requestDevice, tensorMatchers, type TestHook } from 'recurra/testing'
import { expect, test } from 'recurra/playwright'
import 'recurra/testing/node'
import { expect as expectOfVitest } from 'vitest'
import 'recurra/testing/vitest'

test.use({ forceBackend: 'webgpu', forceSeed: 1, requireBackend: 'webgpu', gpu: 'software' })
test('a page', async ({ page, recurra }) => {
  await page.goto('/')
  const { backend, history } = await recurra.lastFit()
  expect(backend).toBe('webgpu')
  expect(history.loss).toBeCloseToTensor([1, 2], { terms: 3 })
  await recurra.crashGpu()
})

export async function inNode(path: string): Promise<number> {
  await setBackend('webgpu', { device: await requestDevice() })
  const model = Sequential([Dense(1, { inputShape: [2] })])
  await model.save(path)
  const predicted = await (await loadModel(path)).predict([[1, 2]])
  assertTensorClose(predicted, [[1]], { terms: 2 })
  expectOfVitest(predicted).toBeCloseToTensor([[1]], { terms: 2 })
  return predicted.data[0] ?? Number.NaN
}
export const hook: TestHook = { backend: 'webgpu', seed: 7 }
export { tensorMatchers }
`

/** What a compiler says of the program and of this package; types of others may be too new for it. */
const isOurs = (line: string): boolean =>
  /^(\S*[/\\])?(recurra|packed-)\S*\.d\.ts|^\S*program\S*\.mts/.test(line)

/** Resolutions of modules, each with the module kind that goes with it. */
export const RESOLUTIONS = { bundler: 'esnext', node16: 'node16' }

/** A compiler, and how it finds modules. */
interface Compiler {
  /** Its folder. */
  readonly compiler: string
  readonly moduleResolution: string
  readonly module: string
}

/** The present compiler. */
export const PRESENT = 'node_modules/typescript'

/** What a compiler says of both programs, with the declarations that they load. */
export async function typeErrorsOf(
  { home }: Installed,
  { compiler, moduleResolution, module }: Compiler,
): Promise<readonly string[]> {
  writeFileSync(join(home, 'program.mts'), PROGRAM)
  writeFileSync(join(home, 'programOfTests.mts'), PROGRAM_OF_TESTS)
  const compilerOptions = {
    module,
    moduleResolution,
    target: 'es2022',
    lib: ['es2022', 'dom', 'dom.iterable'],
    types: [],
    strict: true,
    noEmit: true,
    skipLibCheck: false,
    noImplicitOverride: true,
  }
  const saidOf = (program: string, others: object): Promise<string> => {
    const project = join(home, `${program}-${compiler.replace(/\W+/g, '-')}-${moduleResolution}.json`)
    const options = { ...compilerOptions, ...others }
    writeFileSync(project, JSON.stringify({ compilerOptions: options, files: [`${program}.mts`] }))
    return new Promise((end) => {
      execFile(execPath, [resolve(compiler, 'bin/tsc'), '-p', project], (_, stdout, stderr) =>
        end(stdout + stderr),
      )
    })
  }
  const said = (await saidOf('program', {})).split('\n').filter((line) => line !== '')
  const saidOfTests = await saidOf('programOfTests', { types: ['node'] })
  return [...said, ...saidOfTests.split('\n').filter(isOurs)]
}
