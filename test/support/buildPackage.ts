/** The package as `npm run build` makes it, in a directory of its own. */
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import type { InlineConfig, Plugin } from 'vite'
import * as ci from '../../.ci/package.ts'
import { builtOnce, root } from './builtOnce.ts'

export interface BuiltPackage {
  /** `index.js` and all others, without types. */
  readonly dist: string
  remove(): void
}

export const SOURCES = ['src', 'shaders', 'package.json', 'package-lock.json', '.ci']

/** Where what was built lies, with the kernels that are there. Not to be changed. */
export const builtDist = (): Promise<string> =>
  builtOnce('package', SOURCES, (folder) => ci.buildPackage(folder))

/** Builds it with the kernels that are there. */
export async function buildPackage(): Promise<BuiltPackage> {
  const built = await builtDist()
  const artifacts = `${root}test/artifacts/`
  mkdirSync(artifacts, { recursive: true })
  // Inside the project, so that the package finds its own packages.
  const directory = mkdtempSync(`${artifacts}package-`)
  const dist = `${directory}/dist`
  cpSync(built, dist, { recursive: true })
  cpSync(`${root}package.json`, `${directory}/package.json`)
  return { dist, remove: () => rmSync(directory, { recursive: true }) }
}

/** Where a bundler finds the entries of the built package. */
export const aliasesOf = (dist: string): Record<string, string> => ({
  'recurra/data': `${dist}/entries/data.js`,
  'recurra/applications': `${dist}/entries/applications.js`,
  'recurra/formats': `${dist}/entries/formats.js`,
  'recurra/worker': `${dist}/entries/worker.js`,
  'recurra/ops': `${dist}/entries/ops.js`,
  'recurra/random': `${dist}/entries/random.js`,
  recurra: `${dist}/entries/index.js`,
})

/** What Vite is told to bundle a page whose one script is `code`, with `recurra` from the built package, and nothing else. */
export function pageOf(
  dist: string,
  code: string,
): { readonly entry: string; readonly config: InlineConfig } {
  const entry = '\0page'
  const plugin: Plugin = {
    name: 'page',
    resolveId: (id) => (id === entry ? id : undefined),
    load: (id) => (id === entry ? code : undefined),
  }
  const resolve = { alias: aliasesOf(dist) }
  return { entry, config: { configFile: false, logLevel: 'error', resolve, plugins: [plugin] } }
}
