/**
 * Installs the packages that package-lock.json names, unless they are installed already: those of the project and of each folder
 * given, such as `node .ci/setup.mjs test/outside`. Needs nothing but Node, so that the first command in a fresh clone can be
 * `npm start` or `npm test`.
 */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { argv, env, execPath, exit, platform } from 'node:process'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

/**
 * The packages of a lockfile by path, or null where there is none.
 * @param {string} path
 * @returns {Record<string, { version?: string, integrity?: string, optional?: boolean, peer?: boolean }> | null}
 */
function packagesOf(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages
  } catch {
    return null
  }
}

/**
 * Whether npm's record of what it installed says the same as the lockfile.
 * @param {string} folder
 */
function isInstalled(folder) {
  const locked = packagesOf(join(folder, 'package-lock.json'))
  const installed = packagesOf(join(folder, 'node_modules/.package-lock.json'))
  if (!locked || !installed) return false
  const agrees = Object.entries(locked).every(([path, { version, integrity, optional }]) => {
    const found = installed[path]
    if (path === '' || (!found && optional)) return true
    return found?.version === version && found?.integrity === integrity
  })
  return agrees && Object.keys(installed).every((path) => path in locked)
}

for (const folder of ['', ...argv.slice(2)]) {
  const cwd = join(root, folder)
  if (isInstalled(cwd)) continue
  console.log(`Installing packages${folder && ` of ${folder}`} (npm ci), once: about a minute …`)
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error']
  const options = { cwd, encoding: /** @type {const} */ ('utf8') }
  const { status, stdout, stderr, error } = env.npm_execpath
    ? spawnSync(execPath, [env.npm_execpath, ...args], options)
    : spawnSync('npm', args, { ...options, shell: platform === 'win32' })
  if (status !== 0) {
    console.error(`${stdout ?? ''}${stderr ?? ''}${error?.message ?? ''}`)
    console.error('npm ci failed. Check the network and the registry that npm uses, then try again.')
    exit(1)
  }
}
