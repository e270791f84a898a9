// Texts of errors, whole.

import { expect } from 'vitest'
import { clearSession, RecurraError } from '../../src/index.ts'

/** What is tried, and what the error says. */
export type ErrorCase = readonly [what: string, attempt: () => unknown, message: string]

/** Expects an attempt, which may be async, to fail on purpose with this text. Automatic names start anew. */
export async function expectError(attempt: () => unknown, message: string): Promise<void> {
  clearSession()
  const error: unknown = await Promise.resolve()
    .then(attempt)
    .then(
      () => 'no error',
      (reason: unknown) => reason,
    )
  expect(error instanceof Error ? error.message : error).toBe(message)
  expect(error).toBeInstanceOf(RecurraError)
}

/** A value that the types forbid, as JavaScript would hand it over. */
export const untyped = (value: unknown): never => value as never

/** What a call ends with: undefined, or what it threw. */
export async function failureOf(call: () => unknown): Promise<unknown> {
  try {
    await call()
    return undefined
  } catch (error) {
    return error
  }
}
