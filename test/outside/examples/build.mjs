/**
 * Builds the pages of `src` with Vite, webpack and esbuild, into `dist/NAME`, without settings but where output goes:
 *
 *     node build.mjs [NAME …]
 */
import { writeFileSync } from 'node:fs'
import { argv } from 'node:process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { build as esbuild } from 'esbuild'
import { build as vite } from 'vite'

const path = (name) => fileURLToPath(new URL(name, import.meta.url))
const page = path('src/page.js')
const withScript = (name) =>
  writeFileSync(
    path(`dist/${name}/index.html`),
    '<!doctype html><body><script type="module" src="main.js"></script></body>\n',
  )

async function withWebpack() {
  const { default: webpack } = await import('webpack')
  const stats = await promisify(webpack)({
    mode: 'production',
    entry: page,
    output: { path: path('dist/webpack'), filename: 'main.js', publicPath: 'auto' },
    performance: { hints: false },
  })
  if (stats.hasErrors() || stats.hasWarnings())
    throw new Error(stats.toString({ all: false, errors: true, warnings: true }))
  withScript('webpack')
}

async function withEsbuild() {
  await esbuild({
    entryPoints: { main: page },
    bundle: true,
    splitting: true,
    minify: true,
    format: 'esm',
    outdir: path('dist/esbuild'),
    logLevel: 'warning',
  })
  withScript('esbuild')
}

const withVite = (name) =>
  vite({
    root: path(name),
    base: './',
    configFile: false,
    logLevel: 'warn',
    worker: { format: 'es' },
    build: {
      outDir: path(`dist/${name}`),
      target: 'es2022',
      emptyOutDir: true,
      modulePreload: { polyfill: false },
    },
  })

const builds = {
  vite: () => withVite('vite'),
  worker: () => withVite('worker'),
  webpack: withWebpack,
  esbuild: withEsbuild,
}
const names = argv.length > 2 ? argv.slice(2) : Object.keys(builds)
await Promise.all(names.map((name) => builds[name]()))
