/**
 * Builds the package's JavaScript, three times, for three kinds of readers:
 *
 * - `dist`, a module each, for bundlers, which leave out modules that a page does not use and load others when they are needed;
 * - `dist/node`, a few modules, for Node, which takes a third of a millisecond for each file that it imports;
 * - `dist/recurra.min.js`, all of the index in one file, for pages without a bundler.
 *
 * Entries are those that package.json exports: of each, `types` says the source.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type InlineConfig, type Plugin, type Rolldown } from 'vite'
import { cells } from '../src/backends/cells.gen.ts'
import { writeEntry } from './entries.ts'
import { licencesOf } from './licences.ts'
import { minifiedKernels } from './minifiedKernels.ts'
import { breakLines } from './shortLines.ts'

const path = (relative: string) => fileURLToPath(new URL(`../${relative}`, import.meta.url))

interface Entry {
  readonly types: string
  readonly node?: string
  readonly default: string
}

const { version, exports, bin, sideEffects, dependencies, peerDependencies } = JSON.parse(
  readFileSync(path('package.json'), 'utf8'),
)
const entries = Object.values<Entry | string>(exports).filter((entry) => typeof entry !== 'string')

const LICENCES = 'recurra.min.js.LICENSE.txt'

const inNode = /^\.\/dist\/node\/(\w+)\.js$/
/** Sources that package.json lists as having effects. */
const withEffects = new Set(sideEffects.filter((file: string) => file.startsWith('./src/')).map(path))

const sourceOf = ({ types }: Entry): string => types.replace(/^\.\/dist\/(.*)\.d\.ts$/, 'src/$1.ts')

/** Sources of entries by the paths below `dist` of what is built of them, without their endings. */
const isForBundlers = (entry: Entry): boolean => !inNode.test(entry.default)
const builtOf = (entry: Entry): string => sourceOf(entry).slice('src/'.length, -'.ts'.length)
const forBundlers = Object.fromEntries(
  entries.filter(isForBundlers).map((entry) => [builtOf(entry), path(sourceOf(entry))]),
)

/** The same, below `dist/node`. */
const forNode = Object.fromEntries([
  ...entries.flatMap((entry) => {
    const [, name] = inNode.exec(entry.node ?? entry.default) ?? []
    return name === undefined ? [] : [[name, path(sourceOf(entry))]]
  }),
  ...Object.values<string>(bin).map((file) => [inNode.exec(file)?.[1], path('src/cli/main.ts')]),
])

const packages = Object.keys({ ...dependencies, ...peerDependencies })
const isOthers = (id: string): boolean =>
  id.startsWith('node:') ||
  builtinModules.includes(id) ||
  packages.some((name) => id === name || id.startsWith(`${name}/`))

/** The entries that the index exports as namespaces, by their paths below src. */
const namespaces = [
  ...readFileSync(path('src/index.ts'), 'utf8').matchAll(/^export \* as \w+ from '\.\/(.*)\.ts'$/gm),
].map(([, module = '']) => module)

/**
 * Namespaces stay such: one that is made an object of holds all of its functions, of which bundlers then leave out none. To the index
 * they are modules of others, which have a file each.
 */
const namespacesApart: Plugin = {
  name: 'recurra:namespaces',
  enforce: 'pre',
  resolveId(source, importer) {
    const module = namespaces.find((name) => source === `./${name}.ts`)
    return module !== undefined && importer === path('src/index.ts')
      ? { id: `./${module}.js`, external: true }
      : undefined
  },
}

/** The one code of kernels that the index imports. */
const AT_HAND = '/commonActivations.gen.ts'

/** Codes of kernels, of WebAssembly and of what ejected models run, which import nothing of ours, are not built for Node again: it loads those in `dist`. */
const codesOfDist: Plugin = {
  name: 'recurra:codes',
  enforce: 'pre',
  async resolveId(source, importer) {
    if (!/(wgsl\/.*|[sS]imd|player)\.gen\.ts$/.test(source) || source.endsWith(AT_HAND)) return
    const { id = '' } = (await this.resolve(source, importer, { skipSelf: true })) ?? {}
    return { id: `../${relative(path('src'), id).replace(/ts$/, 'js')}`, external: true }
  },
}

const CELL = new RegExp(`^(${Object.keys(cells).sort().reverse().join('|')})`)
const FORM = /(Packed)?F16$/

/**
 * In the one file, puts the codes of kernels before all else, and those side by side that differ in their cell or in the form of their
 * numbers alone: gzip, which finds what was within the last 32 KB, then makes 38 KB less of the file.
 */
const kernelsSideBySide: Plugin = {
  name: 'recurra:kernels-side-by-side',
  enforce: 'pre',
  transform: {
    filter: { id: path('src/index.ts') },
    handler(code) {
      const folder = path('src/ops/wgsl/')
      const orderOf = (name: string): string =>
        [name.replace(CELL, '').replace(FORM, ''), FORM.exec(name)?.[0] ?? '', name].join(' ')
      const names = readdirSync(folder).map((file) => file.replace('.gen.ts', ''))
      names.sort((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1))
      return names.map((name) => `import '${folder}${name}.gen.ts'\n`).join('') + code
    },
  },
}

