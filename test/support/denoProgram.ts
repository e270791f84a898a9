import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { arch, platform } from 'node:process'

/** Of npm's `deno`, without its install script: the program of this platform. */
export function denoProgram(): string {
  const { resolve } = createRequire(createRequire(import.meta.url).resolve('deno/package.json'))
  const suffix = platform === 'linux' ? '-glibc' : ''
  const folder = dirname(resolve(`@deno/${platform}-${arch}${suffix}/package.json`))
  return `${folder}/deno${platform === 'win32' ? '.exe' : ''}`
}
