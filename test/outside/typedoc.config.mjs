/**
 * The API reference: every entry that package.json exports, from its sources, and the pages of docs/. A warning is an error.
 *
 *     npm run docs:api
 */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** @param {string} path */
const path = (path) => fileURLToPath(new URL(`../../${path}`, import.meta.url))

/** @type {{ version: string, homepage: string, exports: Record<string, string | { types: string }> }} */
const { version, homepage, exports } = JSON.parse(readFileSync(path('package.json'), 'utf8'))
const sources = Object.values(exports).flatMap((entry) =>
  typeof entry === 'string' ? [] : [entry.types.replace(/^\.\/dist\/(.*)\.d\.ts$/, 'src/$1.ts')],
)

/** @type {Partial<import('typedoc').TypeDocOptions>} */
export default {
  name: 'Recurra',
  entryPoints: sources.map(path),
  tsconfig: path('tsconfig.build.json'),
  // TypeScript 7 checks the types: npm run typecheck.
  skipErrorChecking: true,
  excludeInternal: true,
  excludeExternals: true,
  // Links to sources are those of the version, wherever the checkout has its remote.
  disableGit: true,
  basePath: path(''),
  gitRevision: `v${version}`,
  sourceLinkTemplate: `${homepage.replace(/#.*$/, '')}/blob/{gitRevision}/src/{path}#L{line}`,
  readme: path('README.md'),
  // The README has its own.
  headings: { readme: false, document: false },
  projectDocuments: [path('docs/*.md')],
  highlightLanguages: [
    'typescript',
    'javascript',
    'python',
    'html',
    'json',
    'bash',
    'diff',
    'wgsl',
    'http',
    'yaml',
  ],
  plugin: ['typedoc-plugin-missing-exports', fileURLToPath(new URL('typedocPlugin.mjs', import.meta.url))],
  treatWarningsAsErrors: true,
  out: path('dist-api'),
}
