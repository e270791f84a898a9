/**
 * Turns `shaders/*.wgsl` into `src/ops/kernels.gen.ts` and the modules that it lists: links each kernel, reflects it, and writes one constant per
 * kernel, so that neither the linker nor a loader ships to users. Run by `npm run kernels` and by vite.config.ts.
 *
 * Most kernels are one of several strategies of an operation, so that a page needs few of them: the code of each is in a
 * separate module, `src/ops/wgsl/*.gen.ts`, which is loaded when a pipeline is made of it. Declarations that several kernels
 * share are written once (see modules.ts).
 *
 * A kernel shares code with others through WESL imports, which stand first in the file:
 *
 *     import package::lib::activation::activate;        // fn activate of shaders/lib/activation.wgsl
 *     import package::lib::random::{philox, uniform};   // several names of one file
 *
 * Functions, structs, constants and variables can be imported; unused ones are left out; where two names are equal, one gets
 * a number at its end. Shared code imports from `package::kernel` what every kernel that uses it must declare. For the other
 * conventions of kernels see reflect.ts.
 *
 * An update of weights has a second form, which keeps a moving average of them, too: statements after `@if(averaged)` are its alone.
 * `adam.wgsl` makes adam and adamAveraged. No other WESL feature is in use.
 *
 * The strategies of a recurrence (`recurrence/*.wgsl`) are written for any cell, and cells (`cells/*.wgsl`) for any strategy. Each
 * strategy imports each cell as `package::cell` and makes a kernel of it, but that a cell with strategies in a folder of its name
 * has these alone: `cells/lstm.wgsl` and the function `entry` of
 * `recurrence/timestep_gradient.wgsl` make lstmTimestepGradient. lib/recurrence/memory.wgsl lists what a cell declares.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { link } from 'wesl/core'
import { mostBranches } from './branches.ts'
import { codesModules } from './codes.ts'
import { f16TwinsOf } from './f16Twins.ts'
import { type Functions, HEAD, modulesOf, withoutFunction } from './modules.ts'
import { type ReflectedKernel, reflectKernel } from './reflect.ts'

const shaders = fileURLToPath(new URL('.', import.meta.url))
const output = fileURLToPath(new URL('../src/ops/', import.meta.url))
/** The module names by which shared code imports from its kernel, and from the cell, or from the losses. */
const KERNEL = './kernel.wgsl'
const CELL = './cell.wgsl'
const CELLS = './cells/'
const STRATEGIES = './recurrence/'
/** Losses that are functions of a prediction and a target; their kernels are in its folder `kernel`. */
const LOSSES = './losses/'

/**
 * Writes the modules of kernels where they changed, and resolves to the kernels.
 * Throws an Error that names every faulty file and what is wrong with it.
 */
export async function buildKernels(): Promise<readonly ReflectedKernel[]> {
  const kernels = await linkKernels()
  const modules = modulesOf(kernels, f16TwinsOf(kernels), await linkFunctions())
  for (const [path, text] of codesModules(readShaders())) modules.set(path, text)
  writeModules(modules.set('../backends/cells.gen.ts', cellNames()))
  return kernels
}

/** A file, and what it is linked with: nothing, a file of a cell or of losses, or the name of its second form. */
type Entry = readonly [file: string, cell: string | null]

/** Every kernel, linked and reflected. Throws as {@link buildKernels} does. */
export async function linkKernels(): Promise<readonly ReflectedKernel[]> {
  const sources = readShaders()
  const entries: Entry[] = [
    ...filesIn('./', sources).map((file) => [file, null] as const),
    ...filesIn('./', sources)
      .filter((file) => sources[file]?.includes('@if(averaged)'))
      .map((file) => [file, 'averaged'] as const),
    ...filesIn(CELLS, sources).flatMap((cell) =>
      strategiesOf(cell, sources).map((file) => [file, cell] as const),
    ),
    ...filesIn(LOSSES, sources).flatMap((losses) =>
      filesIn(`${LOSSES}kernel/`, sources).map((file) => [file, losses] as const),
    ),
  ]
  const results = await Promise.allSettled(entries.map(([file, cell]) => linkKernel(file, sources, cell)))

  const faults = results.flatMap((result, i) => {
    if (result.status === 'fulfilled') return []
    const where = (entries[i] ?? []).flatMap((path) =>
      path === null ? [] : path.startsWith('./') ? `shaders/${path.slice(2)}` : path,
    )
    return `${where.join(' on ')}: ${messageOf(result.reason)}`
  })
  if (faults.length > 0) throw new Error(faults.join('\n'))
  return results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
}

/** The functions that pipelines are given by their overrides, with what these need. */
export async function linkFunctions(): Promise<Functions> {
  const sources = readShaders()
  const activations = (file: string) =>
    linkCalls(file, ['activationValue(0u, vec4f())', 'activationSlope(0u, vec4f())'], sources)
  const [common, all] = await Promise.all([activations('common_activation'), activations('activation')])
  const found = [...(sources['./lib/pointwise.wgsl'] ?? '').matchAll(/^fn (pointwise\w+)\((.*?)\)/gm)]
  const calls = found.map(([, name = '', parameters = '']) => {
    const values = parameters.split(', ').map((parameter) => `${parameter.split(': ')[1]}()`)
    return `${name}(${values.join(', ')})`
  })
  return { common, all, pointwise: await linkCalls('pointwise', calls, sources) }
}

/** What calls of functions of a file in `lib` need. */
async function linkCalls(file: string, calls: readonly string[], sources: Sources): Promise<string> {
  const names = calls.map((call) => call.slice(0, call.indexOf('(')))
  const body = calls.map((call) => `_ = ${call};`).join(' ')
  const root = `import package::lib::${file}::{${names.join(', ')}};\nfn callAll() { ${body} }`
  return withoutFunction('callAll', await linkText(root, sources))
}

