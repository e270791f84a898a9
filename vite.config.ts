/**
 * One configuration for the demo (`vite`, `vite build`), the package (`vite build --mode library`) and the tests in Node
 * (vitest, mode "test"). The first two generate what is compiled of kernels, the demo's server also when a shader changes;
 * test/run.mjs does it for the tests.
 */
import { readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { fileURLToPath } from 'node:url'
import type { Plugin, UserConfig } from 'vite'
import { defineConfig, type ViteUserConfig } from 'vitest/config'
import { buildAssembly } from './.ci/assembly.ts'
import { buildKernels, linkFunctions, linkKernels } from './shaders/build.ts'
import { f16TwinsOf } from './shaders/f16Twins.ts'
import { minifyKernels } from './shaders/minify.ts'
import { calledNames, modulesOf } from './shaders/modules.ts'
import { LongestFirst } from './test/support/longestFirst.ts'

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url))

function kernels(): Plugin {
  return {
    name: 'recurra:kernels',
    async buildStart() {
      await buildAssembly(await buildKernels())
    },
    configureServer({ watcher, config }) {
      watcher.add(path('shaders'))
      watcher.on('all', (_, file) => {
        if (file.endsWith('.wgsl')) buildKernels().catch((error: Error) => config.logger.error(error.message))
      })
    },
  }
}

/** Puts short texts in the place of the kernels' modules, wherever a package or a page is built. */
function minifiedKernels(): Plugin {
  let modules: ReadonlyMap<string, string>
  return {
    name: 'recurra:minified-kernels',
    apply: 'build',
    enforce: 'pre',
    async buildStart() {
      const kernels = await linkKernels()
      const twins = f16TwinsOf(kernels)
      // Twins have the overrides of their kernels.
      const of = new Map(kernels.map((kernel) => [kernel.name, kernel]))
      const functions = await linkFunctions()
      const called = calledNames(functions).map((name) => ({ name }))
      const [common = '', all = '', pointwise = '', ...short] = minifyKernels([
        { code: functions.common, overrides: [] },
        { code: functions.all, overrides: [] },
        { code: functions.pointwise, overrides: called },
        ...kernels,
        ...twins.map(({ kernel, code }) => ({ overrides: [], ...of.get(kernel), code })),
      ])
      const shortened = <T extends { readonly code: string }>(given: readonly T[], start: number): T[] =>
        given.map((each, i) => ({ ...each, code: short[start + i] ?? each.code }))
      modules = modulesOf(shortened(kernels, 0), shortened(twins, kernels.length), { common, all, pointwise })
    },
    load: {
      filter: { id: /\/src\/ops\/.*\.gen\.ts$/ },
      handler: (id) => modules.get(id.slice(path('src/ops/').length)),
    },
  }
}

/** Modules that the package exports as namespaces, by their paths below src. */
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

const library: UserConfig = {
  build: {
    outDir: path('dist'),
    emptyOutDir: true,
    target: 'es2022',
    // readable as it is; whoever bundles it minifies
    minify: false,
    lib: {
      entry: Object.fromEntries(
        ['index', 'node', 'data/index', 'formats', 'cli/main', ...namespaces].map((name) => [
          name,
          path(`src/${name}.ts`),
        ]),
      ),
      formats: ['es'],
    },
    rolldownOptions: {
      external: [
        'webgpu',
        'fflate',
        'commander',
        /^csv-parse/,
        '@lezer/python',
        /^@bufbuild\//,
        /^node:/,
        ...builtinModules,
      ],
      // a module each, so that bundlers leave out those that a page does not use
      output: { preserveModules: true, preserveModulesRoot: path('src') },
    },
  },
}

const demo: UserConfig = {
  root: path('demo'),
  base: './',
  build: { outDir: path('dist-demo'), emptyOutDir: true, target: 'es2022' },
  server: {
    port: 5173,
    fs: { allow: [path('.')] },
    // a page under test stays as it is, whatever is saved meanwhile
    ...(process.env.RECURRA_TEST_PORT ? { hmr: false, watch: null } : {}),
  },
  optimizeDeps: { include: ['fflate', 'uplot'] },
}

// what is worth more time than every run has: test/run.mjs long
const isLong = Boolean(process.env.RECURRA_TEST_LONG)
const testFiles = isLong ? '*.long.test.ts' : '!(*.long).test.ts'
/**
 * Files share processes, with a device and its pipelines each. What a file leaves in modules, test/support/freshState.ts resets;
 * files that look at what a process begins with, or at all of its memory, have one of their own.
 */
const alone = [
  'backends/options',
  'backends/select',
  'errors/layers',
  'models/memory',
  'models/names',
  'models/plan',
  'models/profile',
].map((name) => `test/${name}.test.ts`)

const test: ViteUserConfig = {
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'shared',
          isolate: false,
          include: [`test/**/${testFiles}`],
          exclude: alone,
          setupFiles: 'test/support/freshState.ts',
        },
      },
      {
        extends: true,
        test: {
          name: 'own',
          include: isLong ? [] : alone,
        },
      },
    ],
    sequence: { sequencer: LongestFirst },
    setupFiles: 'test/support/deviceErrors.ts',
    globalSetup: 'test/support/globalSetup.ts',
    pool: 'forks',
    testTimeout: 60_000,
    hookTimeout: 60_000,
    allowOnly: false,
    // what tests have built is loaded by Node itself
    server: { deps: { external: [/\/test\/artifacts\/.*\.js$/] } },
  },
}

export default defineConfig(({ mode }) => ({
  resolve: {
    alias: {
      'recurra/node': path('src/node.ts'),
      'recurra/data': path('src/data/index.ts'),
      'recurra/formats': path('src/formats.ts'),
      'recurra/ops': path('src/operations/index.ts'),
      'recurra/random': path('src/operations/random.ts'),
      recurra: path('src/index.ts'),
    },
  },
  ...({ library, test }[mode] ?? demo),
  plugins:
    mode === 'test' ? [] : [kernels(), minifiedKernels(), ...(mode === 'library' ? [namespacesApart] : [])],
}))
