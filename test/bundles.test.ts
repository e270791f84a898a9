/**
 * Pages that call loadModel and name no layer, bundled from the built package: they load what the sources load. A bundler
 * leaves out modules of which a page uses nothing, and nobody but loadModel asks for most layers there.
 */
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as esbuild from 'esbuild'
import { build } from 'vite'
import { afterAll, describe, expect, test } from 'vitest'
import * as sources from '../src/index.ts'
import { aliasesOf, buildPackage, pageOf } from './support/buildPackage.ts'
import { goldenCase } from './support/golden.ts'
import { changedFile, lstmOf, type ModelJson } from './support/kerasFiles.ts'
import { chosen } from './support/sampled.ts'

const ofOps = (imports: string): string => `
  import { Input, Model } from 'recurra'
  ${imports}
  const x = Input([3])
  globalThis.model = Model(x, ops.tanh(ops.add(x, random.normal(x))))`

type Page = Pick<typeof sources, 'loadModel' | 'setBackend'>

const page = `
  import { loadModel, setBackend } from 'recurra'
  globalThis.page = { loadModel, setBackend }`

const { dist, remove } = await buildPackage()
afterAll(remove)
const directory = join(dist, '../bundles')
mkdirSync(directory)

/** Bundles a page into a directory of a name; gives the file that a browser would load first. */
type Bundler = (code: string, name: string) => Promise<string>

const bundlers: Readonly<Record<string, Bundler>> = {
  async vite(code, name) {
    const { entry, config } = pageOf(dist, code)
    const outDir = join(directory, `vite-${name}`)
    const result = await build({
      ...config,
      build: {
        outDir,
        target: 'es2022',
        // what preloads chunks asks for a document
        modulePreload: false,
        chunkSizeWarningLimit: Infinity,
        rolldownOptions: { input: entry },
      },
    })
    const [output] = [result].flat()
    if (!output || !('output' in output)) throw new Error('expected chunks')
    return join(outDir, output.output[0].fileName)
  },
  esbuild: (code, name) => runEsbuild(code, `esbuild-${name}`, { splitting: true }),
  'esbuild, one file': (code, name) => runEsbuild(code, `esbuild-whole-${name}`, { splitting: false }),
}

async function runEsbuild(code: string, name: string, options: esbuild.BuildOptions): Promise<string> {
  const outdir = join(directory, name)
  await esbuild.build({
    ...options,
    stdin: { contents: code, resolveDir: dist },
    outdir,
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    alias: aliasesOf(dist),
    logLevel: 'error',
  })
  return join(outdir, 'stdin.js')
}

/** What a page makes of a trained file: two epochs more, and what it answers then. */
async function resume({ loadModel, setBackend }: Page, name: string): Promise<unknown> {
  await setBackend('cpu')
  const { trainedBytes, x, y } = goldenCase(name)
  const model = await loadModel(trainedBytes as Uint8Array)
  const given = (arrays: typeof x) => {
    const tensors = arrays.map(({ data, shape }) => sources.tensor(data, shape).toArray<number[]>())
    return tensors.length > 1 ? tensors : (tensors[0] ?? [])
  }
  const { history } = await model.fit(given(x), given(y), { epochs: 2, shuffle: false, verbose: 0 })
  const predicted = [await model.predict(given(x))].flat()
  model.dispose()
  return { history, predicted: predicted.map((output) => output.toArray()) }
}

/** Files that name what nobody knows: the errors list all that can be loaded. */
const unknown: Readonly<Record<string, (model: ModelJson) => void>> = {
  layer: (model) => {
    lstmOf(model).class_name = 'Unknown'
  },
  initializer: (model) => {
    lstmOf(model).config.kernel_initializer = 'unknown'
  },
  optimizer: (model) => {
    model.compile_config.optimizer = { class_name: 'Unknown', config: {} }
  },
  loss: (model) => {
    model.compile_config.loss = 'unknown'
  },
  metric: (model) => {
    model.compile_config.metrics = ['unknown']
  },
}

const failure = (loading: Promise<unknown>): Promise<string> =>
  loading.then(
    () => 'no error',
    (error: unknown) => String(error),
  )

describe.each(Object.keys(bundlers))('%s', (name) => {
  let loaded: Promise<Page> | undefined
  const load = (): Promise<Page> => {
    loaded ??= (async () => {
      const file = await (bundlers[name] as Bundler)(page, 'page')
      await import(/* @vite-ignore */ file)
      return (globalThis as unknown as { page: Page }).page
    })()
    return loaded
  }

  // A model with the most kinds of layers by one of them, a small one by the others.
  test.each(
    chosen(
      ['seq2seq_states', 'convlstm2d_frames', 'bidirectional'],
      (golden) => golden === (name === 'vite' ? 'seq2seq_states' : 'bidirectional'),
    ),
  )('%s trains on', async (golden) => {
    expect(await resume(await load(), golden)).toEqual(await resume(sources, golden))
  })

  test.each(Object.entries(unknown))('every %s can be loaded', async (_, change) => {
    const file = changedFile(change)
    const expected = await failure(sources.loadModel(file))
    expect(expected).toMatch(/FormatError: .*expected (layers|an initializer|an optimizer|a loss|a metric)/)
    expect(await failure((await load()).loadModel(file))).toBe(expected)
  })
})

/** As entries of the package, which every bundler looks into; esbuild does not into a namespace that the index exports. */
const ofEntries = `import * as ops from 'recurra/ops'
  import * as random from 'recurra/random'`

test.each([
  ['vite', "import { ops, random } from 'recurra'"],
  ['vite', ofEntries],
])('%s: functions of ops and random that a page does not name are not in it', async (bundler, imports) => {
  const name = imports === ofEntries ? 'entries' : 'ops'
  const code = readFileSync(await (bundlers[bundler] as Bundler)(ofOps(imports), name), 'utf8')
  // Errors name the function; not all functions have one.
  const names = [...code.matchAll(/\b(ops|random)\.(\w+)[`'"]/g)].map(
    ([, of = '', name = '']) => `${of}.${name}`,
  )
  expect(new Set(names)).toEqual(new Set(['random.normal']))
})