/**
 * Bundlers leave out files of which nothing is used, apart from those that package.json lists under `sideEffects`: whatever holds a source
 * that is listed has to be listed, too.
 */
const effectsListed: Plugin = {
  name: 'recurra:effects-listed',
  generateBundle(_, bundle) {
    for (const chunk of Object.values(bundle)) {
      if (chunk.type !== 'chunk' || !chunk.moduleIds.some((id) => withEffects.has(id))) continue
      const file = `./dist/node/${chunk.fileName}`
      if (!sideEffects.includes(file)) this.error(`package.json does not list ${file} under sideEffects`)
    }
  },
}

/** Names stay, so that a stack of calls can be read. */
const WITHOUT_SPACE = { compress: false, mangle: false, codegen: { removeWhitespace: true } } as const

function configOf(
  outDir: string,
  entry: Record<string, string>,
  rolldownOptions: Rolldown.RolldownOptions,
  plugins: Plugin[],
): InlineConfig {
  return {
    configFile: false,
    logLevel: 'error',
    plugins: [minifiedKernels(), ...plugins],
    build: {
      outDir,
      emptyOutDir: false,
      target: 'es2022',
      minify: false,
      lib: { entry, formats: ['es'] },
      rolldownOptions,
    },
  }
}

/** Modules that a module imports, with all that they import, but not when they run. */
function imported(from: string, context: Pick<Rolldown.PluginContext, 'getModuleInfo'>): Set<string> {
  const found = new Set<string>()
  const add = (id: string): void => {
    if (found.has(id)) return
    found.add(id)
    context.getModuleInfo(id)?.importedIds.forEach(add)
  }
  add(from)
  return found
}

/** Puts a source and all that it imports in one file, but for `node.ts`: an import of it has effects, which other entries do not want. */
function oneFile(name: string, source: string, priority: number): Rolldown.CodeSplittingGroup {
  let modules: Set<string> | undefined
  return {
    priority,
    name(id, context) {
      modules ??= imported(path(source), context)
      return modules.has(id) && id !== path('src/node.ts') ? name : null
    },
  }
}

/**
 * Builds all into an empty folder, with source maps where they are asked for. These are not published, since they are larger than what they
 * map; nothing that is published refers to them.
 */
export async function buildPackage(dist: string, hasMaps = false): Promise<void> {
  const buildWith = (config: InlineConfig): ReturnType<typeof build> =>
    build({ ...config, build: { ...config.build, sourcemap: hasMaps && 'hidden' } })
  mkdirSync(dist, { recursive: true })
  const modules: Rolldown.RolldownOptions = {
    external: isOthers,
    output: {
      preserveModules: true,
      preserveModulesRoot: path('src'),
      minify: WITHOUT_SPACE,
    },
  }
  await buildWith(configOf(dist, { ...forBundlers, ...namespaceEntries() }, modules, [namespacesApart]))
  for (const entry of entries.filter(isForBundlers))
    writeEntry(join(dist, entry.default.slice('./dist/'.length)), join(dist, `${builtOf(entry)}.js`))
  const few: Rolldown.RolldownOptions = {
    external: isOthers,
    output: {
      chunkFileNames: '[name].js',
      minify: true,
      codeSplitting: {
        groups: [
          oneFile('recurra', 'src/index.ts', 2),
          oneFile('besideIndex', 'src/node.ts', 1),
          // A name that package.json can list, and the least of priorities, since a group takes what its modules import.
          { name: 'inNode', test: path('src/node.ts'), priority: 0 },
        ],
      },
    },
  }
  await buildWith(configOf(join(dist, 'node'), forNode, few, [codesOfDist, effectsListed]))
  await breakLines(join(dist, 'node'))
  const whole: Rolldown.RolldownOptions = {
    external: (id) => id.startsWith('node:'),
    // How consoles of Node print objects is nothing for pages.
    plugins: [{ name: 'without-printing', load: (id) => (id.endsWith('/training/printing.ts') ? '' : null) }],
    output: {
      codeSplitting: false,
      minify: true,
      banner: `/*! Recurra ${version}, MIT licence. Holds parts of others, whose licences are in ${LICENCES} beside it. */`,
    },
  }
  const built = await buildWith(
    configOf(dist, { 'recurra.min': path('src/index.ts') }, whole, [kernelsSideBySide]),
  )
  const chunks = [built].flat().flatMap((each) => ('output' in each ? each.output : []))
  const ids = chunks.flatMap((chunk) => (chunk.type === 'chunk' ? chunk.moduleIds : []))
  writeFileSync(join(dist, LICENCES), licencesOf(ids))
}

const namespaceEntries = (): Record<string, string> =>
  Object.fromEntries(namespaces.map((name) => [name, path(`src/${name}.ts`)]))
