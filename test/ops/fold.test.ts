// Maxima, minima, products and their places over each axis, running sums and products.
import { expect, test } from 'vitest'
import { argExtreme, fold, scan } from '../../src/ops/fold.ts'
import { tensor } from '../../src/util/tensor.ts'
import { checkOp } from '../support/checkOp.ts'
import { uniform } from '../support/values.ts'

const shapes = [[5], [3, 67], [2, 7, 3]].flatMap((shape) => shape.map((_, axis) => [shape, axis] as const))

test.each(shapes)('max, min and prod of %j over axis %i', async (shape, axis) => {
  for (const fn of ['max', 'min'] as const) {
    await checkOp(fold, {
      inputs: { x: shape },
      attrs: { axis, fn },
      by: ['x'],
      differenceStep: 2 ** -12,
      roundings: 64,
    })
    await checkOp(argExtreme, {
      inputs: { x: shape },
      attrs: { axis, isMinimum: fn === 'min' },
      roundings: 0,
    })
  }
  const x = uniform(shape, 0.8, 1.2)
  await checkOp(fold, { inputs: { x }, attrs: { axis, fn: 'prod' }, by: ['x'], roundings: 128 })
})

test.each(shapes)('running sums and products of %j along axis %i', async (shape, axis) => {
  for (const [reverse, exclusive] of [
    [false, false],
    [true, false],
    [false, true],
    [true, true],
  ] as const) {
    await checkOp(scan, {
      inputs: { x: shape },
      attrs: { axis, fn: 'sum', reverse, exclusive },
      by: ['x'],
      products: true,
      roundings: 64,
    })
  }
  const x = uniform(shape, 0.8, 1.2)
  await checkOp(scan, { inputs: { x }, attrs: { axis, fn: 'prod' }, by: ['x'], roundings: 256 })
})

test('by hand: ties, NaN and zeros', async () => {
  const { NaN: not } = Number
  const x = tensor([3, 7, 7, 1, 1, not, 0, 4], [2, 4])
  const found = async (fn: 'max' | 'min' | 'prod'): Promise<number[]> => [
    ...(await checkOp(fold, { inputs: { x }, attrs: { axis: 1, fn } })).outputs.y,
  ]
  expect(await found('max')).toEqual([7, not])
  expect(await found('min')).toEqual([1, not])
  expect(await found('prod')).toEqual([147, not])
  const places = await checkOp(argExtreme, { inputs: { x }, attrs: { axis: 1, isMinimum: false } })
  expect([...places.outputs.y]).toEqual([1, 1])
  const zeros = tensor([2, 0, 5, 0, 0, 4], [2, 3])
  const { gradients } = await checkOp(fold, {
    inputs: { x: zeros },
    attrs: { axis: 1, fn: 'prod' },
    by: ['x'],
    roundings: 64,
  })
  expect([...(gradients.x ?? [])].map((d) => d !== 0)).toEqual([false, true, false, false, false, false])
  const sums = await checkOp(scan, {
    inputs: { x: tensor([1, 2, 3], [3]) },
    attrs: { axis: 0, fn: 'sum', reverse: true, exclusive: true },
  })
  expect([...sums.outputs.y]).toEqual([5, 3, 0])
})
