/**
 * What a page ships that trains an LSTM: the package as it is built, bundled as users do it, minified, gzipped. Counted is
 * what is loaded until it trains: all at once, and then the code of kernels that the model launches, on whichever kind of
 * adapter that is more. Progress on the console and callbacks are loaded where they are asked for.
 */
import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { build, type Rolldown } from 'vite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DEFAULT_TRAITS, type DeviceTraits } from '../src/graph/operation.ts'
import { Dense, LSTM, Sequential } from '../src/index.ts'
import * as kernels from '../src/ops/kernels.gen.ts'
import { buildPackage, pageOf } from './support/buildPackage.ts'
import { bytesOf } from './support/sizeLimits.ts'
import { trainingPlan } from './support/trainingPlan.ts'

const page = `
  import { Dense, LSTM, Sequential } from 'recurra'
  const model = Sequential([LSTM(5, { inputShape: [1, 1] }), Dense(1)])
  model.compile({ loss: 'mean_squared_error', optimizer: 'adam' })
  await model.fit([[[0]]], [[0]], { epochs: 10, verbose: 0 })`

/** Bytes that the page may load until it trains: what is reached. The goal is 48 KB. */
const LIMIT = bytesOf('a page that trains LSTM + Dense, until it trains')

/**
 * The same for a page that loads its model from a Keras file, and trains it: what the file asks for lies in the chunks of Vite's own
 * splitting. The goal is 75 KB.
 */
const fromFile = `
  import { loadModel, tensor } from 'recurra'
  const model = await loadModel('http://localhost/model.keras')
  const ones = (...shape) => tensor(new Float32Array(shape.reduce((a, b) => a * b)).fill(1), shape)
  await model.fit(ones(2, 10, 3), ones(2, 1), { epochs: 10, verbose: 0 })`
const FILE_LIMIT = bytesOf('a page that loads its model from a `.keras` file, until it trains')

const { dist, remove } = await buildPackage()
afterAll(remove)

const kilobytes = (bytes: number): string => `${(bytes / 1024).toFixed(1).padStart(5)} KB`

let chunks: readonly Rolldown.OutputChunk[] = []
let initial: readonly Rolldown.OutputChunk[] = []
let lazy: readonly Rolldown.OutputChunk[] = []

/** Chunks of a page with all that they import; with what they load while they run, too, where it is told which chunks of the page run. */
function withImports(
  entries: readonly Rolldown.OutputChunk[],
  page = chunks,
  running: readonly Rolldown.OutputChunk[] = [],
): Rolldown.OutputChunk[] {
  const byName = new Map(page.map((chunk) => [chunk.fileName, chunk]))
  const reached = new Set<Rolldown.OutputChunk>()
  const reach = (chunk: Rolldown.OutputChunk | undefined): void => {
    if (!chunk || reached.has(chunk)) return
    reached.add(chunk)
    for (const name of chunk.imports) reach(byName.get(name))
    for (const loaded of running) if (chunk.dynamicImports.includes(loaded.fileName)) reach(loaded)
  }
  entries.forEach(reach)
  return [...reached]
}

