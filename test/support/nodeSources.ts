/**
 * The sources as JavaScript, a file each, which Node loads itself. Vitest's own way takes each module through its server, and has the
 * names that one imports of another as properties, which takes tests half as much processor time again.
 */
import { copyFileSync, readdirSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { type Plugin as BuildPlugin, build } from 'esbuild'
import type { Plugin } from 'vite'
import { builtOnce, root } from './builtOnce.ts'

const sources = `${root}src/`

/** Leaves imports as they are, but for the endings of files. */
const filesApart: BuildPlugin = {
  name: 'files-apart',
  setup({ onResolve }) {
    onResolve({ filter: /./ }, ({ path, kind }) =>
      kind === 'entry-point'
        ? null
        : { path: path.startsWith('.') ? path.replace(/\.ts$/, '.js') : path, external: true },
    )
  },
}

async function buildInto(folder: string): Promise<void> {
  const files = readdirSync(sources, { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.ts') && !/backends.cpu.assembly/.test(file),
  )
  await build({
    entryPoints: files.map((file) => join(sources, file)),
    outbase: root,
    outdir: folder,
    bundle: true,
    plugins: [filesApart],
    format: 'esm',
    platform: 'node',
    target: 'node20',
    sourcemap: true,
    sourcesContent: false,
    logLevel: 'error',
  })
  copyFileSync(`${root}package.json`, join(folder, 'package.json'))
}

/** Has Node load what tests import of the sources. Modules that a test mocks or loads anew are not among them. */
export function nodeSources(): Plugin {
  let built: Promise<string> | undefined
  return {
    name: 'recurra:node-sources',
    enforce: 'pre',
    async resolveId(source, importer) {
      const isRelative = source.startsWith('.') && importer !== undefined
      const file = isRelative ? resolve(dirname(importer), source) : source
      if (!file.startsWith(sources) || !file.endsWith('.ts')) return
      built ??= builtOnce('sources', ['src', 'package.json'], buildInto)
      const id = join(await built, 'src', file.slice(sources.length).replace(/ts$/, 'js'))
      return { id, external: true }
    },
  }
}
