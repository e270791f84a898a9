/**
 * Tests on a second WebGPU engine: builds the package and runs the files beside this one in Deno, whose WebGPU is wgpu, as
 * Firefox's is, on the adapter that test/support/adapter.mjs prepares.
 *
 *     node_modules/.bin/tsx test/deno/run.ts REPORT [argument …]
 *
 * REPORT is where a JUnit report goes. Arguments go to Deno; a file among them is run instead of all.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import process, { arch, argv, env, platform } from 'node:process'
import { fileURLToPath } from 'node:url'
import { prepareAdapter } from '../support/adapter.mjs'
import { buildPackage } from '../support/buildPackage.ts'

/** Of npm's `deno`, without its install script: the program of this platform. */
function findDeno(): string {
  const { resolve } = createRequire(createRequire(import.meta.url).resolve('deno/package.json'))
  const suffix = platform === 'linux' ? '-glibc' : ''
  const folder = dirname(resolve(`@deno/${platform}-${arch}${suffix}/package.json`))
  return `${folder}/deno${platform === 'win32' ? '.exe' : ''}`
}

const [report = '', ...rest] = argv.slice(2)
const root = fileURLToPath(new URL('../..', import.meta.url))
const [{ dist, remove }, adapter] = await Promise.all([buildPackage(), prepareAdapter()])
try {
  const config = `${dirname(dist)}/deno.json`
  const pipelines = `${dirname(dist)}/pipelines`
  writeFileSync(pipelines, '')
  writeFileSync(config, JSON.stringify({ imports: { recurra: './dist/index.js' } }))
  const given = rest.some((argument) => argument.endsWith('.ts'))
  const files = given ? [] : ['golden', 'layers', 'kernels'].map((name) => `test/deno/${name}.ts`)
  const command = [
    'test',
    '--allow-all',
    '--no-check',
    '--no-lock',
    `--config=${config}`,
    `--junit-path=${report}`,
  ]
  const child = spawn(findDeno(), [...command, ...files, ...rest], {
    cwd: root,
    stdio: 'inherit',
    env: { ...env, ...adapter.env, RECURRA_PIPELINES: pipelines, NO_COLOR: '1', DENO_NO_UPDATE_CHECK: '1' },
  })
  const [code] = await once(child, 'close')
  process.exitCode = code ?? 1
} finally {
  remove()
}
