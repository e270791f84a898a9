/** Writes the types of the package beside what .ci/package.ts built: those that its entries say, and all that these refer to. */
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { execPath } from 'node:process'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Brings the types at `path`, and all that they import, into the form that every compiler reads: imports end with `.js`. */
function settle(path: string, found: Set<string>): void {
  if (found.has(path)) return
  found.add(path)
  const text = readFileSync(path, 'utf8').replace(
    /(\b(?:from|import)\s*\(?["']\.[^"']+)\.ts(?=["'])/g,
    '$1.js',
  )
  writeFileSync(path, text)
  for (const [, specifier = ''] of text.matchAll(/\b(?:from|import)\s*\(?["'](\.[^"']+)["']/g))
    settle(resolve(path, '..', specifier.replace(/\.js$/, '.d.ts')), found)
}

/**
 * Throws an Error with the compiler's messages where types are wrong. They are checked here, too, without the tests, whose packages bring
 * declarations of newer JavaScript than the sources may use.
 */
export function writeTypes(dist: string): void {
  const options = ['-p', 'tsconfig.build.json', '--outDir', dist, '--checkers', '1']
  const { status, stdout } = spawnSync(execPath, ['node_modules/typescript/bin/tsc', ...options], {
    cwd: root,
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(stdout)
  const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const reached = new Set<string>()
  for (const entry of Object.values<string | { readonly types: string }>(exports))
    if (typeof entry !== 'string') settle(join(dist, entry.types.slice('./dist/'.length)), reached)
  for (const path of readdirSync(dist, { recursive: true, encoding: 'utf8' }))
    if (path.endsWith('.d.ts') && !reached.has(join(dist, path))) rmSync(join(dist, path))
}
