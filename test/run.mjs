/**
 * Runs the checks and adds up their results:
 *
 *     node test/run.mjs                       packages, kernels, lint, types, tests in Node, in Deno, in a browser
 *     node test/run.mjs unit [argument ...]   kernels and tests in Node; arguments go to vitest (a file name, -t NAME)
 *     node test/run.mjs long [argument ...]   kernels and the tests that need longer: *.long.test.ts, to which arguments go;
 *                                             without arguments also *.long.spec.ts in a browser, and all that Deno can run
 *     node test/run.mjs browser [argument …]  kernels and tests in a browser; arguments go to Playwright
 *     node test/run.mjs deno [argument …]     kernels and tests on a second WebGPU engine; arguments go to Deno
 *
 * Ends with the names of what failed and `N passed, N failed`. A check that fails counts as one failed test; so does a suite that ran nothing,
 * and a runner that was not content and named no test.
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
import { resultsOfPart, sum, toldByDeno, toldByPlaywright } from './support/results.mjs'

/** @typedef {import('./support/results.mjs').Results} Results */

const NOTHING = { passed: 0, skipped: 0, failures: [] }
const root = fileURLToPath(new URL('..', import.meta.url))
const reports = mkdtempSync(join(tmpdir(), 'recurra-test-'))
const [only, ...rest] = argv.slice(2)

/** @type {Record<string, () => Promise<Results>>} */
const stages = {
  packages: () => check('packages', '.ci/setup.mjs', 'test/outside'),
  kernels: () => check('kernels', 'node_modules/tsx/dist/cli.mjs', '.ci/kernels.ts'),
  lint: () =>
    check(
      'lint',
      'node_modules/@biomejs/biome/bin/biome',
      'check',
      '--error-on-warnings',
      '--max-diagnostics=50',
    ),
  // Each of several checkers works out the types that they share, and the other lane has the other core.
  types: () => check('types', 'node_modules/typescript/bin/tsc', '--checkers', '1'),
  unit: () => runVitest('unit'),
  long: runLong,
  browser: () => runPlaywright(),
  deno: () => runDeno(),
}
/**
 * What glibc is told for as long as tests run: to keep memory that is free. Software adapters take and free much of it for each pipeline that
 * they compile, and getting it from the system again, page by page, takes up to a sixth of all time.
 */
const KEPT_MEMORY = {
  MALLOC_TRIM_THRESHOLD_: String(2 ** 30),
  MALLOC_MMAP_THRESHOLD_: String(2 ** 30),
  MALLOC_TOP_PAD_: String(2 ** 26),
}
/** Takes the tests, in every runner, that are worth more time than every run has. */
const LONG = { RECURRA_TEST_LONG: '1' }
/**
 * What a stage waits for.
 * @type {Record<string, readonly string[]>}
 */
const needs = {
  types: ['kernels', 'packages'],
  unit: ['kernels', 'packages'],
  long: ['kernels', 'packages'],
  browser: ['kernels', 'packages'],
  deno: ['kernels', 'packages'],
}
/**
 * All stages, in lanes side by side, so that no core waits for one that uses only one: kernels and lint while packages come over the network.
 * The second lane prints what each of its suites said as that ends.
 */
const lanes = [
  ['kernels', 'lint', 'types', 'unit'],
  ['packages', 'browser', 'deno'],
]

/**
 * Runs a Node program in the project's root and resolves to how it ended where it was not content, else to ''.
 * @param {string[]} command
 * @param {Record<string, string>} variables
 * @param {boolean} isShownLater whether what it prints waits until it has ended
 */
async function run(command, variables = {}, isShownLater = false) {
  const child = spawn(execPath, command, {
    cwd: root,
    stdio: isShownLater ? ['inherit', 'pipe', 'pipe'] : 'inherit',
    env: { ...KEPT_MEMORY, ...env, ...variables },
  })
  /** @type {Buffer[]} */
  const printed = []
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (data) => printed.push(data))
  const [code, signal] = await once(child, 'close')
  stdout.write(Buffer.concat(printed))
  return code === 0 ? '' : signal === null ? `exit code ${code}` : `ended by ${signal}`
}

