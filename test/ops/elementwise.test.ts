// affine and the binary functions, over patterns of broadcasting in up to four turns.
import { expect, test } from 'vitest'
import { affine } from '../../src/ops/affine.ts'
import {
  type BinaryFunction,
  binary,
  binaryCodes,
  broadcastShape,
  maximumGradient,
} from '../../src/ops/elementwise.ts'
import { tensor } from '../../src/util/tensor.ts'
import { checkOp } from '../support/checkOp.ts'
import { sampled } from '../support/sampled.ts'
import { apartFromZero } from '../support/values.ts'

const patterns = [
  { a: [67], b: [67] },
  { a: [], b: [] },
  { a: [5, 7], b: [7] },
  { a: [7], b: [5, 7] },
  { a: [5, 1], b: [1, 7] },
  { a: [3], b: [] },
  { a: [2, 3, 5], b: [3, 1] },
  { a: [2, 3, 5], b: [2, 1, 1] },
  { a: [2, 3, 5, 7], b: [3, 1, 7] },
  { a: [1, 3, 1, 7], b: [2, 1, 5, 1] },
  { a: [2, 1, 3, 1, 2], b: [2, 1, 3, 1, 2] },
  { a: [2, 3, 2, 3, 2], b: [1] },
  { a: [2, 3, 2, 1, 2], b: [2, 1, 2] },
  { a: [2, 1, 1, 3, 2], b: [1, 3, 2, 1, 1] },
]
const functions = Object.keys(binaryCodes) as BinaryFunction[]

test.each(
  sampled(
    patterns.flatMap((pattern) => functions.map((fn) => ({ ...pattern, fn }))),
    2,
  ),
)('$a $fn $b', async ({ a, b, fn }) => {
  await checkOp(binary, {
    inputs: { a, b: apartFromZero(b, 1.25, 2) },
    attrs: { fn },
    by: ['a', 'b'],
    // Gradients sum over up to 70 broadcast entries.
    roundings: 80,
  })
})

test.each([1, 63, 260])('affine of %i elements', async (size) => {
  await checkOp(affine, {
    inputs: { x: [size] },
    attrs: { scale: -1.7, shift: 0.3 },
    by: ['x'],
    maxWorkgroups: 2,
  })
})

test('functions by hand', async () => {
  const inputs = { a: tensor([6, 8], [2]), b: tensor([3, -2], [2]) }
  const results: Record<BinaryFunction, number[]> = {
    add: [9, 6],
    subtract: [3, 10],
    multiply: [18, -16],
    divide: [2, -4],
    maximum: [6, 8],
    minimum: [3, -2],
  }
  for (const fn of functions) {
    expect([...(await checkOp(binary, { inputs, attrs: { fn } })).outputs.y]).toEqual(results[fn])
  }
})

test('shapes that do not broadcast', () => {
  expect(() => broadcastShape([2, 3], [2])).toThrow(
    'elementwise operation: expected shapes that broadcast, got [2, 3] and [2].',
  )
  expect(broadcastShape([1, 1, 1, 1, 1], [1])).toEqual([1, 1, 1, 1, 1])
  expect(() => broadcastShape([2, 1, 2, 1, 2], [1, 3, 1, 3, 1])).toThrow(
    'at most four axes that broadcast in turn, got [2, 1, 2, 1, 2] and [1, 3, 1, 3, 1]',
  )
})

test.each(['maximum', 'minimum'] as const)('%s of equal numbers gives each half the gradient', async (fn) => {
  const dy = tensor([3, 5, 7], [3])
  const inputs = { a: tensor([1, 2, 3], [3]), b: tensor([1, 3, 2], [3]), dy }
  const { outputs } = await checkOp(maximumGradient, { inputs, attrs: { isMinimum: fn === 'minimum' } })
  expect([...outputs.da]).toEqual(fn === 'minimum' ? [1.5, 5, 0] : [1.5, 0, 7])
  expect([...outputs.db]).toEqual(fn === 'minimum' ? [1.5, 0, 7] : [1.5, 5, 0])
})
