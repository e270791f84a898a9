// Matchers for `expect.extend`, of Vitest, Playwright and Jest alike.

import { compareTensors, type TensorLike, type ToleranceOptions } from './tensorClose.ts'

/** What a matcher says. */
export interface MatcherResult {
  /** Whether the tensors are close. */
  readonly pass: boolean
  /** What is said where it fails. */
  readonly message: () => string
}

/** `expect.extend(tensorMatchers)` gives `expect(actual).toBeCloseToTensor(expected, { terms, dtype, scale })`. */
export const tensorMatchers = {
  /** Passes where each number is as close to the expected one as the arithmetic lets it be: within `terms · ε · scale`. */
  toBeCloseToTensor(actual: unknown, expected: TensorLike, options: ToleranceOptions = {}): MatcherResult {
    const comparison = compareTensors(actual, expected, options, 'toBeCloseToTensor')
    return {
      pass: comparison.isClose,
      message: () =>
        comparison.isClose
          ? `toBeCloseToTensor: expected another tensor than one of ${comparison.expected}, got one`
          : `toBeCloseToTensor: expected ${comparison.expected}, got ${comparison.got}`,
    }
  },
}
