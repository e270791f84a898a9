/**
 * What new users try, a line each, and what they are told. Nothing wrong is taken in silence, and no error is a raw one: each says where,
 * what was expected and what came. All of it is in texts.md, to be read in one sitting; `npm run test:unit -- test/errors/attempts.test.ts -u`
 * writes it anew.
 */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import * as applications from '../../src/applications.ts'
import * as data from '../../src/data.ts'
import * as formats from '../../src/formats.ts'
import * as recurra from '../../src/index.ts'
import { addHabits } from '../../src/models/habits.ts'
import { addNamespaceHabits } from '../../src/models/namespaceHabits.ts'
import { loadEveryName } from '../../src/training/everyName.ts'
import { useMemoryFiles } from '../support/memoryFiles.ts'
import type { Right } from './attempts/area.ts'
import { areas } from './attempts/index.ts'

// Namespaces are objects of their own, as in the file that is built for Node.
const namespaces = Object.entries(recurra).map(([name, value]) =>
  Object.prototype.toString.call(value) === '[object Module]' ? [name, { ...value }] : [name, value],
)
const names: Readonly<Record<string, unknown>> = {
  ...Object.fromEntries(namespaces),
  ...data,
  ...formats,
  ...applications,
}
const AsyncFunction = (async () => {}).constructor as FunctionConstructor

const warnings: string[] = []

beforeAll(async () => {
  // As in Node, so that it does not matter which names other tests have loaded.
  loadEveryName()
  addHabits(recurra.ops)
  addNamespaceHabits(names)
  useMemoryFiles()
  await recurra.setBackend('cpu')
  vi.spyOn(console, 'warn').mockImplementation((text: unknown) => {
    warnings.push(String(text))
  })
})
afterAll(() => vi.restoreAllMocks())

/** Runs the code of an attempt, of which the last statement is awaited. Returns what it throws; null where it ends well. */
async function errorOf(setup: string, code: string): Promise<unknown> {
  recurra.clearSession()
  const statements = code.split('; ')
  const last = statements.pop()
  const body = `'use strict'\n${[setup, ...statements].join('\n')}\nreturn ${last}`
  try {
    const run: (...values: readonly unknown[]) => Promise<unknown> = new AsyncFunction(
      ...Object.keys(names),
      body,
    ) as never
    await run(...Object.values(names))
    return null
  } catch (error) {
    return error
  }
}

/** What the user is told: warnings, then the error, or why there is none. */
async function told(setup: string, attempt: string | Right): Promise<string> {
  const { code, since, throws } =
    typeof attempt === 'string' ? { code: attempt, since: null, throws: true } : attempt
  warnings.length = 0
  const error = await errorOf(setup, code)
  const lines = [code, ...warnings.map((text) => `    (warning) ${text}`)]
  if (since === null) {
    const isAborted = error instanceof Error && error.name === 'AbortError'
    expect.soft(isAborted || error instanceof recurra.RecurraError, `${code}: ${error}`).toBe(true)
    const { message } = Object(error) as Error
    if (!isAborted) expect.soft(message).toMatch(/^.+: expected .+, got:? .+[.?]$/s)
    return [...lines, `    ${message}`].join('\n')
  }
  expect.soft(error instanceof recurra.RecurraError, `${code}: ${error}`).toBe(false)
  expect.soft(error !== null, `${code}: ${error}`).toBe(throws)
  return [...lines, `    (${throws ? String(error) : 'right'}) ${since}`].join('\n')
}

/** The texts of each area. */
const sections: string[] = []

describe.each(areas)('$title', ({ title, setup = '', attempts }) => {
  test(`${attempts.length} attempts`, async () => {
    const texts: string[] = []
    for (const attempt of attempts) texts.push(await told(setup, attempt))
    sections.push(`## ${title}\n\n\`\`\`text\n${texts.join('\n')}\n\`\`\``)
  })
})

test('the texts are those that were read', async () => {
  expect(areas.flatMap(({ attempts }) => attempts).length).toBeGreaterThan(600)
  const head = `# What errors say\n\nA line that a new user may type, and what it is answered. Written by attempts.test.ts.`
  await expect([head, ...sections].join('\n\n')).toMatchFileSnapshot('texts.md')
})
