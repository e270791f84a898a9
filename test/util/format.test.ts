// Numbers as Python prints them; the expected texts are Python's.
import { expect, test } from 'vitest'
import { formatBytes, formatThousands } from '../../src/util/format.ts'
import { formatExponential, formatFixed } from '../../src/util/pythonFormat.ts'

test.each([
  [1.75, 4, '1.7500'],
  [0.00005, 4, '0.0001'],
  [1.125, 2, '1.12'],
  [1.375, 2, '1.38'],
  [0.5, 0, '0'],
  [1.5, 0, '2'],
  [2.5, 0, '2'],
  [-2.625, 2, '-2.62'],
  [-0, 4, '-0.0000'],
  [531639908236800.6, 2, '531639908236800.62'],
  [1e22, 4, '10000000000000000000000.0000'],
  [-1e22, 0, '-10000000000000000000000'],
  [Number.NaN, 4, 'nan'],
  [Infinity, 4, 'inf'],
  [-Infinity, 0, '-inf'],
])('formatFixed(%d, %d) is %s', (value, digits, text) => {
  expect(formatFixed(value, digits)).toBe(text)
})

test.each([
  [1.2345678e-5, 4, '1.2346e-05'],
  [0, 4, '0.0000e+00'],
  [-0, 1, '-0.0e+00'],
  [1e100, 0, '1e+100'],
  [4.03125, 4, '4.0312e+00'],
  [-2.5, 0, '-2e+00'],
  [Number.NaN, 4, 'nan'],
])('formatExponential(%d, %d) is %s', (value, digits, text) => {
  expect(formatExponential(value, digits)).toBe(text)
})

test.each([
  [0, '0'],
  [999, '999'],
  [1000, '1,000'],
  [1234567, '1,234,567'],
])('formatThousands(%d) is %s', (value, text) => {
  expect(formatThousands(value)).toBe(text)
})

test.each([
  [0, '0.00 B'],
  [1023, '1023.00 B'],
  [1024, '1.00 KB'],
  [1572, '1.54 KB'],
  [1152, '1.12 KB'],
  [5 * 1024 ** 3, '5.00 GB'],
  [2 * 1024 ** 6, '2048.00 PB'],
])('formatBytes(%d) is %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text)
})
