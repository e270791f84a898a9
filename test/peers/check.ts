// Runs cases of other libraries' tests on the backend in use, and says what is not as expected.

import { vi } from 'vitest'
import { clearSession } from '../../src/index.ts'
import { casesOf, libraries, type PeerCase } from './cases.ts'
import { exceptionOf } from './exceptions.ts'
import type { Outcome } from './outcome.ts'
import { runCase } from './run.ts'

/** What comes of a case: it is missing or disagrees where one of its numbers does. */
function whole(outcomes: readonly Outcome[]): Outcome {
  const worst = (status: Outcome['status']) => outcomes.find((outcome) => outcome.status === status)
  return worst('missing') ?? worst('disagree') ?? { status: outcomes.length > 0 ? 'agree' : 'missing' }
}

/** Runs cases; returns how many are met, and those that come out otherwise than the list of exceptions says. */
export async function check(cases: readonly PeerCase[]) {
  // Masks that end and scores that are not adjusted are warned of.
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
  const unexpected: string[] = []
  let met = 0
  for (const given of cases) {
    clearSession()
    const { status, note = '' } = whole(await runCase(given))
    const expected = exceptionOf.get(given.id)?.status ?? 'agree'
    if (status === 'agree') met++
    if (status !== expected)
      unexpected.push(`${given.id} (${given.test}): expected to ${expected}, got ${status}. ${note}`)
  }
  warn.mockRestore()
  return { met, unexpected }
}

const namesOf = (given: PeerCase): string =>
  `${given.kind} ${'className' in given ? given.className : 'name' in given ? given.name : given.id}`

/** The smallest case of each kind and class, of those that are met with numbers. */
export function sample(): readonly PeerCase[] {
  const smallest = new Map<string, readonly [given: PeerCase, size: number]>()
  for (const given of libraries.flatMap(casesOf)) {
    if (exceptionOf.has(given.id) || /^(throws|symbolic|shape|model|chain)/.test(given.kind)) continue
    const [name, size] = [namesOf(given), JSON.stringify(given).length]
    if (size < (smallest.get(name)?.[1] ?? Number.POSITIVE_INFINITY)) smallest.set(name, [given, size])
  }
  return [...smallest.values()].map(([given]) => given)
}
