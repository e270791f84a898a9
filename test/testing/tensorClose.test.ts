/** Tolerances from the arithmetic: what two ways to compute differ by passes, what is more fails and is named. */
import { assertTensorClose, type ToleranceOptions, tensorMatchers } from 'recurra/testing'
import { expect, test } from 'vitest'
import { tensor } from '../../src/index.ts'
import { uniform } from '../support/values.ts'

const passes = (...args: Parameters<typeof tensorMatchers.toBeCloseToTensor>): boolean =>
  tensorMatchers.toBeCloseToTensor(...args).pass

test('two orders of a sum are close for as many terms, and one more wrong digit is not', () => {
  const K = 1000
  const [a, b] = [uniform([K], -1, 1).data, uniform([K], -1, 1, 2).data]
  let forward = 0
  let backward = 0
  let scale = 0
  for (let i = 0; i < K; i++) {
    forward = Math.fround(forward + Math.fround(a[i]! * b[i]!))
    backward = Math.fround(backward + Math.fround(a[K - 1 - i]! * b[K - 1 - i]!))
    scale += Math.abs(a[i]! * b[i]!)
  }
  expect(forward).not.toBe(backward)
  expect(passes(forward, backward, { terms: K, scale })).toBe(true)
  expect(passes(forward + 2 * K * 2 ** -23 * scale, backward, { terms: K, scale })).toBe(false)
})

test.each<[string, unknown, unknown, ToleranceOptions, boolean]>([
  ['equal', [[1, 2]], tensor([[1, 2]]), {}, true],
  ['the last bit of a number', [1 + 2 ** -23], [1], {}, true],
  ['two bits', [1 + 2 ** -22], [1], {}, false],
  ['two bits of two terms', [1 + 2 ** -22], [1], { terms: 2 }, true],
  ['half precision', [1.0009], [1], { dtype: 'float16' }, true],
  ['small beside large', [1e-8, 1], [0, 1], {}, true],
  ['small beside large, each by itself', [1e-8, 1], [0, 1], { scale: [1e-9, 1] }, false],
  ['NaN where expected', [Number.NaN], [Number.NaN], {}, true],
  ['NaN where not expected', [Number.NaN], [1], {}, false],
  ['a number for NaN', [1], [Number.NaN], {}, false],
  ['infinity', [Infinity, 1], [Infinity, 1], {}, true],
  ['the other infinity', [-Infinity], [Infinity], {}, false],
  ['typed arrays', new Float32Array([1, 2]), new Float64Array([1, 2]), {}, true],
  ['another shape', [1, 2], [[1, 2]], {}, false],
  ['zeros', [1e-30], [0], {}, false],
])('%s', (_, actual, expected, options, isClose) => {
  expect(passes(actual as number[], expected as number[], options)).toBe(isClose)
})

test('a failure names the farthest number and the tolerance', () => {
  const compare = (): void =>
    assertTensorClose(
      [
        [1, 2],
        [3, 4.5],
      ],
      [
        [1, 2.25],
        [3, 4],
      ],
      { terms: 8 },
    )
  expect(compare).toThrow(
    'assertTensorClose: expected shape [2, 2], each number within terms 8 × ε 1.19e-7 (float32) × its scale, got 2 of 4 farther, ' +
      'the farthest at [1, 1]: 4.5 for 4, apart by 0.500 where 0.00000381 is allowed.',
  )
  expect(() => assertTensorClose([1], [[1]])).toThrow('expected shape [1, 1], got [1]')
  expect(tensorMatchers.toBeCloseToTensor([1], [1]).message()).toContain('expected another tensor')
})

test.each<[unknown, unknown, string]>([
  ['one', [1], 'expected'],
  [[1], [1], 'options terms, dtype, scale, got atol'],
])('%j and %j are refused', (actual, expected, message) => {
  const options = { atol: 1 } as ToleranceOptions
  expect(() => assertTensorClose(actual as number[], expected as number[], options)).toThrow(message)
})
