/** Public scripts find what they call: of 169 that the project began with, 150 were to find everything. */
import { expect, test } from 'vitest'
import { ABSENT, GONE, RENAMED } from './reasons.ts'
import { missingCalls, recordedNames, scriptCount } from './vocabulary.ts'

test('of public scripts as many find everything they call as 150 of 169', async () => {
  const missing = await missingCalls()
  const lacking = new Set(missing.flatMap(({ scripts }) => scripts)).size
  expect((scriptCount - lacking) / scriptCount).toBeGreaterThanOrEqual(150 / 169)
})

test('no reason is given for what no script calls, or what is here', async () => {
  expect((await missingCalls()).filter(({ calls }) => calls.length === 0)).toEqual([])
  expect(ABSENT.length).toBeGreaterThan(0)
  expect(Object.keys(RENAMED).filter((name) => !recordedNames.has(name))).toEqual([])
  expect(Object.keys(GONE).filter((what) => !recordedNames.has(what))).toEqual([])
})
