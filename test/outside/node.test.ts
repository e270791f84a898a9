/** The published package in Node: every entry by `import` and by `require`, one copy of everything, and few files at once. */
import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { execPath, versions } from 'node:process'
import { promisify } from 'node:util'
import esbuild from 'esbuild'
import { afterAll, expect, test } from 'vitest'
import { installPackage } from '../support/installPackage.ts'

const { home, folder, remove } = await installPackage()
afterAll(remove)
const { exports, bin } = JSON.parse(readFileSync('package.json', 'utf8'))
/** Entries that change the program that imports them, which only a runner of tests wants. */
const OF_RUNNERS = /^\.\/(testing\/(vitest|node)|playwright)$/
const entries = Object.keys(exports)
  .filter((name) => name !== './package.json' && !OF_RUNNERS.test(name))
  .map((name) => join('recurra', name))

async function runNode(
  code: string,
  type: 'module' | 'commonjs',
  env = process.env,
  cwd = home,
): Promise<string> {
  const { stdout, stderr } = await promisify(execFile)(execPath, [`--input-type=${type}`, '--eval', code], {
    cwd,
    env,
  })
  expect(stderr).toBe('')
  return stdout.trim()
}

const IN_ALL = `
  const [{ Input, Model, setBackend }, ...others] = modules
  const ops = others.find((each) => each.logaddexp)
  setBackend('cpu').then(async () => {
    const x = Input([2])
    const answer = await Model(x, ops.sum(x, 1, true)).predict([[1, 2]])
    console.log(answer.data[0], modules.every((each) => Object.keys(each).length > 0), !!navigator.gpu)
  })`

test('every entry can be imported, and they share their modules', async () => {
  const code = `const modules = await Promise.all(${JSON.stringify(entries)}.map((name) => import(name)))${IN_ALL}`
  expect(await runNode(code, 'module')).toBe('3 true true')
})

test("namespaces of 'recurra/node' say what TensorFlow.js's names are here", async () => {
  const code = `
    const { layers } = await import('recurra/node')
    try { layers.dense({ units: 3 }) } catch (error) { console.log(error.message) }`
  expect(await runNode(code, 'module')).toBe(
    'layers.dense: expected a name of Recurra, got another spelling. Write layers.Dense(…).',
  )
})

// Node 20.19 and 22.12 are the first that give ES modules to require.
const requires = ((major, minor) => major > 22 || (major === 22 ? minor >= 12 : major === 20 && minor >= 19))(
  ...(versions.node.split('.').map(Number) as [number, number]),
)

test('every entry can be required, where Node gives modules to require', async () => {
  const code = `const modules = ${JSON.stringify(entries)}.map((name) => require(name))${IN_ALL}`
  if (requires) expect(await runNode(code, 'commonjs')).toBe('3 true true')
  else await expect(runNode(code, 'commonjs')).rejects.toThrow(/ERR_REQUIRE_ESM|dynamic import/)
})

test('in what a bundler makes of it for a server, files have paths, and WebGPU is asked for', async () => {
  writeFileSync(
    join(home, 'server.mjs'),
    `import { Dense, Sequential } from 'recurra/node'
    await Sequential([Dense(1, { inputShape: [2] })]).save('server.keras')
    console.log(!!navigator.gpu)`,
  )
  const { outputFiles } = await esbuild.build({
    absWorkingDir: home,
    entryPoints: ['server.mjs'],
    outfile: 'server.js',
    bundle: true,
    platform: 'node',
    format: 'esm',
    // What has no effects of its own is large.
    external: ['./recurra.js', './besideIndex.js'],
    write: false,
  })
  const [{ text = '' } = {}] = outputFiles
  expect(await runNode(text.replaceAll('from "./', `from "${folder}/dist/node/`), 'module')).toBe('true')
  expect(readFileSync(join(home, 'server.keras')).length).toBeGreaterThan(1000)
})

test('each entry names what Node loads, and what bundlers load where it runs in pages', () => {
  const files = new Set(readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((path) => `./${path}`))
  for (const [name, entry] of Object.entries<string | Record<string, string>>(exports)) {
    if (typeof entry === 'string') continue
    expect(Object.keys(entry).join(), name).toMatch(/^types,(node,)?default$/)
    expect(entry.node ?? entry.default, name).toMatch(/^\.\/dist\/node\/\w+\.js$/)
    for (const path of Object.values(entry)) expect(files).toContain(path)
  }
  for (const path of Object.values(bin)) expect(files).toContain(path)
})

