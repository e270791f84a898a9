/**
 * The sources as JavaScript, a file each, which Node loads itself. What test runners do to TypeScript in their own ways takes several times
 * as much processor time.
 */
import { copyFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build, type Plugin } from 'esbuild'
import { builtOnce, root } from './builtOnce.ts'

/** Leaves imports as they are, but for the endings of files. */
const filesApart: Plugin = {
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
  const sources = `${root}src/`
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
  const { compilerOptions } = JSON.parse(readFileSync(`${root}tsconfig.json`, 'utf8'))
  const paths = JSON.stringify(compilerOptions.paths).replaceAll(/\.ts"/g, '.js"')
  writeFileSync(join(folder, 'tsconfig.json'), `{ "compilerOptions": { "paths": ${paths} } }`)
}

/** The folder that has them below `src`, beside a tsconfig.json by which an import of `recurra` is one of theirs. */
export const builtSources = (): Promise<string> =>
  builtOnce('sources', ['src', 'package.json', 'tsconfig.json'], buildInto)
