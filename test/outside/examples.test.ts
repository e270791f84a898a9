/**
 * The package as those have it who install it (examplesProject.ts), used in Node, in Vitest and in Deno; in pages:
 * examples.long.test.ts. The tools for tests are the package's own.
 */
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { prepareAdapter } from '../support/adapter.mjs'
import { denoProgram } from '../support/denoProgram.ts'
import { blocksOf } from '../support/documents.ts'
import { ExamplesProject } from './examplesProject.ts'

let project: ExamplesProject
beforeAll(async () => {
  project = await ExamplesProject.install()
})
afterAll(() => project?.remove())

test('what docs/testing.md has a server run are scripts of the examples', () => {
  const { scripts } = JSON.parse(readFileSync(new URL('examples/package.json', import.meta.url), 'utf8'))
  const commands = blocksOf('docs/testing.md').flatMap(({ language, code }) =>
    language === 'yaml' ? [...code.matchAll(/run: npm run (\S+)/g)].map(([, name = '']) => name) : [],
  )
  expect(commands.length).toBeGreaterThan(2)
  expect(Object.keys(scripts)).toEqual(expect.arrayContaining(commands))
})

const inNode = ['--import', 'recurra/testing/node', '--test']

test('node:test', async () => {
  const { output, code } = await project.node([...inNode, 'node/forecast.test.mjs'])
  expect(output).toContain('pass 2')
  expect(code, output).toBe(0)
})

test('an error that a device reports fails a test of node:test', async () => {
  const { output, code } = await project.node([...inNode, 'failing/error.test.mjs'])
  expect(output).toContain('GPUValidationError of the device "careless"')
  expect(code).toBe(1)
})

test('Vitest', async () => {
  const { output, code } = await project.tool('vitest/vitest.mjs', ['run'])
  expect(output).toContain('1 passed')
  expect(code, output).toBe(0)
})

test('Deno', async () => {
  const { env } = await prepareAdapter()
  const variables = { ...env, DENO_NO_UPDATE_CHECK: '1' }
  const { output, code } = await project.run(
    denoProgram(),
    ['run', '--allow-all', '--no-lock', 'deno/forecast.ts'],
    variables,
  )
  expect(output).toContain('webgpu 10')
  expect(code).toBe(0)
})
