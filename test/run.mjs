/**
 * Runs the checks and adds up their results:
 *
 *     node test/run.mjs                       kernels, lint, types, tests in Node, in Deno, in a browser
 *     node test/run.mjs unit [argument ...]   kernels and tests in Node; arguments go to vitest (a file name, -t NAME)
 *     node test/run.mjs long [argument ...]   kernels and the tests that need longer: *.long.test.ts, to which arguments go;
 *                                             without arguments also *.long.spec.ts in a browser, and all that Deno can run
 *     node test/run.mjs browser [argument …]  kernels and tests in a browser; arguments go to Playwright
 *     node test/run.mjs deno [argument …]     kernels and tests on a second WebGPU engine; arguments go to Deno
 *
 * Ends with `N passed, N failed`. A check that fails counts as one failed test; so does a suite that ran nothing.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { argv, env, execPath, exit, stdout } from 'node:process'
import { fileURLToPath } from 'node:url'
import { prepareAdapter } from './support/adapter.mjs'
import { freePort } from './support/freePort.mjs'

/** @typedef {{ passed: number, failed: number }} Count */

const root = fileURLToPath(new URL('..', import.meta.url))
const reports = mkdtempSync(join(tmpdir(), 'recurra-test-'))
const [only, ...rest] = argv.slice(2)

/** @type {Record<string, () => Promise<Count>>} */
const stages = {
  kernels: () => check('node_modules/tsx/dist/cli.mjs', '.ci/kernels.ts'),
  lint: () =>
    check('node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '--max-diagnostics=50'),
  types: () => check('node_modules/typescript/bin/tsc'),
  unit: () => runVitest('unit'),
  long: runLong,
  browser: () => runPlaywright(),
  deno: () => runDeno(),
}
/** Takes the tests, in every runner, that are worth more time than every run has. */
const LONG = { RECURRA_TEST_LONG: '1' }
/**
 * What runs side by side once the kernels are there, so that no core waits for a suite that uses only one. The second lane
 * prints what each of its stages said as that ends.
 * @type {[string[], string[]]}
 */
const lanes = [
  ['lint', 'types', 'unit'],
  ['browser', 'deno'],
]

/**
 * Runs a Node program in the project's root and resolves to whether it was content.
 * @param {string[]} command
 * @param {Record<string, string>} variables
 * @param {boolean} isShownLater whether what it prints waits until it has ended
 */
async function run(command, variables = {}, isShownLater = false) {
  const child = spawn(execPath, command, {
    cwd: root,
    stdio: isShownLater ? ['inherit', 'pipe', 'pipe'] : 'inherit',
    env: { ...env, ...variables },
  })
  /** @type {Buffer[]} */
  const printed = []
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (data) => printed.push(data))
  const [code] = await once(child, 'close')
  stdout.write(Buffer.concat(printed))
  return code === 0
}

/** @param {Count[]} counts @returns {Count} */
function sum(counts) {
  const of = (/** @type {keyof Count} */ name) => counts.reduce((total, count) => total + count[name], 0)
  return { passed: of('passed'), failed: of('failed') }
}

/** @param {string[]} command @returns {Promise<Count>} */
async function check(...command) {
  return { passed: 0, failed: (await run(command)) ? 0 : 1 }
}

/** @param {'unit' | 'long'} stage @param {Record<string, string>} variables */
async function runVitest(stage, variables = {}) {
  const report = join(reports, `${stage}.json`)
  const options = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  const given = argumentsOf(stage)
  // Projects would not take an argument over what the configuration says.
  if (!given.some((each) => each.startsWith('--maxWorkers'))) options.push('--maxWorkers=2')
  const { env: adapter } = await prepareAdapter()
  const ok = await run(['node_modules/vitest/vitest.mjs', 'run', ...options, ...given], {
    ...adapter,
    ...variables,
  })
  const {
    numPassedTests: passed = 0,
    numFailedTests = 0,
    numPendingTests = 0,
    testResults = [],
  } = read(report)
  // a file that could not be loaded has no tests to count
  const broken = testResults.filter(
    (/** @type {{ status: string, assertionResults: object[] }} */ file) =>
      file.status === 'failed' && file.assertionResults.length === 0,
  ).length
  return countOf(stage, ok, passed, numFailedTests + broken, numPendingTests)
}

async function runLong() {
  const counts = [await runVitest('long', LONG)]
  if (rest.length === 0) counts.push(await runPlaywright(LONG), await runDeno(LONG))
  return sum(counts)
}

/** @param {Record<string, string>} variables */
async function runDeno(variables = {}) {
  const report = join(reports, 'deno.xml')
  const command = ['node_modules/tsx/dist/cli.mjs', 'test/deno/run.ts', report, ...argumentsOf('deno')]
  const ok = await run(command, variables, !only)
  const results = existsSync(report) ? readFileSync(report, 'utf8') : ''
  /** @param {string} element */
  const count = (element) => results.split(`<${element}`).length - 1
  const failed = count('failure') + count('error')
  const skipped = count('skipped')
  return countOf('deno', ok, count('testcase') - failed - skipped, failed, skipped)
}

/** @param {Record<string, string>} variables */
async function runPlaywright(variables = {}) {
  const report = join(reports, 'browser.json')
  const ok = await run(
    ['node_modules/@playwright/test/cli.js', 'test', '--reporter=list,json', ...argumentsOf('browser')],
    {
      ...variables,
      PLAYWRIGHT_JSON_OUTPUT_NAME: report,
      RECURRA_TEST_PORT: String(await freePort()),
    },
    !only,
  )
  const { expected: passed = 0, unexpected = 0, flaky = 0, skipped = 0 } = read(report).stats ?? {}
  return countOf('browser', ok, passed, unexpected + flaky, skipped)
}

/**
 * @param {string} name
 * @param {boolean} ok whether the runner was content
 * @param {number} passed
 * @param {number} failed
 * @param {number} skipped
 * @returns {Count}
 */
function countOf(name, ok, passed, failed, skipped) {
  // a filter on test names skips the others
  if (skipped > 0 && only !== name) {
    console.log(`${name}: expected every test to run, got ${skipped} skipped`)
    failed += skipped
  }
  if (passed + failed === 0) console.log(`${name}: expected tests, none ran`)
  const silent = failed === 0 && (!ok || passed === 0)
  return { passed, failed: silent ? 1 : failed }
}

/** @param {string} stage */
function argumentsOf(stage) {
  return only === stage ? rest : []
}

/** @param {string} path */
function read(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return {}
  }
}

if (only && !['unit', 'long', 'deno', 'browser'].includes(only)) {
  console.error(`test/run.mjs: expected unit, long, deno, browser or nothing, got ${only}`)
  exit(2)
}
/** @param {string[]} names @returns {Promise<Count>} */
async function inTurn(names) {
  const counts = []
  for (const name of names) {
    console.log(`— ${name}`)
    counts.push((await stages[name]?.()) ?? { passed: 0, failed: 1 })
  }
  return sum(counts)
}

const kernels = await inTurn(['kernels'])
const others = only ? [inTurn([only])] : lanes.map(inTurn)
const total = sum([kernels, ...(await Promise.all(others))])
rmSync(reports, { recursive: true })
console.log(`${total.passed} passed, ${total.failed} failed`)
exit(total.failed === 0 ? 0 : 1)
