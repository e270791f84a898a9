// softmax and its logarithm: one column, primes, more rows than a workgroup has threads; large arguments do not overflow.
import { expect, test } from 'vitest'
import { softmax } from '../../src/ops/softmax.ts'
import { tensor } from '../../src/util/tensor.ts'
import { checkOp } from '../support/checkOp.ts'
import { uniform } from '../support/values.ts'

const cases = [
  [1, 1],
  [3, 7],
  [67, 2],
  [2, 3, 65],
].flatMap((shape) => [
  { shape, logarithm: false },
  { shape, logarithm: true },
])
const strategies = ['rows', 'workgroup']
const each = strategies.flatMap((strategy) => cases.map((given) => ({ strategy, ...given })))

test.each(each)('$strategy: softmax $shape, logarithm $logarithm', async ({ strategy, shape, logarithm }) => {
  await checkOp(softmax, {
    strategy,
    inputs: { x: uniform(shape, -3, 3) },
    attrs: { logarithm },
    by: ['x'],
    roundings: 16,
  })
})

test('a row sums to one', async () => {
  const x = tensor([0, Math.log(2), 1000, 1000], [2, 2])
  const { outputs } = await checkOp(softmax, { inputs: { x }, attrs: {} })
  expect([...outputs.y].map((value) => Number(value.toFixed(6)))).toEqual([0.333333, 0.666667, 0.5, 0.5])
})

test.each(strategies)('%s: launches go on in y', async (strategy) => {
  await checkOp(softmax, { strategy, inputs: { x: [260, 3] }, attrs: {}, maxWorkgroups: 2 })
})
