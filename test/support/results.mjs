/** What runners of tests say of a run, for test/run.mjs: how many tests passed, and by name what failed. */

/**
 * @typedef {object} Results
 * @property {number} passed
 * @property {readonly string[]} failures The name of everything that failed.
 */

/** @typedef {{ passed: number, skipped: number, failures: string[] }} Told What a runner told. */

/** @param {readonly Results[]} parts @returns {Results} */
export const sum = (parts) => ({
  passed: parts.reduce((total, { passed }) => total + passed, 0),
  failures: parts.flatMap(({ failures }) => failures),
})

/**
 * The results of a part of the checks. A run that was not content and named nothing, skipped tests and a run without tests are
 * failures, too.
 *
 * @param {string} part The name of the part, before each failure.
 * @param {string} ending How it ended where it was not content, such as "exit code 1"; empty where it was.
 * @param {Told} told
 * @param {boolean} isFiltered Whether a part of the tests was asked for, so that others are skipped.
 * @returns {Results}
 */
export function resultsOfPart(part, ending, { passed, skipped, failures }, isFiltered) {
  const named = [...failures]
  if (skipped > 0 && !isFiltered) named.push(`expected every test to run, got ${skipped} skipped`)
  if (ending !== '' && named.length === 0) named.push(`${ending}, and it named no test`)
  if (passed + named.length === 0) named.push('expected tests, none ran')
  return { passed, failures: named.map((name) => `${part}: ${name}`) }
}

/**
 * @typedef {object} Suite A suite of Playwright's report in JSON.
 * @property {string} title
 * @property {Suite[]} [suites]
 * @property {{ title: string, tests: { status: string }[] }[]} [specs]
 */

/**
 * What Playwright's report in JSON tells.
 * @param {{ suites?: Suite[], errors?: { message?: string }[] }} report
 * @returns {Told}
 */
export function toldByPlaywright({ suites = [], errors = [] }) {
  /** @param {Suite} suite @param {string[]} around @returns {{ name: string, status: string }[]} */
  const testsOf = ({ title, suites: inner = [], specs = [] }, around) => {
    const path = [...around, title]
    return [
      ...specs.flatMap((spec) =>
        spec.tests.map(({ status }) => ({ name: [...path, spec.title].join(' > '), status })),
      ),
      ...inner.flatMap((suite) => testsOf(suite, path)),
    ]
  }
  const tests = suites.flatMap((suite) => testsOf(suite, []))
  const failed = tests.filter(({ status }) => !['expected', 'skipped'].includes(status))
  return {
    passed: tests.filter(({ status }) => status === 'expected').length,
    skipped: tests.filter(({ status }) => status === 'skipped').length,
    failures: [
      ...failed.map(({ name }) => name),
      ...errors.map(({ message = 'an error' }) => `in no test: ${message.split('\n')[0]}`),
    ],
  }
}

/**
 * What Deno's report in JUnit's XML tells.
 * @param {string} report
 * @returns {Told}
 */
export function toldByDeno(report) {
  const cases = report.split('<testcase ').slice(1)
  /** @param {RegExp} element */
  const having = (element) => cases.filter((text) => element.test(text))
  const [failed, skipped] = [having(/<(failure|error)\b/), having(/<skipped\b/)]
  return {
    passed: cases.length - failed.length - skipped.length,
    skipped: skipped.length,
    failures: failed.map((text) => /\bname="([^"]*)"/.exec(text)?.[1] ?? 'a test'),
  }
}
