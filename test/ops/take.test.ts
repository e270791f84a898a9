// Entries along an axis by indices, alike for all positions or for each its own; gradients of entries that are taken several times.
import { expect, test } from 'vitest'
import { take } from '../../src/ops/take.ts'
import { tensor } from '../../src/util/tensor.ts'
import { checkOp } from '../support/checkOp.ts'

const numbers = tensor([4, 0, 0, -1, 2, 4], [2, 3])

test.each([
  [[5], 0],
  [[5, 3], 0],
  [[2, 5, 3], 1],
  [[67, 5], 1],
] as const)('take of %j along axis %i', async (shape, axis) => {
  await checkOp(take, {
    inputs: { x: shape, indices: numbers },
    attrs: { axis, isAlong: false },
    by: ['x'],
    roundings: 16,
  })
})

test.each([
  [[2, 5], [2, 3], 1],
  [[5, 3], [2, 3], 0],
] as const)('takeAlongAxis of %j by %j along axis %i', async (shape, indices, axis) => {
  await checkOp(take, {
    inputs: { x: shape, indices: tensor([...numbers.data], indices) },
    attrs: { axis, isAlong: true },
    by: ['x'],
    roundings: 16,
  })
})

test('by hand: from the end, and where there is no entry', async () => {
  const { outputs, gradients } = await checkOp(take, {
    inputs: { x: tensor([1, 2, 3], [3]), indices: tensor([-1, 0, 3, -4, 2], [5]) },
    attrs: { axis: 0, isAlong: false },
  })
  expect([...outputs.y]).toEqual([3, 1, Number.NaN, Number.NaN, 3])
  expect(gradients).toEqual({})
})

test('indices of another shape are refused', async () => {
  const inputs = { x: [2, 5], indices: [3, 3] }
  await expect(checkOp(take, { inputs, attrs: { axis: 1, isAlong: true } })).rejects.toThrow(
    'takeAlongAxis: expected indices of the shape of x but for axis 1, got [3, 3] of [2, 5].',
  )
})
