/**
 * Runs a TypeScript program in Node on the machine's GPU, or on a software adapter where Dawn finds none:
 *
 *     node .ci/gpu.mjs demo/train.ts [argument ...]
 */
import { spawnSync } from 'node:child_process'
import { argv, env, execPath, exit } from 'node:process'
import { fileURLToPath } from 'node:url'
import { prepareAdapter } from '../test/support/adapter.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const probe = `
  import { create } from 'webgpu'
  const gpu = create([])
  process.exitCode = (await gpu.requestAdapter()) ? 0 : 1`

// another process, because Dawn reads the names of the drivers when it is loaded
const hasGpu = spawnSync(execPath, ['--input-type=module', '-e', probe], { cwd: root }).status === 0
const adapter = hasGpu ? {} : (await prepareAdapter()).env
/** @param {string[]} command @param {Record<string, string>} [variables] */
const run = (command, variables) =>
  spawnSync(execPath, ['--import', 'tsx', ...command], {
    stdio: 'inherit',
    cwd: root,
    env: { ...env, ...variables },
  }).status ?? 1

exit(run(['.ci/kernels.ts']) || run(argv.slice(2), adapter))
