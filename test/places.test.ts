/**
 * The lists of docs/architecture.md that say where a new thing goes: what they name is there, none is longer than it should be,
 * and two of them are followed to the letter. In a copy of the sources an activation and an optimizer are added, at the places
 * that the lists name and nowhere else; the kernels are built, and a model trains with both on both backends. So is
 * docs/adding-an-operation.md followed there: its files and changes are made, its test runs, and a model trains with its layer.
 */
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import type { CallableLayer } from '../src/index.ts'
import { expectClose } from './support/compare.ts'
import { blocksOf } from './support/documents.ts'
import { requestTestDevice } from './support/gpu.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const device = await requestTestDevice()

/** How many places the addition of each thing may take. */
const MOST: Readonly<Record<string, number>> = {
  'an elementwise operation of two tensors': 4,
  'an activation': 2,
  'a loss': 3,
  'a metric': 3,
  'an optimizer': 6,
  'a layer': 3,
  'a recurrent cell': 8,
}

/** The places of each thing, in the document's order. */
const lists = new Map(
  [
    ...readFileSync(`${root}docs/architecture.md`, 'utf8').matchAll(/^To add (.+):\n\n((?:\d+\. .*\n)+)/gm),
  ].map(([, thing = '', list = '']) => [
    thing,
    [...list.matchAll(/^\d+\. `([^`]+)`/gm)].map(([, path = '']) => path),
  ]),
)
const placesOf = (thing: string): readonly string[] => lists.get(thing) ?? []

test('there is a list for each kind of thing, no longer than it should be', () => {
  expect([...lists.keys()].sort()).toEqual(Object.keys(MOST).sort())
  for (const [thing, most] of Object.entries(MOST)) {
    expect(placesOf(thing).length, thing).toBeGreaterThan(0)
    expect(placesOf(thing).length, thing).toBeLessThanOrEqual(most)
  }
})

test('what the lists name is there, but for files of the new thing', () => {
  const isNew = /\/(gru|rprop|thresholdedRelu)\.(cpu\.)?(ts|wgsl)$/
  const missing = [...lists.values()].flat().filter((path) => !isNew.test(path) && !existsSync(root + path))
  expect(missing).toEqual([])
})

/** What goes to a place: a new file's text, or lines before or after the one that a pattern finds. */
type Change = string | readonly (readonly [pattern: RegExp, lines: string])[]

const cube: Readonly<Record<string, Change>> = {
  'shaders/lib/activation.wgsl': [
    [/^const SILU_CODE = .*\n/m, '$&const CUBE_CODE = 90u;\n'],
    [/ {4}default: \{ return x; \}/, '    case CUBE_CODE: { return x * x * x; }\n$&'],
    [/ {4}default: \{ return ONE; \}/, '    case CUBE_CODE: { return 3.0 * s * s; }\n$&'],
  ],
  'src/ops/activationFunctions.ts': [
    [
      / {2}\[activations\.mish\.code\]/,
      '  [activations.cube.code]: { apply: (x) => x ** 3, slope: (x) => 3 * x * x },\n$&',
    ],
  ],
}

const signSgd: Readonly<Record<string, Change>> = {
  'shaders/signSgd.wgsl': readFileSync(`${root}shaders/lion.wgsl`, 'utf8')
    .replace('fn lion(', 'fn signSgd(')
    .replace(/struct Params \{.*\}/, 'struct Params { size: u32 }')
    .replace(/.*var<storage, read_write> m:.*\n/, '')
    .replace(/.*m\[i\].*\n.*m\[i\].*\n/, '')
    .replace('orNan(sign(direction), direction)', 'orNan(sign(g), g)'),
  'src/ops/optimizers.ts': [
    [
      /$(?![\s\S])/,
      `
import { signSgd } from './kernels.gen.ts'
export const signUpdate = defineOp({
  kernel: signSgd,
  optional: ['scaling'],
  updates: ['parameters'],
  shape: () => ({}),
  params: ({ parameters, scaling }, _attrs: object) => ({
    size: sizeOf(parameters),
    SCALED: Number(scaling !== undefined),
  }),
  threads: ({ size }) => size,
})
`,
    ],
  ],
  'src/ops/optimizers.cpu.ts': [
    [
      /$(?![\s\S])/,
      `
export const signSgd = cpuSide<typeof Kernels.signSgd>({
  cpu({ gradients, parameters, scaling }, p, { rate }) {
    if (unscaling(p, scaling) === 0) return
    for (let i = 0; i < p.size; i++) parameters[i]! -= rate * Math.sign(gradients[i]!)
  },
})
`,
    ],
  ],
  'src/training/optimizers/signSgd.ts': `
import { signUpdate } from '../../ops/optimizers.ts'
import { defineOptimizer, type OptimizerConstructor } from '../defineOptimizer.ts'
export const SignSGD: OptimizerConstructor = defineOptimizer('SignSGD', 0.01, {}, () => ({
  slots: [],
  scalars: (rate) => ({ rate }),
  lower(graph, { parameters, gradients, scaling }) {
    signUpdate(graph, { parameters, gradients, scaling }, {})
  },
}))
`,
  'src/training/optimizers/index.ts': [[/$(?![\s\S])/, "export { SignSGD } from './signSgd.ts'\n"]],
  'src/training/optimizerByName.ts': [[/Nadam RMSprop'/, "Nadam RMSprop SignSGD'"]],
}

const tree = mkdtempSync(join(tmpdir(), 'recurra-places-'))
afterAll(() => rmSync(tree, { recursive: true }))

/** Makes the changes, which are at the places of a list. */
function follow(
  thing: string,
  changes: Readonly<Record<string, Change>>,
  renamed: readonly [string, string],
): void {
  const places = placesOf(thing).map((path) => path.replace(...renamed))
  expect(Object.keys(changes)).toEqual(places)
  for (const [path, change] of Object.entries(changes)) {
    const file = join(tree, path)
    if (typeof change === 'string') {
      expect(existsSync(file), path).toBe(false)
      writeFileSync(file, change)
      continue
    }
    const before = readFileSync(file, 'utf8')
    const after = change.reduce((text, [pattern, lines]) => {
      expect(text, `${path} has ${pattern}`).toMatch(pattern)
      return text.replace(pattern, lines)
    }, before)
    writeFileSync(file, after)
  }
}

/** Makes the files and the changes of a page: a block is a new file, or one of `diff`, whose other lines stand in the file once. */
function followPage(path: string): void {
  for (const { language, file, code } of blocksOf(path)) {
    const target = join(tree, file)
    if (language !== 'diff') {
      expect(existsSync(target), file).toBe(false)
      mkdirSync(dirname(target), { recursive: true })
      writeFileSync(target, code)
      continue
    }
    const lines = code.trimEnd().split('\n')
    const without = (sign: string): string =>
      lines.flatMap((line) => (line.startsWith(sign) ? [] : [line.slice(1)])).join('\n')
    const text = readFileSync(target, 'utf8')
    expect(text.split(without('+')), `${file} has the lines of the change once`).toHaveLength(2)
    writeFileSync(
      target,
      text.replace(without('+'), () => without('-')),
    )
  }
}

for (const folder of ['src', 'shaders']) cpSync(root + folder, join(tree, folder), { recursive: true })
cpSync(`${root}test/support`, join(tree, 'test/support'), { recursive: true })
cpSync(`${root}package.json`, join(tree, 'package.json'))
symlinkSync(`${root}node_modules`, join(tree, 'node_modules'))
follow('an activation', cube, ['', ''])
follow('an optimizer', signSgd, ['rprop', 'signSgd'])
followPage('docs/adding-an-operation.md')
const { buildKernels } = (await import(
  /* @vite-ignore */ `${tree}/shaders/build.ts`
)) as typeof import('../shaders/build.ts')
await buildKernels()
await import(/* @vite-ignore */ `${tree}/test/ops/seasonalDifference.test.ts`)

test.each(['cpu', 'webgpu'] as const)('a model trains with both on %s', async (backend) => {
  const recurra = (await import(
    /* @vite-ignore */ `${tree}/src/index.ts`
  )) as typeof import('../src/index.ts')
  await recurra.setBackend(backend, backend === 'webgpu' ? { device } : {})
  const activation = 'cube' as 'relu'
  const model = recurra.Sequential([recurra.Dense(1, { inputShape: [2], activation })])
  model.compile({ loss: 'mse', optimizer: { className: 'SignSGD', config: { learningRate: 0.25 } } as never })
  model.setWeights([recurra.tensor([0.5, -1], [2, 1]), recurra.tensor([0.25], [1])])
  const x = recurra.tensor([1, 2, -1, 0.5], [2, 2])
  const y = recurra.tensor([1, 0], [2, 1])
  // z = 0.5·x₀ − x₁ + 0.25 is −1.25 and −0.75.
  const z = [-1.25, -0.75]
  const predicted = await model.predict(x)
  expectClose(
    'prediction',
    predicted.data,
    z.map((value) => value ** 3),
    1e-6,
  )
  // The mean of (z³ − y)², whose slope by z is (z³ − y)·3z².
  const [a = 0, b = 0] = z.map((value, i) => (value ** 3 - (i === 0 ? 1 : 0)) * 3 * value * value)
  const gradients = Object.values(await model.gradients(x, y)).flatMap(({ data }) => [...data])
  expectClose('gradients', gradients, [a - b, 2 * a + 0.5 * b, a + b], 1e-6)
  const loss = await model.trainOnBatch(x, y)
  expect(loss).toBeCloseTo(((-1.953125 - 1) ** 2 + 0.421875 ** 2) / 2, 5)
  const weights = (await model.getWeights()).flatMap(({ data }) => [...data])
  expect(weights).toEqual([0.75, -0.75, 0.5])
  model.dispose()
})

test.each(['cpu', 'webgpu'] as const)('a model trains with the layer of the page on %s', async (backend) => {
  const recurra = (await import(
    /* @vite-ignore */ `${tree}/src/index.ts`
  )) as typeof import('../src/index.ts')
  const { SeasonalDifference } = recurra as unknown as Record<string, (season: number) => CallableLayer>
  await recurra.setBackend(backend, backend === 'webgpu' ? { device } : {})
  const model = recurra.Sequential([recurra.Input([4, 1]), SeasonalDifference!(2), recurra.Flatten()])
  model.compile({ loss: 'mse', optimizer: 'sgd' })
  expect((await model.predict([[[1], [2], [4], [8]]])).toArray()).toEqual([[1, 2, 3, 6]])
  model.dispose()
  const trained = recurra.Sequential([
    recurra.Dense(1, { inputShape: [4, 1], useBias: false, kernelInitializer: 'ones' }),
    SeasonalDifference!(2),
    recurra.Flatten(),
  ])
  trained.compile({ loss: 'mse', optimizer: recurra.SGD(0.02) })
  // The mean of (w·d)² over the differences d = 1, 2, 3, 6 has the slope 2·w·12.5.
  await trained.trainOnBatch([[[1], [2], [4], [8]]], [[0, 0, 0, 0]])
  const [kernel] = await trained.getWeights()
  expect(kernel?.data[0]).toBeCloseTo(1 - 0.02 * 25, 5)
  trained.dispose()
})
