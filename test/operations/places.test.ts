/** Extents are words of a file until data come: functions that say for each entry where it comes from refuse those that nobody could hold. */
import { expect, test } from 'vitest'
import { Input, ops } from '../../src/index.ts'

test.each([
  [
    'pad in a mirror',
    () =>
      ops.pad(
        Input([100_000_000]),
        [
          [0, 0],
          [1, 1],
        ],
        'reflect',
      ),
    'ops.pad: expected an axis of at most 16777216 entries, got 100000000',
  ],
  [
    'sequences',
    () => ops.extractSequences(Input([100_000_000]), 2, 1),
    'ops.extractSequences: expected an axis of at most 16777216 entries, got 100000000',
  ],
  [
    'overlapping sequences',
    () => ops.extractSequences(Input([16_000_000]), 8, 1),
    'ops.extractSequences: expected a result of at most 67108864 entries along it, got 127999944',
  ],
] as const)('%s', (_name, call, message) => {
  expect(call).toThrow(message)
})
