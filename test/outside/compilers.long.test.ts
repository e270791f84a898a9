/**
 * The package's types in programs of others: without an error under the oldest compiler, the one before, and the present one, which
 * published.test.ts has in every run.
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Installed } from '../support/installPackage.ts'
import { installTyped, PRESENT, RESOLUTIONS, typeErrorsOf } from './typedPrograms.ts'

let installed: Installed
beforeAll(async () => {
  installed = await installTyped()
})
afterAll(() => installed?.remove())

const COMPILERS = {
  '5.4': 'test/outside/node_modules/typescript-5.4',
  '6': 'test/outside/node_modules/typescript',
  '7': PRESENT,
}

const cases = Object.entries(COMPILERS).flatMap(([version, compiler]) =>
  Object.entries(RESOLUTIONS).map(([moduleResolution, module]) => ({
    version,
    compiler,
    moduleResolution,
    module,
  })),
)

test.each(cases)('TypeScript $version, modules as $moduleResolution', async (compiler) => {
  expect(await typeErrorsOf(installed, compiler)).toEqual([])
})
