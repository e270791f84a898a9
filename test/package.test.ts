/**
 * The package as it is built and packed: it trains as the sources do, to the number, although its kernels are short;
 * nothing that it refers to is missing from it.
 */
import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { execPath } from 'node:process'
import { promisify } from 'node:util'
import { afterAll, expect, test } from 'vitest'
import * as recurra from '../src/index.ts'
import { buildPackage } from './support/buildPackage.ts'
import { requestTestDevice } from './support/gpu.ts'
import { LanguageService } from './support/languageService.ts'
import { packPackage } from './support/packPackage.ts'
import { uniform } from './support/values.ts'

const device = await requestTestDevice()
const { dist, remove } = await buildPackage()
afterAll(remove)
const root = dirname(dist)
const run = promisify(execFile)
const built = (await import(/* @vite-ignore */ `${dist}/index.js`)) as typeof recurra

/** Losses of a model with layers, losses and metrics of many kinds. */
async function train({
  setBackend,
  setSeed,
  Sequential,
  Conv1D,
  BatchNormalization,
  Bidirectional,
  LSTM,
  Dropout,
  Dense,
}: typeof recurra) {
  setSeed(5)
  const model = Sequential([
    Conv1D(6, 3, { activation: 'relu', inputShape: [8, 3] }),
    BatchNormalization(),
    Bidirectional(LSTM(5, { recurrentDropout: 0.1 })),
    Dropout(0.2),
    Dense(3, { activation: 'softmax' }),
  ])
  model.compile({ loss: 'sparse_categorical_crossentropy', optimizer: 'adam', metrics: ['accuracy'] })
  const classes = Array.from({ length: 12 }, (_, i) => i % 3)
  const { history } = await model.fit(uniform([12, 8, 3], -1, 1).toArray<number[][][]>(), classes, {
    epochs: 3,
    batchSize: 4,
    verbose: 0,
  })
  model.dispose()
  await setBackend('cpu')
  return history
}

test.each(['cpu', 'webgpu'] as const)('it trains on %s as the sources do', async (backend) => {
  const histories = []
  for (const from of [recurra, built]) {
    await from.setBackend(backend, backend === 'webgpu' ? { device } : {})
    histories.push(await train(from))
  }
  const [expected, got] = histories
  expect(got).toEqual(expected)
})

test('what is packed: the built modules, their types, the documents, and all that these refer to', async () => {
  const packed = await packPackage()
  const files = packed.files.map(({ path }) => path)
  const kinds =
    /^(dist\/.*\.(js|d\.ts)|dist\/recurra\.min\.js\.LICENSE\.txt|docs\/.*|[A-Z]+\.md|LICENSE|package\.json)$/
  expect(files.filter((path) => !kinds.test(path))).toEqual([])
  expect(files.filter((path) => !path.includes('/')).sort()).toEqual([
    'CHANGELOG.md',
    'CONTRIBUTING.md',
    'LICENSE',
    'README.md',
    'package.json',
  ])
  const { main, types, bin, exports } = JSON.parse(readFileSync('package.json', 'utf8'))
  const exported = Object.values<string | Record<string, string>>(exports).flatMap((entry) =>
    typeof entry === 'string' ? [entry] : Object.values(entry),
  )
  const links = files
    .filter((path) => path.endsWith('.md'))
    .flatMap((path) =>
      [...readFileSync(path, 'utf8').matchAll(/\]\(([^)#]+)/g)].map(([, link = '']) =>
        posix.join(posix.dirname(path), link),
      ),
    )
    .filter((link) => !/^https?:/.test(link))
  expect(links).toContain('docs/demo.webp')
  const targets = [main, types, bin.recurra, ...exported, ...links].map((target) => posix.normalize(target))
  expect(targets.filter((target) => !files.includes(target))).toEqual([])
})

test('the command runs as it is installed', async () => {
  const command = join(dist, 'node/cli.js')
  expect(readFileSync(command, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/)
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'))
  expect(await run(execPath, [command, '--version'])).toEqual({ stdout: `${version}\n`, stderr: '' })
  const failed = run(execPath, [command, 'summary', 'absent.keras'])
  await expect(failed).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining('absent.keras') })
})

test("an editor offers what users call of a layer, and the index has no layer's class", async () => {
  const { folder } = await packPackage()
  expect(readFileSync(join(folder, 'dist/layers/index.d.ts'), 'utf8')).not.toMatch(
    /\b(?!InputLayer\b)\w+Layer\b/,
  )
  const service = await LanguageService.start()
  try {
    const text = `import { LSTM } from ${JSON.stringify(join(folder, 'dist/index.js'))}\nconst layer = LSTM(3)\nlayer.`
    service.open('test/edited/layer.ts', text)
    const offered = await service.completions('test/edited/layer.ts', { line: 2, character: 6 })
    const ofFunctions = ['Symbol', ...Object.getOwnPropertyNames(Function.prototype)]
    expect(offered.filter((name) => !ofFunctions.includes(name)).sort()).toEqual([
      'build',
      'built',
      'className',
      'computeDtype',
      'computeMask',
      'computeOutputShape',
      'config',
      'countParams',
      'dtype',
      'dtypePolicy',
      'getConfig',
      'getInitialState',
      'getStates',
      'getWeights',
      'input',
      'nonTrainableWeights',
      'output',
      'path',
      'prototype',
      'resetStates',
      'setWeights',
      'states',
      'trainable',
      'trainableWeights',
      'variableDtype',
      'weights',
    ])
  } finally {
    service.stop()
  }
})

test('the program on the first screen of the README runs as it stands', async () => {
  const program = /```js\n(.*?)```/s.exec(readFileSync('README.md', 'utf8'))?.[1] ?? ''
  writeFileSync(join(root, 'forecast.mjs'), program)
  const { stdout } = await run(execPath, ['forecast.mjs'], { cwd: root })
  const [loss, forecast, truth] = [...stdout.matchAll(/(?:loss|forecast|truth) (\S+)/g)].map(([, value]) =>
    Number(value),
  )
  expect(stdout).toContain('lstm (LSTM)')
  expect(loss).toBeLessThan(0.01)
  expect(Math.abs((forecast ?? Number.NaN) - (truth ?? Number.NaN))).toBeLessThan(0.2)
})
