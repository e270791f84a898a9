/** What test/run.mjs counts and names: whatever fails has a name at the end of a run, in whichever way it fails. */
import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { execPath } from 'node:process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { root } from './builtOnce.ts'
import { resultsOfPart, toldByDeno, toldByPlaywright } from './results.mjs'

const files = {
  tests: "test('passes', () => {}); describe('group', () => test('fails', () => { throw new Error() }))",
  load: "throw new Error('no such thing')",
  hook: "afterAll(() => { throw new Error() }); test('passes', () => {})",
  groupHook: "describe('group', () => { afterAll(() => { throw new Error() }); test('passes', () => {}) })",
  later: "test('passes', () => void Promise.reject(new TypeError('nobody\\nwaits')))",
  crash: "test('ends all', () => process.kill(process.pid, 'SIGKILL'))",
}

test('Vitest: tests, files, hooks, errors of no test, and processes that are gone', async () => {
  mkdirSync(`${root}test/artifacts`, { recursive: true })
  const folder = mkdtempSync(`${root}test/artifacts/results-`)
  const report = join(folder, 'results.json')
  for (const [name, code] of Object.entries(files))
    writeFileSync(
      join(folder, `${name}.test.js`),
      `import { afterAll, describe, test } from 'vitest'\n${code}`,
    )
  // The project's own configuration is above it.
  writeFileSync(join(folder, 'vitest.config.js'), 'export default {}')
  const command = [
    `${root}node_modules/vitest/vitest.mjs`,
    'run',
    `--root=${folder}`,
    `--reporter=${root}test/support/resultsReporter.ts`,
    '--maxWorkers=1',
  ]
  const ended = promisify(execFile)(execPath, command, {
    env: { ...process.env, RECURRA_TEST_RESULTS: report },
  })
  await expect(ended).rejects.toMatchObject({ code: 1 })
  const { passed, skipped, failures } = JSON.parse(readFileSync(report, 'utf8'))
  rmSync(folder, { recursive: true })
  expect([passed, skipped]).toEqual([4, 0])
  expect(failures.sort()).toEqual([
    'Error in no test: [vitest-pool]: Worker forks emitted error.',
    'TypeError in no test: nobody',
    'crash.test.js, which did not end',
    'groupHook.test.js, outside of its tests',
    'hook.test.js, outside of its tests',
    'load.test.js, outside of its tests',
    'tests.test.js > group > fails',
  ])
})

test('Playwright: tests, those that only failed at first, and errors of no test', () => {
  const spec = (title: string, status: string) => ({ title, tests: [{ status }] })
  const inner = { title: 'group', specs: [spec('fails', 'unexpected'), spec('now and then', 'flaky')] }
  const suites = [{ title: 'a.spec.ts', specs: [spec('passes', 'expected')], suites: [inner] }]
  expect(toldByPlaywright({ suites, errors: [{ message: 'no server\nat all' }] })).toEqual({
    passed: 1,
    skipped: 0,
    failures: ['a.spec.ts > group > fails', 'a.spec.ts > group > now and then', 'in no test: no server'],
  })
})

test('Deno: tests that fail and tests that are left out', () => {
  const report =
    '<testsuite><testcase name="passes" time="1"></testcase>' +
    '<testcase name="fails" time="1"><failure message="x">text</failure></testcase>' +
    '<testcase name="left out" time="0"><skipped/></testcase></testsuite>'
  expect(toldByDeno(report)).toEqual({ passed: 1, skipped: 1, failures: ['fails'] })
})

test('a part that fails and names nothing is named with how it ended', () => {
  const nothing = { passed: 0, skipped: 0, failures: [] }
  const failuresOf = (...of: Parameters<typeof resultsOfPart>) => resultsOfPart(...of).failures
  expect(failuresOf('deno', 'ended by SIGSEGV', { ...nothing, passed: 3 }, false)).toEqual([
    'deno: ended by SIGSEGV, and it named no test',
  ])
  expect(failuresOf('deno', 'exit code 1', { ...nothing, failures: ['a test'] }, false)).toEqual([
    'deno: a test',
  ])
  expect(failuresOf('unit', '', nothing, false)).toEqual(['unit: expected tests, none ran'])
  const skipping = { ...nothing, passed: 1, skipped: 2 }
  expect(failuresOf('unit', '', skipping, false)).toEqual(['unit: expected every test to run, got 2 skipped'])
  expect(resultsOfPart('unit', '', skipping, true)).toEqual({ passed: 1, failures: [] })
})
