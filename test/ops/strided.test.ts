// Slices, flips and paddings of several axes, with their gradients.
import { expect, test } from 'vitest'
import { type Lattice, strided } from '../../src/ops/strided.ts'
import { tensor } from '../../src/util/tensor.ts'
import { checkOp } from '../support/checkOp.ts'

const whole = (count: number): Lattice => ({ count, start: 0, step: 1, spacing: 1 })
const axis = (count: number, start: number, step = 1, spacing = 1): Lattice => ({
  count,
  start,
  step,
  spacing,
})

test.each([
  ['a slice', [5, 7], [axis(2, 1), axis(3, 2)]],
  ['every third from the end', [3, 11, 2], [whole(3), axis(4, 10, -3), whole(2)]],
  ['zeros around', [2, 3, 4], [whole(2), axis(8, -2), axis(5, -1)]],
  ['cropped and padded', [6, 3], [axis(4, 3), axis(2, 1)]],
  ['zeros between', [3, 2], [axis(7, -1, 1, 2), whole(2)]],
  ['five axes', [2, 3, 2, 3, 2], [axis(2, 1, -1), axis(2, 0, 2), whole(2), axis(1, 2), whole(2)]],
] as const)('%s', async (_, x, axes) => {
  await checkOp(strided, { inputs: { x }, attrs: { axes }, by: ['x'] })
})

test('by hand', async () => {
  const x = tensor([1, 2, 3, 4, 5, 6], [6])
  const found = async (lattice: Lattice): Promise<number[]> => [
    ...(await checkOp(strided, { inputs: { x }, attrs: { axes: [lattice], value: 9 } })).outputs.y,
  ]
  expect(await found(axis(3, 5, -2))).toEqual([6, 4, 2])
  expect(await found(axis(4, 4))).toEqual([5, 6, 9, 9])
  expect(await found(axis(5, 0, 1, 2))).toEqual([1, 9, 2, 9, 3])
})
