// reverse of every axis.
import { expect, test } from 'vitest'
import { reverse } from '../../src/ops/reverse.ts'
import { tensor } from '../../src/util/tensor.ts'
import { checkOp } from '../support/checkOp.ts'

const cases = [[1], [67], [3, 5], [2, 7, 11]].flatMap((shape) => shape.map((_, axis) => ({ shape, axis })))

test.each(cases)('$shape along axis $axis', async ({ shape, axis }) => {
  await checkOp(reverse, { inputs: { x: shape }, attrs: { axis }, by: ['x'], roundings: 1 })
})

test('by hand', async () => {
  const x = tensor([1, 2, 3, 4, 5, 6], [1, 3, 2])
  expect([...(await checkOp(reverse, { inputs: { x }, attrs: { axis: 1 } })).outputs.y]).toEqual([
    5, 6, 3, 4, 1, 2,
  ])
})
