/**
 * Builds the pages of `src` with Vite, webpack and esbuild, into `dist/NAME`, without settings but where output goes, and one of Vite 7:
 *
 *     node build.mjs [NAME …]
 */
import { writeFileSync } from 'node:fs'
import { argv } from 'node:process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { build as esbuild } from 'esbuild'
import { build as vite } from 'vite'
import { build as vite7 } from 'vite-7'

const path = (name) => fileURLToPath(new URL(name, import.meta.url))
const page = path('src/page.js')
const remote = path('src/remote.js')
/** The file of a worker, which esbuild must be told of. */
const model = path('src/model.js')
const withScript = (name) =>
  writeFileSync(
    path(`dist/${name}/index.html`),
    '<!doctype html><body><script type="module" src="main.js"></script></body>\n',
  )

async function withWebpack(name, entry) {
  const { default: webpack } = await import('webpack')
  const stats = await promisify(webpack)({
    mode: 'production',
    entry,
    output: { path: path(`dist/${name}`), filename: 'main.js', publicPath: 'auto' },
    performance: { hints: false },
  })
  if (stats.hasErrors() || stats.hasWarnings())
    throw new Error(stats.toString({ all: false, errors: true, warnings: true }))
  withScript(name)
}

async function withEsbuild(name, entryPoints) {
  await esbuild({
    entryPoints,
    bundle: true,
    splitting: true,
    minify: true,
    format: 'esm',
    outdir: path(`dist/${name}`),
    logLevel: 'warning',
  })
  withScript(name)
}

/** Workers with an await at their top level, and those of Vite 7, must be modules. */
const modules = { worker: { format: 'es' } }

const withVite = (name, { folder = name, build = vite, ...settings } = {}) =>
  build({
    ...settings,
    root: path(folder),
    base: './',
    configFile: false,
    logLevel: 'warn',
    build: {
      outDir: path(`dist/${name}`),
      target: 'es2022',
      emptyOutDir: true,
      modulePreload: { polyfill: false },
    },
  })

const builds = {
  vite: () => withVite('vite'),
  worker: () => withVite('worker', modules),
  webpack: () => withWebpack('webpack', page),
  esbuild: () => withEsbuild('esbuild', { main: page }),
  remote: () => withVite('remote'),
  'remote-vite-7': () => withVite('remote-vite-7', { ...modules, folder: 'remote', build: vite7 }),
  'remote-webpack': () => withWebpack('remote-webpack', remote),
  'remote-esbuild': () => withEsbuild('remote-esbuild', { main: remote, model }),
}
const names = argv.length > 2 ? argv.slice(2) : Object.keys(builds)
await Promise.all(names.map((name) => builds[name]()))
