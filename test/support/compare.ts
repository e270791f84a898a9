// Numbers against numbers that were computed elsewhere: the difference, in parts of the largest magnitude.

import { expect } from 'vitest'
import { relativeDifference } from './relativeDifference.ts'

/** Expects numbers to agree to a share of the largest. */
export function expectClose(
  what: string,
  got: ArrayLike<number> | undefined,
  expected: ArrayLike<number>,
  tolerance: number,
): void {
  expect(relativeDifference(got ?? [], expected), `${what}: difference`).toBeLessThanOrEqual(tolerance)
}
