/**
 * What bundlers leave out of a page that trains LSTM + Dense with two functions of ops: code of others is not loaded when it begins. The bundlers are told nothing but that the page is a module.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import * as esbuild from 'esbuild'
import { build as vite8 } from 'vite'
import { build as vite7 } from 'vite-7'
import { afterAll, expect, test } from 'vitest'
import webpack from 'webpack'
import { installPackage } from '../support/installPackage.ts'

const { home, remove } = await installPackage()
afterAll(remove)

const PAGE = `
  import { Dense, LSTM, Sequential } from 'recurra'
  import * as ops from 'recurra/ops'
  const activation = (x) => ops.tanh(ops.add(x, 1))
  const model = Sequential([LSTM(5, { inputShape: [1, 1] }), Dense(1, { activation })])
  model.compile({ loss: 'mean_squared_error', optimizer: 'adam' })
  await model.fit([[[0]], [[1]]], [[0], [1]], { epochs: 10, verbose: 0 })`

/**
 * KB that the page may load at once, minified and gzipped: what each bundler reaches. Some keep more in one file than others, or name
 * more of what files share; esbuild without splitting puts all that is loaded later into the one file, too.
 */
const LIMITS: Readonly<Record<string, number>> = {
  'vite 8': 79.4,
  'vite 7': 83.1,
  webpack: 84.1,
  'esbuild with splitting': 85,
  'esbuild without splitting': 377,
}

/** What the code of other layers and functions says of itself. */
const UNUSED =
  /className:\s*[`"'](ConvLSTM2D|MultiHeadAttention|TextVectorization|Conv1D)|\bops\.(einsum|quantile|segmentSum|topK)\b/g

/** Bundles the page of a file into a folder; gives the name of the file there that a page names. */
type Bundler = (entry: string, out: string) => Promise<string>

const viteConfig = (entry: string, outDir: string) => ({
  configFile: false as const,
  logLevel: 'error' as const,
  root: dirname(entry),
  build: {
    outDir,
    target: 'es2022',
    modulePreload: false as const,
    chunkSizeWarningLimit: Number.POSITIVE_INFINITY,
    rollupOptions: { input: entry, output: { entryFileNames: 'main.js' } },
  },
})

const withEsbuild =
  (splitting: boolean): Bundler =>
  async (entry, outdir) => {
    await esbuild.build({
      entryPoints: { main: entry },
      outdir,
      splitting,
      bundle: true,
      minify: true,
      format: 'esm',
      target: 'es2022',
      logLevel: 'error',
    })
    return 'main.js'
  }

const bundlers: Readonly<Record<string, Bundler>> = {
  async 'vite 8'(entry, out) {
    await vite8(viteConfig(entry, out))
    return 'main.js'
  },
  async 'vite 7'(entry, out) {
    await vite7(viteConfig(entry, out))
    return 'main.js'
  },
  async webpack(entry, path) {
    const compiler = webpack({
      mode: 'production',
      entry,
      context: dirname(entry),
      target: 'web',
      experiments: { outputModule: true },
      output: { path, filename: 'main.js', module: true, chunkFormat: 'module' },
      performance: false,
    })
    if (!compiler) throw new Error('expected a compiler')
    const stats = await new Promise<webpack.Stats | undefined>((resolve, reject) => {
      compiler.run((error, result) => (error ? reject(error) : resolve(result)))
    })
    expect(stats?.toString({ all: false, errors: true, warnings: true })).toBe('')
    return 'main.js'
  },
  'esbuild with splitting': withEsbuild(true),
  'esbuild without splitting': withEsbuild(false),
}

/** The code that a browser loads for a file at once: the file and what it imports by `from` or for its effects. */
function atOnce(out: string, name: string, found = new Map<string, string>()): string {
  if (!found.has(name)) {
    const code = readFileSync(join(out, name), 'utf8')
    found.set(name, code)
    for (const [, other = ''] of code.matchAll(/(?:\bfrom|\bimport)\s*["'](\.[^"']+)["']/g))
      atOnce(out, join(dirname(name), other), found)
  }
  return [...found.values()].join('\n')
}

test.each(Object.entries(bundlers))(
  '%s: a page has no code of layers and functions of ops that it does not name',
  async (name, bundle) => {
    const folder = join(home, name.replaceAll(' ', '-'))
    mkdirSync(folder)
    const entry = join(folder, 'page.js')
    writeFileSync(entry, PAGE)
    const out = join(folder, 'out')
    const code = atOnce(out, await bundle(entry, out))
    expect(code).toMatch(/lstm_cell/)
    expect(code.match(UNUSED)).toBe(null)
    const kilobytes = gzipSync(code, { level: 9 }).length / 1024
    console.log(`${name}: ${kilobytes.toFixed(1)} KB at once`)
    expect(kilobytes).toBeLessThanOrEqual(LIMITS[name] ?? 0)
  },
)
