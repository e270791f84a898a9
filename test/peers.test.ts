/**
 * The numbers of other libraries' own tests: Keras 3.16, TensorFlow.js's layers, keras-js and ONNX's nodes. Each case runs through what
 * users call; those that are not met are listed with their reasons (peers/exceptions.ts).
 */
import { beforeAll, expect, test, vi } from 'vitest'
import { clearSession, setBackend } from '../src/index.ts'
import { casesOf, completedIds, libraries } from './peers/cases.ts'
import { exceptionOf, exceptions, idsOf } from './peers/exceptions.ts'
import type { Outcome } from './peers/outcome.ts'
import { runCase } from './peers/run.ts'

beforeAll(() => setBackend('cpu'))

/** What comes of a case: it is missing or disagrees where one of its numbers does. */
function whole(outcomes: readonly Outcome[]): Outcome {
  const worst = (status: Outcome['status']) => outcomes.find((outcome) => outcome.status === status)
  return worst('missing') ?? worst('disagree') ?? { status: outcomes.length > 0 ? 'agree' : 'missing' }
}

test.each(libraries)('%s', { timeout: 120_000 }, async (library) => {
  // Masks that end and scores that are not adjusted are warned of.
  vi.spyOn(console, 'warn').mockImplementation(() => {})
  const unexpected: string[] = []
  let met = 0
  for (const given of casesOf(library)) {
    clearSession()
    const { status, note = '' } = whole(await runCase(given))
    const expected = exceptionOf.get(given.id)?.status ?? 'agree'
    if (status === 'agree') met++
    if (status !== expected)
      unexpected.push(`${given.id} (${given.test}): expected to ${expected}, got ${status}. ${note}`)
  }
  vi.restoreAllMocks()
  expect(unexpected).toEqual([])
  expect(met).toBe(casesOf(library).filter(({ id }) => !exceptionOf.has(id)).length)
})

test('every case that is not met is listed once, with a reason', () => {
  const listed = exceptions.flatMap(({ cases }) => cases.split('; '))
  expect(listed.every((part) => /^(keras|tfjs|kerasjs|onnx)( \d+(-\d+)?)+$/.test(part))).toBe(true)
  const known = new Set(libraries.flatMap(casesOf).map(({ id }) => id))
  expect([...exceptionOf.keys()].filter((id) => !known.has(id))).toEqual([])
  expect(exceptions.flatMap(({ cases }) => idsOf(cases)).length).toBe(exceptionOf.size)
  expect(
    exceptions.filter(({ status }) => status === 'missing').flatMap(({ cases }) => idsOf(cases)).length,
  ).toBeLessThanOrEqual(100)
  // What completes recordings is of cases that there are.
  expect(completedIds.filter((id) => !known.has(id))).toEqual([])
})