/** The texts of all shaders by path, `./lib/direction.wgsl`. */
export const readShaders = (): Record<string, string> =>
  Object.fromEntries(
    readdirSync(shaders, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.wgsl'))
      .map((path) => path.replaceAll('\\', '/'))
      .sort()
      .map((path) => [`./${path}`, readFileSync(shaders + path, 'utf8')]),
  )

type Sources = Readonly<Record<string, string>>

/** The kernels of a cell, `./cells/lstm.wgsl`: each strategy of a recurrence, forward and backward. */
export const linkCell = (cell: string, sources: Sources): Promise<readonly ReflectedKernel[]> =>
  Promise.all(strategiesOf(cell, sources).map((file) => linkKernel(file, sources, cell)))

/** The strategies of a cell: a folder named as the cell has those of a cell that runs by no others. */
function strategiesOf(cell: string, sources: Sources): string[] {
  const own = filesIn(`${STRATEGIES}${cell.slice(CELLS.length, -'.wgsl'.length)}/`, sources)
  return own.length > 0 ? own : filesIn(STRATEGIES, sources)
}

/** The text of a module that lists the strategies of each cell, by name. */
function cellNames(): string {
  const sources = readShaders()
  const cells = filesIn(CELLS, sources).map((cell) => {
    const strategies = strategiesOf(cell, sources).map((file) => nameOf([file]))
    return [nameOf([cell]), strategies.filter((name) => !name.endsWith('Gradient'))] as const
  })
  const text = JSON.stringify(Object.fromEntries(cells))
  return `${HEAD}export const cells: Readonly<Record<string, readonly string[]>> = ${text}\n`
}

/** One kernel; a strategy of a recurrence needs a cell, that of losses their functions; or an update's form that averages. */
export async function linkKernel(
  file: string,
  sources: Sources,
  cell: string | null = null,
): Promise<ReflectedKernel> {
  const text = sources[file] ?? ''
  if (cell === 'averaged') {
    const [plain, name] = [nameOf([file]), `${nameOf([file])}Averaged`]
    const linked = await linkText(text.replace(`fn ${plain}(`, `fn ${name}(`), sources, { averaged: true })
    return reflectKernel(name, linked)
  }
  const name = nameOf([cell ?? [], file].flat())
  if (cell === null) return withShortLoops(reflectKernel(name, await linkText(text, sources)))
  const linked = await linkText(text.replace(/\bfn entry\(/, `fn ${name}(`), sources, { cell: sources[cell] })
  return { ...withShortLoops(reflectKernel(name, linked)), strategy: nameOf([file]) }
}

/** Branches of a loop that every adapter still compiles; see branches.ts. */
const MOST_BRANCHES = 64

/** Returns the kernel, if software adapters can make a pipeline of it. */
function withShortLoops(kernel: ReflectedKernel): ReflectedKernel {
  const overrides = kernel.overrides.map(({ name }) => name)
  const { name, branches } = mostBranches(kernel.code, overrides)
  if (branches <= MOST_BRANCHES) return kernel
  throw new Error(
    `a loop in ${name}: expected at most ${MOST_BRANCHES} branches, those of functions that it calls included, got ${branches}. ` +
      'Use select, or branch on an override.',
  )
}

/** A module with all that it imports. */
async function linkText(
  text: string,
  sources: Sources,
  { cell = '', averaged = false }: { readonly cell?: string | undefined; readonly averaged?: boolean } = {},
): Promise<string> {
  const { dest } = await link({
    conditions: { averaged },
    weslSrc: { ...sources, [KERNEL]: text, [CELL]: cell },
    rootModuleName: KERNEL,
    keepComments: false,
    sourceMap: false,
  })
  return dest.replace(/\s*\n\s*/g, '\n').trim()
}

/** The files of a folder, without its subfolders. */
const filesIn = (folder: string, sources: Sources): string[] =>
  Object.keys(sources).filter((path) => path.startsWith(folder) && !path.slice(folder.length).includes('/'))

/** `lstmTimestepGradient` of `./cells/lstm.wgsl` and `./recurrence/timestep_gradient.wgsl`. */
function nameOf(files: readonly string[]): string {
  const words = files.flatMap((file) => file.slice(file.lastIndexOf('/') + 1, -'.wgsl'.length).split('_'))
  return words.map((word, i) => (i === 0 ? word : capitalized(word))).join('')
}

const capitalized = (word: string): string => word.slice(0, 1).toUpperCase() + word.slice(1)

/** Writes the modules, and removes those of an earlier build that this one does not make. */
function writeModules(modules: ReadonlyMap<string, string>): void {
  const folders = ['', 'kernels/', 'wgsl/']
  for (const folder of folders) mkdirSync(output + folder, { recursive: true })
  for (const folder of folders) {
    for (const file of readdirSync(output + folder)) {
      const isStale = file.endsWith('.gen.ts') && !modules.has(folder + file)
      if (isStale && read(output + folder + file)?.startsWith(HEAD)) rmSync(output + folder + file)
    }
  }
  for (const [path, text] of modules) writeGenerated(output + path, text)
}

function messageOf(reason: unknown): string {
  const message = reason instanceof Error ? reason.message : String(reason)
  // The linker's messages give every file the ending .wesl.
  return message.replaceAll('.wesl', '.wgsl')
}

/** Writes a generated file if its text changed. */
export function writeGenerated(path: string, text: string): void {
  if (read(path) !== text) writeFileSync(path, text)
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}
