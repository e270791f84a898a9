/** Arrays that hold themselves are refused where functions of `ops` take numbers, and no stack overflows. */
import { expect, test } from 'vitest'
import { Input, ops } from '../../src/index.ts'

const cyclic: unknown[] = []
cyclic.push(cyclic)

test.each<[string, () => unknown]>([
  ['as an operand', () => ops.add(cyclic as never, Input([2]))],
  ['in a list', () => ops.concatenate([Input([2]), cyclic as never])],
  ['as an option', () => ops.stft(Input([16]), 4, 2, 4, { window: cyclic as never })],
])('%s', (_, call) => {
  expect(call).toThrow(/at most 16 deep/)
})
