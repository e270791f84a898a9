// Two halves side by side: their sum, mean and product.
import { expect, test } from 'vitest'
import { mergeDirections } from '../../src/ops/mergeDirections.ts'
import { tensor } from '../../src/util/tensor.ts'
import { checkOp } from '../support/checkOp.ts'

const functions = ['add', 'average', 'multiply'] as const

test.each(functions)('%s', async (fn) => {
  for (const x of [
    [1, 2],
    [3, 10],
    [2, 5, 66],
    [129, 2],
  ])
    await checkOp(mergeDirections, { inputs: { x }, attrs: { fn }, by: ['x'], roundings: 2 })
})

test('by hand', async () => {
  const x = tensor([1, 2, 3, 4, 5, 6, 7, 8], [2, 4])
  const merged = await Promise.all(
    functions.map((fn) => checkOp(mergeDirections, { inputs: { x }, attrs: { fn } })),
  )
  expect(merged.map(({ outputs }) => [...outputs.y])).toEqual([
    [4, 6, 12, 14],
    [2, 3, 6, 7],
    [3, 8, 35, 48],
  ])
})