async function buildPage(script: string): Promise<Rolldown.OutputChunk[]> {
  const { entry, config } = pageOf(dist, script)
  const result = await build({
    ...config,
    build: {
      write: false,
      target: 'es2022',
      modulePreload: false,
      rolldownOptions: {
        input: entry,
        // What is loaded of the package at once is one chunk, as docs/architecture.md advises.
        output: { codeSplitting: { groups: [{ name: 'recurra', tags: ['$initial'], test: /\/dist\// }] } },
      },
    },
  })
  return (Array.isArray(result) ? result : [result])
    .flatMap((output) => ('output' in output ? output.output : []))
    .filter((output) => output.type === 'chunk')
}

beforeAll(async () => {
  chunks = await buildPage(page)
  initial = withImports(chunks.filter(({ isEntry }) => isEntry))
  lazy = chunks.filter((chunk) => !initial.includes(chunk))
})

const sizeOf = ({ code }: Rolldown.OutputChunk): number => gzipSync(code, { level: 9 }).length
const total = (chunks: readonly Rolldown.OutputChunk[]): number =>
  chunks.reduce((sum, chunk) => sum + sizeOf(chunk), 0)

/** The modules that ended up in chunks, largest first, with their bytes before they are minified. */
const modulesOf = (chunks: readonly Rolldown.OutputChunk[]): (readonly [string, number])[] =>
  chunks
    .flatMap(({ modules }) => Object.entries(modules))
    .map(([id, { renderedLength }]) => [id.replace(`${dist}/`, ''), renderedLength] as const)
    .filter(([, length]) => length > 0)
    .sort(([, a], [, b]) => b - a)

/** Adapters, and LSTMs from the page's own to large ones, whose rules take different kernels. */
const adapters: Readonly<Record<string, DeviceTraits>> = {
  'a software adapter': { ...DEFAULT_TRAITS, isSoftware: true },
  'a GPU': { ...DEFAULT_TRAITS, subgroups: { min: 32, max: 32 } },
}
const sizes = [
  { units: 5, features: 1, time: 1, batch: 1 },
  { units: 32, features: 8, time: 64, batch: 32 },
  { units: 128, features: 64, time: 128, batch: 64 },
  { units: 512, features: 512, time: 32, batch: 256 },
]

/** Names of the kernels of a training step. */
function kernelsOf(
  { units, features, time, batch }: (typeof sizes)[number],
  device: DeviceTraits,
): Set<string> {
  const model = Sequential([LSTM(units, { inputShape: [time, features] }), Dense(1)])
  const { operations } = trainingPlan(model, batch, device)
  return new Set(operations.flatMap(({ launches }) => launches.map(({ kernel }) => kernel.name)))
}

/** Chunks with the code of kernels, those that a step launches, and what they import. */
function chunksOf(names: ReadonlySet<string>): Rolldown.OutputChunk[] {
  const own = lazy.filter(({ code }) => [...names].some((name) => code.includes(`fn ${name}(`)))
  return withImports(own).filter((chunk) => lazy.includes(chunk))
}

test(`it loads at most ${LIMIT / 1024} KB until it trains`, () => {
  const atOnce = total(initial)
  const paths = Object.entries(adapters).flatMap(([adapter, device]) =>
    sizes.map((size) => {
      const loaded = chunksOf(kernelsOf(size, device))
      const name = `${adapter}, LSTM(${size.units})`
      return { name, size: atOnce + total(loaded), chunks: loaded.map((chunk) => chunk.name) }
    }),
  )
  // Where no adapter answers, and for models so small that a GPU's launches take longer. WebAssembly is the most of it.
  const onCpu = lazy.filter(({ name }) => ['cpu', 'relaxedSimd.gen'].includes(name))
  expect(onCpu).toHaveLength(2)
  const listening = withImports(lazy.filter(({ name }) => name === 'listening'))
  expect(listening.length).toBeGreaterThan(0)
  const most = paths.reduce((a, b) => (b.size > a.size ? b : a))
  console.log(
    [
      'LSTM + Dense, minified and gzipped',
      `${kilobytes(atOnce)}  at once`,
      ...paths.map((path) => `${kilobytes(path.size)}  ${path.name}: with ${path.chunks.join(', ')}`),
      `${kilobytes(atOnce + total(onCpu))}  the CPU: with ${onCpu.map((chunk) => chunk.name).join(', ')}`,
      `${kilobytes(total(listening.filter((chunk) => lazy.includes(chunk))))}  more with callbacks, validation or progress`,
      'Not loaded, or only so:',
      ...lazy.map((chunk) => `${kilobytes(sizeOf(chunk))}  ${chunk.name}`),
    ].join('\n'),
  )
  const largest = modulesOf(initial).slice(0, 20)
  expect(most.size, largest.map((entry) => entry.join('  ')).join('\n')).toBeLessThanOrEqual(LIMIT)
})

/** Writes the chunks of a page, for Node to run. Returns the path of the one that a page names. */
function writePage(directory: string, page: readonly Rolldown.OutputChunk[]): string {
  const pathOf = ({ fileName }: Rolldown.OutputChunk): string => join(directory, basename(fileName))
  for (const chunk of page) writeFileSync(pathOf(chunk), chunk.code)
  writeFileSync(join(directory, 'package.json'), '{ "type": "module" }')
  const entry = page.find(({ isEntry }) => isEntry)
  if (!entry) throw new Error('a page without a script')
  return pathOf(entry)
}

test('the page trains to its end, though its code waits while chunks are loaded', async () => {
  const directory = join(dist, '../page')
  mkdirSync(directory)
  // Node has no GPU: the page takes the CPU. A module that never ends makes Node exit with an error.
  const { stderr } = await promisify(execFile)(process.execPath, [writePage(directory, chunks)], {
    timeout: 60_000,
  })
  expect(stderr).toBe('')
})

test('no file formats and no unused layers are in it', () => {
  const modules = modulesOf(initial).map(([id]) => id)
  expect(modules).toContain('layers/rnn/lstm.js')
  expect(modules.filter((id) => /^formats\/|node_modules|^node\.js$/.test(id))).toEqual([])
  const others =
    /^(operations|composed)\/|^layers\/(custom|traced|conv|bidirectional|timeDistributed|batch|layerNorm|depthwise|separable|pooling|padding|upSampling)/
  expect(modules.filter((id) => others.test(id))).toEqual([])
})

test('what operations do on the CPU is not in it', () => {
  const modules = modulesOf(initial).map(([id]) => id)
  expect(
    modules.filter((id) =>
      /^backends\/cpu\/(?!traits)|\.cpu\.js$|activationFunctions|lstmCell|gateMasks/.test(id),
    ),
  ).toEqual([])
})

test('mixed precision is not in it', () => {
  const modules = modulesOf(initial).map(([id]) => id)
  expect(modules.filter((id) => /f16|autocast|lossScale|training\/config/.test(id))).toEqual([])
})

test('the kernels of unused layers are not in it', () => {
  const code = chunks.map((chunk) => chunk.code).join('\n')
  const shipped = Object.keys(kernels).filter((name) => code.includes(`fn ${name}(`))
  expect(shipped).toContain('matmul')
  expect(shipped).toContain('lstmStreamed')
  expect(
    shipped.filter((name) =>
      // Losses by name may move an axis: a transposition is loaded with one that does.
      /conv|pool|normalization|^moments|pad|f16|overflow|lossScale/i.test(name),
    ),
  ).toEqual([])
})

/** The chunks of a page that Node loads when it runs the page, on the CPU; fetching gives a file of Keras. */
async function chunksRun(page: readonly Rolldown.OutputChunk[]): Promise<Rolldown.OutputChunk[]> {
  const directory = mkdtempSync(join(tmpdir(), 'recurra-page-'))
  try {
    const model = fileURLToPath(new URL('golden/vanilla/trained.keras', import.meta.url))
    const script = `
      const { readFileSync } = await import('node:fs')
      globalThis.fetch = async () => new Response(readFileSync(${JSON.stringify(model)}))
      await import(${JSON.stringify(writePage(directory, page))})`
    const coverage = join(directory, 'coverage')
    await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script], {
      env: { ...process.env, NODE_V8_COVERAGE: coverage },
    })
    const run = readdirSync(coverage).flatMap((name) => {
      const { result } = JSON.parse(readFileSync(join(coverage, name), 'utf8'))
      return (result as { readonly url: string }[]).map(({ url }) => basename(url))
    })
    return page.filter(({ fileName }) => run.includes(basename(fileName)))
  } finally {
    rmSync(directory, { recursive: true })
  }
}

test(`from a file it loads at most ${FILE_LIMIT / 1024} KB until it trains`, async () => {
  const all = await buildPage(fromFile)
  const idsOf = ({ modules }: Rolldown.OutputChunk): string[] => Object.keys(modules)
  const isOfCpu = (id: string): boolean => /backends\/(cpu\/|withoutGpu)|\.cpu\.js$/.test(id)
  // What Node loads for the CPU alone is left out, with all that only the CPU asks for.
  const onHost = (await chunksRun(all)).filter((chunk) => !idsOf(chunk).some(isOfCpu))
  const entries = all.filter(({ isEntry }) => isEntry)
  const run = withImports(entries, all, onHost)
  expect(run.flatMap(idsOf)).toContain(`${dist}/formats/hdf5/reader.js`)
  expect(run.flatMap(idsOf)).toContain(`${dist}/layers/rnn/lstm.js`)
  // On a GPU the code of kernels is loaded, too.
  const [most = []] = Object.values(adapters)
    .map((device) => kernelsOf({ units: 4, features: 3, time: 10, batch: 2 }, device))
    .map((names) =>
      all.filter(
        ({ name, code }) => !/F16/.test(name) && [...names].some((kernel) => code.includes(`fn ${kernel}(`)),
      ),
    )
    .map((kernels) => [...new Set([...run, ...withImports(kernels, all)])])
    .sort((a, b) => total(b) - total(a))
  const size = total(most)
  console.log(`${kilobytes(size)}  from a file`)
  const largest = most.sort((a, b) => sizeOf(b) - sizeOf(a))
  const listed = largest.map(
    (chunk) =>
      `${kilobytes(sizeOf(chunk))}  ${idsOf(chunk)
        .map((id) => id.replace(dist, ''))
        .join(' ')}`,
  )
  expect(size, listed.join('\n')).toBeLessThanOrEqual(FILE_LIMIT)
})
