/**
 * Tests on a second WebGPU engine: builds the package and runs index.ts in Deno, whose WebGPU is wgpu, as
 * Firefox's is, on the adapter that test/support/adapter.mjs prepares.
 *
 *     node_modules/.bin/tsx test/deno/run.ts REPORT [argument …]
 *
 * REPORT is where a JUnit report goes. Arguments go to Deno: --filter NAME.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import process, { argv, env } from 'node:process'
import { fileURLToPath } from 'node:url'
import { prepareAdapter } from '../support/adapter.mjs'
import { buildPackage } from '../support/buildPackage.ts'
import { denoProgram } from '../support/denoProgram.ts'

const [report = '', ...rest] = argv.slice(2)
const root = fileURLToPath(new URL('../..', import.meta.url))
const [{ dist, remove }, adapter] = await Promise.all([buildPackage(), prepareAdapter()])
try {
  const config = `${dirname(dist)}/deno.json`
  writeFileSync(config, JSON.stringify({ imports: { recurra: './dist/index.js' } }))
  const command = [
    'test',
    '--allow-all',
    '--no-check',
    '--no-lock',
    `--config=${config}`,
    `--junit-path=${report}`,
  ]
  const child = spawn(denoProgram(), [...command, 'test/deno/index.ts', ...rest], {
    cwd: root,
    stdio: 'inherit',
    env: { ...env, ...adapter.env, NO_COLOR: '1', DENO_NO_UPDATE_CHECK: '1' },
  })
  const [code] = await once(child, 'close')
  process.exitCode = code ?? 1
} finally {
  remove()
}
