// The order of entries along an axis: both backends, equal entries, NaN and infinities.
import { expect, test } from 'vitest'
import { argsort } from '../../src/ops/sort.ts'
import { tensor } from '../../src/util/tensor.ts'
import { checkOp } from '../support/checkOp.ts'

test.each([
  [[1], 0],
  [[67], 0],
  [[3, 5, 7], 1],
  [[2, 131], 1],
] as const)('%j along axis %i', async (x, axis) => {
  await checkOp(argsort, { inputs: { x }, attrs: { axis }, maxWorkgroups: 2 })
})

test('of equal entries the first is first, NaN is last', async () => {
  const x = tensor([2, Number.NaN, -1, 2, Infinity, -0, 0, -Infinity, -1], [9])
  const { outputs } = await checkOp(argsort, { inputs: { x }, attrs: { axis: 0 } })
  expect([...outputs.order]).toEqual([7, 2, 8, 5, 6, 0, 3, 4, 1])
})
