// Signals as options. Only calls that are given options read them.

import { describeValue, fail } from '../errors.ts'

/** Returns `value` if it is an AbortSignal, of another realm too, else throws. */
export function checkSignal(where: string, name: string, value: unknown): AbortSignal {
  const isSignal =
    typeof value === 'object' && value !== null && 'aborted' in value && 'throwIfAborted' in value
  if (isSignal) return value as AbortSignal
  return fail(where, {
    expected: `${name} to be an AbortSignal`,
    got: describeValue(value),
    remedy: 'Give new AbortController().signal, or AbortSignal.timeout(ms).',
  })
}
