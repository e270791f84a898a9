// Vectors of length one along each axis, and those that are too short for it.
import { expect, test } from 'vitest'
import { l2Normalize } from '../../src/ops/l2Normalize.ts'
import { tensor } from '../../src/util/tensor.ts'
import { checkOp } from '../support/checkOp.ts'

test.each([
  { x: [5, 3, 7], axis: 2 },
  { x: [2, 5, 67], axis: 1 },
])('l2Normalize of $x along $axis', async ({ x, axis }) => {
  await checkOp(l2Normalize, {
    inputs: { x },
    attrs: { axis, most: 1e7 },
    by: ['x'],
    roundings: 40,
    floor: 1,
  })
})

test('by hand', async () => {
  const x = tensor([3, 4, 0, 0, 1, 1], [3, 2])
  const { outputs } = await checkOp(l2Normalize, { inputs: { x }, attrs: { axis: 1, most: 0.5 } })
  ;[0.6, 0.8, 0, 0, 0.5, 0.5].forEach((value, i) => {
    expect(outputs.y[i]).toBeCloseTo(value, 6)
  })
})