/** @param {string} name @param {string[]} command @returns {Promise<Results>} */
async function check(name, ...command) {
  const ending = await run(command)
  return { passed: 0, failures: ending === '' ? [] : [`${name}: ${ending}`] }
}

/** @param {'unit' | 'long'} stage @param {Record<string, string>} variables */
async function runVitest(stage, variables = {}) {
  const report = join(reports, `${stage}.json`)
  const options = ['--reporter=default', '--reporter=./test/support/resultsReporter.ts']
  const given = argumentsOf(stage)
  // Projects would not take an argument over what the configuration says.
  if (!given.some((each) => each.startsWith('--maxWorkers'))) options.push('--maxWorkers=2')
  const { env: adapter } = await prepareAdapter()
  const ending = await run(['node_modules/vitest/vitest.mjs', 'run', ...options, ...given], {
    ...adapter,
    ...variables,
    RECURRA_TEST_RESULTS: report,
  })
  return resultsOf(stage, ending, { ...NOTHING, ...read(report) })
}

async function runLong() {
  const results = [await runVitest('long', LONG)]
  if (rest.length === 0) results.push(await runPlaywright(LONG), await runDeno(LONG))
  return sum(results)
}

/** @param {Record<string, string>} variables */
async function runDeno(variables = {}) {
  const report = join(reports, 'deno.xml')
  const command = ['node_modules/tsx/dist/cli.mjs', 'test/deno/run.ts', report, ...argumentsOf('deno')]
  const ending = await run(command, variables, !only)
  return resultsOf('deno', ending, toldByDeno(existsSync(report) ? readFileSync(report, 'utf8') : ''))
}

/** @param {Record<string, string>} variables */
async function runPlaywright(variables = {}) {
  const report = join(reports, 'browser.json')
  const ending = await run(
    ['node_modules/@playwright/test/cli.js', 'test', '--reporter=list,json', ...argumentsOf('browser')],
    {
      ...variables,
      PLAYWRIGHT_JSON_OUTPUT_NAME: report,
      RECURRA_TEST_PORT: String(await freePort()),
    },
    !only,
  )
  return resultsOf('browser', ending, toldByPlaywright(read(report)))
}

/**
 * @param {string} part
 * @param {string} ending
 * @param {import('./support/results.mjs').Told} told
 */
function resultsOf(part, ending, told) {
  // A filter on test names skips the others.
  return resultsOfPart(part, ending, told, only === part)
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

/** @type {Map<string, Promise<Results>>} */
const started = new Map()

/**
 * Runs a stage, once, after what it needs.
 * @param {string} name
 */
function stage(name) {
  const running = started.get(name) ?? runStage(name)
  started.set(name, running)
  return running
}

/** @param {string} name @returns {Promise<Results>} */
async function runStage(name) {
  await Promise.all((needs[name] ?? []).map(stage))
  console.log(`— ${name}`)
  return (await stages[name]?.()) ?? { passed: 0, failures: [`${name}: there is no such part`] }
}

/** @param {readonly string[]} names */
async function inTurn(names) {
  const results = []
  for (const name of names) results.push(await stage(name))
  return sum(results)
}

// A stage by itself stands beside what it needs.
const taken = only ? [...(needs[only] ?? []), only].map((name) => [name]) : lanes
const total = sum(await Promise.all(taken.map(inTurn)))
rmSync(reports, { recursive: true })
const { passed, failures } = total
if (failures.length > 0) console.log(`\nFailed:\n${failures.map((name) => `  ${name}\n`).join('')}`)
console.log(`${passed} passed, ${failures.length} failed`)
exit(failures.length === 0 ? 0 : 1)
