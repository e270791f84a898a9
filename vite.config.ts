/**
 * One configuration for the demo (`vite`, `vite build`) and the tests in Node (vitest, mode "test"). The first generates what is
 * compiled of kernels, its server also when a shader changes; test/run.mjs does it for the tests. The package is built by
 * .ci/package.ts.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Plugin, UserConfig } from 'vite'
import { defineConfig, type ViteUserConfig } from 'vitest/config'
import { buildAssembly } from './.ci/assembly.ts'
import { minifiedKernels } from './.ci/minifiedKernels.ts'
import { buildPlayer } from './.ci/player.ts'
import { buildKernels } from './shaders/build.ts'
import { LongestFirst } from './test/support/longestFirst.ts'
import { nodeSources } from './test/support/nodeSources.ts'
import { isLong } from './test/support/sampled.ts'

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url))

function kernels(): Plugin {
  return {
    name: 'recurra:kernels',
    async buildStart() {
      buildAssembly(await buildKernels())
      await buildPlayer()
    },
    configureServer({ watcher, config }) {
      watcher.add(path('shaders'))
      watcher.on('all', (_, file) => {
        if (file.endsWith('.wgsl')) buildKernels().catch((error: Error) => config.logger.error(error.message))
      })
    },
  }
}

const entries = {
  'recurra/data': path('src/data.ts'),
  'recurra/applications': path('src/applications.ts'),
  'recurra/formats': path('src/formats.ts'),
  'recurra/worker': path('src/worker/index.ts'),
  'recurra/ops': path('src/operations/index.ts'),
  'recurra/random': path('src/operations/random.ts'),
  recurra: path('src/index.ts'),
}

const isTested = Boolean(process.env.RECURRA_TEST_PORT)
const libraries = ['fflate', 'uplot']

/** Pages of tests, many of which are opened anew, load one file in the place of hundreds: the sources as they are when the server starts. */
const bundledSources: UserConfig['optimizeDeps'] = {
  include: [...libraries, ...Object.keys(entries)],
  // The server does not see that sources have changed.
  force: true,
  rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'sources', test: /[\\/]src[\\/]/ }] } } },
}

const demo: UserConfig = {
  root: path('demo'),
  base: './',
  cacheDir: path(`node_modules/.vite${isTested ? '-tested' : ''}`),
  build: { outDir: path('dist-demo'), emptyOutDir: true, target: 'es2022' },
  server: {
    port: 5173,
    fs: { allow: [path('.')] },
    // a page under test stays as it is, whatever is saved meanwhile
    ...(isTested ? { hmr: false, watch: null } : {}),
  },
  optimizeDeps: isTested ? bundledSources : { include: libraries },
}

/** Tests of which every run has a sample, and a long run all: they import support/sampled.ts, or what does. */
const sampledFiles = (): string[] =>
  readdirSync(path('test'), { recursive: true, encoding: 'utf8' })
    .filter((file) => /(?<!\.long)\.test\.ts$/.test(file))
    .map((file) => `test/${file}`)
    .filter((file) =>
      /\/support\/(sampled|checkFunction|againstKeras)\.ts|onCpuFirst/.test(readFileSync(path(file), 'utf8')),
    )
/**
 * Files share processes, with a device and its pipelines each. What a file leaves in modules, test/support/freshState.ts resets;
 * files that look at what a process begins with, or at all of its memory, have one of their own.
 */
const alone = [
  'backends/select',
  'errors/layers',
  'models/memory',
  'models/names',
  'models/plan',
  'models/profile',
].map((name) => `test/${name}.test.ts`)
/** Files that mock modules or load them anew, of which Vitest has to be the one that loads them. */
const mocking = ['formats/hdf5Damaged', 'models/reportOrder', 'models/warningsAbsent', 'util/seed'].map(
  (name) => `test/${name}.test.ts`,
)

const test: ViteUserConfig = {
  test: {
    projects: [
      {
        extends: true,
        plugins: [nodeSources()],
        test: {
          name: 'shared',
          isolate: false,
          include: isLong ? ['test/**/*.long.test.ts', ...sampledFiles()] : ['test/**/!(*.long).test.ts'],
          // Examples are run by who has installed the package: test/outside/examples.test.ts.
          exclude: [...alone, ...mocking, 'test/outside/{examples,firstModel}/**'],
          setupFiles: ['test/support/freshState.ts'],
        },
      },
      {
        extends: true,
        plugins: [nodeSources()],
        test: {
          name: 'own',
          include: isLong ? [] : alone,
        },
      },
      {
        extends: true,
        test: {
          name: 'mocking',
          include: isLong ? [] : mocking,
        },
      },
    ],
    sequence: { sequencer: LongestFirst },
    setupFiles: ['test/support/deviceErrors.ts'],
    globalSetup: 'test/support/globalSetup.ts',
    pool: 'forks',
    // What fails is shown where the sources have it. With Node's 16 MB for young objects, collecting them takes an eighth of all time, and
    // compiling code that does not run for long another: it waits until code has run eight times as long as by default.
    execArgv: ['--enable-source-maps', '--max-semi-space-size=64', '--interrupt-budget=540000'],
    // What hangs ends; what is slow because the machine is busy does not.
    testTimeout: 240_000,
    hookTimeout: 240_000,
    allowOnly: false,
    // what tests have built is loaded by Node itself
    server: { deps: { external: [/\/test\/artifacts\/.*\.js$/] } },
  },
}

export default defineConfig(({ mode }) => ({
  resolve: {
    alias: {
      'recurra/node': path('src/node.ts'),
      'recurra/testing': path('src/testing/index.ts'),
      'recurra/playwright': path('src/testing/playwright.ts'),
      ...entries,
    },
  },
  ...(mode === 'test' ? test : demo),
  plugins: mode === 'test' ? [] : [kernels(), minifiedKernels()],
}))
