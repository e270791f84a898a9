// The LSTM recurrence at all sizes by all strategies, in one direction and in both, and with activations whose slope is read off
// the result, and off the argument.
import { test } from 'vitest'
import { webgpu } from '../support/compareBackends.ts'
import {
  checkLstmChunks,
  checkLstmFunctions,
  checkLstmRemainder,
  checkLstmSize,
} from '../support/lstmCases.ts'
import { everyRecurrenceSize, strategiesFitting } from '../support/recurrenceSizes.ts'

const sizes = everyRecurrenceSize(webgpu.traits).flatMap((size) =>
  ([1, 2] as const).map((directions) => ({ size, directions, ...size })),
)

test.each(sizes)(
  '$strategy [$batch, $time, $units], directions: $directions',
  ({ size, directions }) => checkLstmSize(size, directions),
  240_000,
)

test.each(strategiesFitting(4, 4, webgpu.traits))(
  '%s: both directions in chunks that go on in y, dropped by draws of their own',
  checkLstmChunks,
)

test.each(
  strategiesFitting(4, 4, webgpu.traits).flatMap((strategy) => [
    [strategy, 'relu', 'hard_sigmoid'] as const,
    [strategy, 'silu', 'mish'] as const,
    [strategy, 'silu', 'sigmoid'] as const,
    [strategy, 'softplus', 'gelu'] as const,
  ]),
)('%s with %s and %s', checkLstmFunctions)

test.each(
  strategiesFitting(4, 4, webgpu.traits).flatMap((strategy) =>
    [false, true].map((reverse) => ({ strategy, reverse })),
  ),
)('$strategy in chunks of steps with a remainder, reverse $reverse', checkLstmRemainder)
