// Rectifiers with parameters against their definition, at both sides of the threshold and of the limit.
import { expect, test } from 'vitest'
import { type RectifierAttributes, rectifier } from '../../src/ops/rectifier.ts'
import { tensor } from '../../src/util/tensor.ts'
import { checkOp } from '../support/checkOp.ts'

const variants: readonly (readonly [string, RectifierAttributes, (x: number) => number])[] = [
  ['a line below 0', { alpha: -0.3 }, (x) => (x > 0 ? x : -0.3 * x)],
  ['an exponential below 0', { alpha: 0.7, exponential: true }, (x) => (x > 0 ? x : 0.7 * Math.expm1(x))],
  [
    'a line below a threshold, and a limit',
    { alpha: 0.1, threshold: 0.25, limit: 1.5 },
    (x) => (x > 0.25 ? Math.min(x, 1.5) : 0.1 * (x - 0.25)),
  ],
  ['0 below a threshold above the limit', { alpha: 0, threshold: 2, limit: 1 }, (x) => (x > 2 ? 1 : 0)],
]
/** No multiple of the kernel's four elements, and none at a kink. */
const numbers = Float32Array.from({ length: 67 }, (_, i) => (i - 33) / 9.5 + 0.013)

test.each(variants)('%s', async (_name, attrs, define) => {
  const x = tensor(numbers, [numbers.length])
  const { outputs } = await checkOp(rectifier, { inputs: { x }, attrs, by: ['x'], roundings: 16 })
  for (const [i, value] of numbers.entries()) expect(outputs.y[i]).toBeCloseTo(define(value), 6)
})

test.each(variants)('%s, far from 0 and beyond', async (_name, attrs, define) => {
  const far = [1e30, -1e30, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN]
  const { outputs } = await checkOp(rectifier, { inputs: { x: tensor(far, [5]) }, attrs, roundings: 16 })
  far.slice(0, 4).forEach((x, i) => {
    expect(outputs.y[i]).toBeCloseTo(Math.fround(define(Math.fround(x))), 6)
  })
  expect(outputs.y[4]).toBeNaN()
})