/** Files of the package that Node has loaded when a program has ended. */
async function filesLoaded(code: string): Promise<string[]> {
  const coverage = join(home, 'coverage')
  await runNode(code, 'module', { ...process.env, NODE_V8_COVERAGE: coverage })
  const loaded = readdirSync(coverage).flatMap((name) => {
    const { result } = JSON.parse(readFileSync(join(coverage, name), 'utf8'))
    return (result as { readonly url: string }[]).map(({ url }) => url)
  })
  return loaded.filter((url) => url.includes('/dist/'))
}

test("import 'recurra' loads few files, since each costs Node a third of a millisecond", async () => {
  const loaded = await filesLoaded("await import('recurra')")
  expect(loaded.length, loaded.join('\n')).toBeLessThanOrEqual(5)
  expect(loaded.filter((url) => url.endsWith('/dist/node/index.js'))).toHaveLength(1)
})

test('an error that nobody catches is printed with the line of the program, and in short lines', async () => {
  const program = join(home, 'mistaken.mjs')
  const code = `import { Dense, Sequential } from 'recurra'
const model = Sequential([Dense(1, { inputShape: [2] })])
model.compile({ loss: 'mse', optimizer: 'sgd' })
await model.fit([[1, 2]], [[Number.NaN]], { callbacks: [] })
`
  writeFileSync(program, code)
  const { stderr } = await promisify(execFile)(execPath, [program]).catch(
    (error: { stderr: string }) => error,
  )
  expect(stderr).toContain(
    '\nRecurraError: Model "sequential".fit, y[0][0]: expected a finite number, got NaN.',
  )
  expect(stderr).toMatch(/\/mistaken\.mjs:4:1\n/)
  for (const line of stderr.split('\n')) expect(line.length).toBeLessThan(200)
})

test('errors name what is made by its class, which no minifier changes', async () => {
  const code = `
    import * as recurra from 'recurra'
    import { Dataset, timeseriesDatasetFromArray } from 'recurra/data'
    const dense = recurra.Dense(1, { inputShape: [2] })
    const model = recurra.Sequential([dense])
    const made = [recurra.tensor([1]), recurra.Input([2]), dense.kernel, Dataset.range(3), recurra.Adam(), recurra.AUC(),
      timeseriesDatasetFromArray([1, 2, 3], null, 2), recurra.EarlyStopping()]
    const told = (attempt) => { try { attempt() } catch (error) { return error.message } }
    console.log(made.map((each) => told(() => recurra.Dense(each)).split(', got ')[1]).join(' '))
    console.log(told(() => class Mine extends recurra.Dense {}))
    console.log(told(() => JSON.stringify(model)))`
  expect((await runNode(code, 'module')).split('\n')).toEqual([
    'Tensor [1]. SymbolicTensor [null, 2]. Weight [2, 1]. Dataset. Adam. AUC. TimeseriesDataset. EarlyStopping.',
    'class extends Dense: expected a base class, such as Layer, got Dense.',
    'Model "sequential": expected await model.toJSON(), got JSON.stringify.',
  ])
})

test.each([
  ['is not installed', null, 'got none. Run `npm install webgpu`'],
  [
    'does not load',
    "throw new Error('unsupported platform\\n at x')",
    'got one that does not load: unsupported platform. Install it anew',
  ],
])('where the package webgpu %s, the CPU runs and the remedy is said', async (what, main, message) => {
  // A copy, since Node looks for packages from where a file really lies.
  const there = join(home, what)
  cpSync(folder, join(there, 'node_modules/recurra'), { recursive: true })
  if (main !== null) {
    mkdirSync(join(there, 'node_modules/webgpu'))
    writeFileSync(join(there, 'node_modules/webgpu/index.js'), main)
  }
  const code = `
      const { RecurraError, setBackend } = await import('recurra/node')
      const error = await setBackend('webgpu').catch((error) => error)
      console.log(error instanceof RecurraError, (await setBackend('auto')).backend, error.message)`
  const told = await runNode(code, 'module', process.env, there)
  expect(told).toMatch(/^true cpu /)
  expect(told).toContain(message)
})
