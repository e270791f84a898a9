/**
 * `recurra/testing/vitest`: one of Vitest's `setupFiles`. Tests then have `navigator.gpu`, fail on what any device reports, and have the matcher
 * `toBeCloseToTensor`. Without an adapter they fail.
 */

import { afterEach, expect } from 'vitest'
import { checkGpu, watchedGpu } from './devices.ts'
import type { TensorLike, ToleranceOptions } from './tensorClose.ts'
import { tensorMatchers } from './tensorMatchers.ts'

declare module 'vitest' {
  interface Matchers<T> {
    /** Passes where each number is as close to the expected one as the arithmetic lets it be: within `terms · ε · scale`. */
    toBeCloseToTensor(expected: TensorLike, options?: ToleranceOptions): T
  }
}

await watchedGpu()
expect.extend(tensorMatchers)
afterEach(checkGpu)
