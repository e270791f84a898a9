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
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import process, { argv, env } from 'node:process'
import { fileURLToPath } from 'node:url'
import { prepareAdapter } from '../support/adapter.mjs'
import { buildPackage } from '../support/buildPackage.ts'
import { denoProgram } from '../support/denoProgram.ts'
import { toldByDeno } from '../support/results.mjs'

/**
 * What a run that a signal ended is worth. Deno writes the report when all tests have ended, of which the last waits for the device. What
 * it takes down after that is not ours: SwiftShader has been seen to corrupt its heap there.
 */
function endOf(signal: string): number {
  const told = existsSync(report) ? readFileSync(report, 'utf8') : ''
  const isWhole = told.trimEnd().endsWith('</testsuites>')
  console.log(
    `Deno was ended by ${signal}, ${isWhole ? 'after all tests had ended' : 'before all tests had'}.`,
  )
  return isWhole && toldByDeno(told).failures.length === 0 ? 0 : 1
}

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
  const [code, signal] = await once(child, 'close')
  if (signal === null) process.exitCode = code
  else process.exitCode = endOf(signal)
} finally {
  remove()
}
