/** Has Node load what tests import of the sources, whose names Vitest's own way has as properties of their modules. */
import { dirname, join, resolve } from 'node:path'
import type { Plugin } from 'vite'
import { root } from './builtOnce.ts'
import { builtSources } from './builtSources.ts'

const sources = `${root}src/`

/** Modules that a test mocks or loads anew are not for it. */
export function nodeSources(): Plugin {
  let built: Promise<string> | undefined
  return {
    name: 'recurra:node-sources',
    enforce: 'pre',
    async resolveId(source, importer) {
      const isRelative = source.startsWith('.') && importer !== undefined
      const file = isRelative ? resolve(dirname(importer), source) : source
      if (!file.startsWith(sources) || !file.endsWith('.ts')) return
      built ??= builtSources()
      const id = join(await built, 'src', file.slice(sources.length).replace(/ts$/, 'js'))
      return { id, external: true }
    },
  }
}
