/** What a page ships that trains an LSTM: bundled as users do it, minified, gzipped. */
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build, type Rolldown } from 'vite'
import { beforeAll, expect, test } from 'vitest'
import { minifiedKernels } from '../shaders/minify.ts'
import * as kernels from '../src/ops/kernels.gen.ts'

const page = `
  import { Dense, LSTM, Sequential } from 'recurra'
  const model = Sequential([LSTM(5, { inputShape: [1, 1] }), Dense(1)])
  model.compile({ loss: 'mean_squared_error', optimizer: 'adam' })
  await model.fit([[[0]]], [[0]], { epochs: 10 })`

/** Bytes that the page may load before it trains. */
const LIMIT = 60 * 1024

const src = fileURLToPath(new URL('../src/', import.meta.url))
const kilobytes = (bytes: number): string => `${(bytes / 1024).toFixed(1)} KB`

let initial: readonly Rolldown.OutputChunk[] = []
let lazy: readonly Rolldown.OutputChunk[] = []

beforeAll(async () => {
  const entry = '\0page'
  const result = await build({
    configFile: false,
    logLevel: 'error',
    resolve: { alias: { recurra: `${src}index.ts` } },
    plugins: [
      minifiedKernels(),
      {
        name: 'page',
        resolveId: (id) => (id === entry ? id : undefined),
        load: (id) => (id === entry ? page : undefined),
      },
    ],
    build: {
      write: false,
      target: 'es2022',
      modulePreload: false,
      rolldownOptions: { input: entry },
    },
  })
  const chunks = (Array.isArray(result) ? result : [result])
    .flatMap((output) => ('output' in output ? output.output : []))
    .filter((output) => output.type === 'chunk')
  const byName = new Map(chunks.map((chunk) => [chunk.fileName, chunk]))
  const reached = new Set<Rolldown.OutputChunk>()
  const reach = (chunk: Rolldown.OutputChunk | undefined): void => {
    if (!chunk || reached.has(chunk)) return
    reached.add(chunk)
    for (const name of chunk.imports) reach(byName.get(name))
  }
  reach(chunks.find(({ isEntry }) => isEntry))
  initial = [...reached]
  lazy = chunks.filter((chunk) => !reached.has(chunk))
})

const sizeOf = ({ code }: Rolldown.OutputChunk): number => gzipSync(code, { level: 9 }).length
const total = (chunks: readonly Rolldown.OutputChunk[]): number =>
  chunks.reduce((sum, chunk) => sum + sizeOf(chunk), 0)

/** The modules that ended up in chunks, largest first, with their bytes before they are minified. */
const modulesOf = (chunks: readonly Rolldown.OutputChunk[]): (readonly [string, number])[] =>
  chunks
    .flatMap(({ modules }) => Object.entries(modules))
    .map(([id, { renderedLength }]) => [id.replace(src, ''), renderedLength] as const)
    .filter(([, length]) => length > 0)
    .sort(([, a], [, b]) => b - a)

test(`it loads at most ${kilobytes(LIMIT)} before it trains`, () => {
  const size = total(initial)
  console.log(
    [
      `LSTM + Dense: ${kilobytes(size)} minified and gzipped, at once`,
      ...lazy.map((chunk) => `  ${chunk.name}: ${kilobytes(sizeOf(chunk))}, when it is asked for`),
    ].join('\n'),
  )
  const largest = modulesOf(initial).slice(0, 20)
  expect(size, largest.map((entry) => entry.join('  ')).join('\n')).toBeLessThanOrEqual(LIMIT)
})

test('no file formats and no unused layers are in it', () => {
  const modules = modulesOf(initial).map(([id]) => id)
  expect(modules).toContain('layers/lstm.ts')
  expect(modules.filter((id) => /^formats\/|node_modules|^node\.ts$/.test(id))).toEqual([])
  const others =
    /^layers\/(conv|bidirectional|timeDistributed|batch|layerNorm|depthwise|separable|pooling|padding|upSampling)/
  expect(modules.filter((id) => others.test(id))).toEqual([])
})

test('mixed precision is not in it', () => {
  const modules = modulesOf(initial).map(([id]) => id)
  expect(modules.filter((id) => /hal[fv]|lossScale|training\/config/.test(id))).toEqual([])
})

test('the kernels of unused layers are not in it', () => {
  const code = initial.map((chunk) => chunk.code).join('\n')
  const shipped = Object.keys(kernels).filter((name) => code.includes(`fn ${name}(`))
  expect(shipped).toContain('matmul')
  expect(shipped).toContain('lstmSequence')
  expect(
    shipped.filter((name) =>
      /conv|pool|normalization|moments|pad|transpose|half|overflow|lossScale/i.test(name),
    ),
  ).toEqual([])
})
