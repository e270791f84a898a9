/** The floors of src: a file imports from its own floor or from those below it, and nothing outside src but packages. */
import { readdirSync, readFileSync } from 'node:fs'
import { posix } from 'node:path'
import { expect, test } from 'vitest'

const floors: readonly (readonly string[])[] = [
  ['errors'],
  ['util'],
  ['python'],
  ['data'],
  ['graph'],
  ['ops'],
  ['compiler'],
  ['backends'],
  ['layers'],
  ['operations'],
  ['composed'],
  ['training'],
  ['models'],
  ['player'],
  ['formats'],
  ['datasets'],
  ['applications'],
  ['callbacks'],
  ['keras'],
  ['worker'],
  ['index', 'node'],
  ['cli', 'testing'],
]
// an operation is known by its traits there, never by its name
const mustNotKnowOperations = ['compiler', 'backends']
// what all operations do on the CPU, and who has it beside the files that say so: nothing that a page on WebGPU loads, but what functions
// of ops need on numbers
const CPU_SIDES = 'src/ops/cpuSides.ts'
const isCpuSide = (path: string): boolean => path === CPU_SIDES || path.endsWith('.cpu.ts')
const mayUseCpuSide = (path: string): boolean =>
  path === 'src/backends/cpu/cpu.ts' || path.startsWith('src/operations/') || isCpuSide(path)

/**
 * The imports upward, of code that is loaded with the first call: a model is saved by code that knows models, and a layer that is called on
 * data runs as one.
 */
const UPWARD = new Map([
  ['src/models/saving.ts', '../formats/saving.ts'],
  ['src/layers/layerCall.ts', '../models/dataCalls.ts'],
])

const importSpecifier = /\b(?:from|import)\s*\(?\s*'([^']+)'/g

/** The first part of a path below src: `src/ops/matmul.ts` and `src/ops` are both of `ops`. */
function roomOf(path: string): string {
  // entries of the package, as src/index.ts is one
  if (/^src\/(applications|data|formats)\.ts$/.test(path)) return 'index'
  return path.split('/')[1]?.replace(/\.ts$/, '') ?? ''
}

function violationsIn(path: string, text: string): string[] {
  const own = roomOf(path)
  const ownFloor = floors.findIndex((rooms) => rooms.includes(own))
  if (ownFloor < 0) return [`${path}: stands on no floor`]
  return [...text.matchAll(importSpecifier)].flatMap(([, specifier = '']) => {
    if (!specifier.startsWith('.')) return []
    if (UPWARD.get(path) === specifier) return []
    const target = posix.join(posix.dirname(path), specifier)
    const floor = floors.findIndex((rooms) => rooms.includes(roomOf(target)))
    const isInside = target.startsWith('src/') && floor >= 0
    if (isCpuSide(target)) return mayUseCpuSide(path) ? [] : [`${path} imports ${specifier}`]
    const isForbidden = roomOf(target) === 'ops' && mustNotKnowOperations.includes(own)
    return isInside && floor <= ownFloor && !isForbidden ? [] : [`${path} imports ${specifier}`]
  })
}

test('imports go downward only', () => {
  const paths = readdirSync('src', { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => posix.join('src', path.replaceAll('\\', '/')))
  expect(paths).toContain('src/graph/kernel.ts')
  expect(paths.flatMap((path) => violationsIn(path, readFileSync(path, 'utf8')))).toEqual([])
})

test('docs/architecture.md has all floors, in order', () => {
  const rows = readFileSync('docs/architecture.md', 'utf8').match(/^\| `src\/[^|]+/gm) ?? []
  const rooms = rows.flatMap((row) => [...row.matchAll(/`([^`]+)`/g)].map(([, path = '']) => roomOf(path)))
  expect([...new Set(rooms)]).toEqual(floors.flat())
})

test.each([
  ['src/ops/add.ts', "import type { Graph } from '../graph/graph.ts'", true],
  ['src/ops/add.ts', "import { matmul } from './matmul.ts'", true],
  ['src/models/trainer/fit.ts', "const zip = await import('fflate')", true],
  ['src/ops/add.ts', "import { Dense } from '../layers/dense.ts'", false],
  ['src/ops/add.ts', "export * from '../index.ts'", false],
  ['src/ops/add.ts', "const { load } = await import('../formats/load.ts')", false],
  ['src/composed/unitNormalization.ts', "import { normalize } from '../operations/normalizing.ts'", true],
  ['src/operations/index.ts', "import { mean } from '../composed/index.ts'", false],
  ['src/training/optimizers/sgd.ts', "import type { Variable } from '../../layers/variable.ts'", true],
  ['src/layers/layer.ts', "import type { Loss } from '../training/losses.ts'", false],
  ['src/compiler/plan.ts', "import { add } from '../ops/add.ts'", false],
  ['src/backends/cpu/run.ts', "import type { add } from '../../ops/add.ts'", false],
  ['src/backends/cpu/cpu.ts', "import * as cpuSides from '../../ops/cpuSides.ts'", true],
  ['src/ops/cpuSides.ts', "export * from './matmul.cpu.ts'", true],
  ['src/operations/products.ts', "import * as matmulSides from '../ops/matmul.cpu.ts'", true],
  ['src/ops/matmul.ts', "import { matmul as side } from './matmul.cpu.ts'", false],
  ['src/backends/select.ts', "import { matmul } from '../ops/cpuSides.ts'", false],
  ['src/models/trainer/fit.ts', "import { page } from '../../demo/page.ts'", false],
  ['src/models/saving.ts', "import('../formats/saving.ts')", true],
  ['src/models/saving.ts', "import('../formats/zip.ts')", false],
  ['src/formats.ts', "export { fromKeras } from './keras/fromKeras.ts'", true],
  ['src/keras/host.ts', "import { fromKeras } from '../formats.ts'", false],
  ['src/attic/old.ts', '', false],
])('%s with %s: %s', (path, text, isAllowed) => {
  expect(violationsIn(path, text).length === 0).toBe(isAllowed)
})
