import { writeFileSync } from 'node:fs'
import type { Reporter, SerializedError, TestModule } from 'vitest/node'

/** Writes what test/run.mjs counts and names, to the file that RECURRA_TEST_RESULTS names: {@link resultsOf} of the run. */
export default class ResultsReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[]): void {
    writeFileSync(process.env.RECURRA_TEST_RESULTS ?? '', JSON.stringify(resultsOf(modules, errors)))
  }
}

/** What ran, and the name of everything that failed: tests, files outside of their tests, and errors that are no test's. */
export function resultsOf(
  modules: readonly TestModule[],
  errors: readonly SerializedError[],
): { passed: number; skipped: number; failures: string[] } {
  const testsOf = ({ children }: TestModule, state: 'passed' | 'skipped' | 'failed') => [
    ...children.allTests(state),
  ]
  const count = (state: 'passed' | 'skipped'): number =>
    modules.reduce((sum, module) => sum + testsOf(module, state).length, 0)
  return {
    passed: count('passed'),
    skipped: count('skipped'),
    failures: [
      ...modules.flatMap((module) => {
        const file = module.relativeModuleId
        const named = testsOf(module, 'failed').map(({ fullName }) => `${file} > ${fullName}`)
        // Loading it failed, or a hook of the file or of a group of tests.
        const isBroken = [module, ...module.children.allSuites()].some((suite) => suite.errors().length > 0)
        if (isBroken) named.push(`${file}, outside of its tests`)
        if (named.length > 0 || ['passed', 'skipped'].includes(module.state())) return named
        return [`${file}, which did not end`]
      }),
      ...errors.map(({ name, message }) => `${name ?? 'an error'} in no test: ${firstLine(message)}`),
    ],
  }
}

const firstLine = (message: unknown): string => String(message).split('\n')[0] ?? ''
