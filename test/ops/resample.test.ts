/** Mixtures of neighbours along an axis: by hand, against differences and the GPU. */
import { expect, test } from 'vitest'
import { type Bands, packedBands, resample, transposedBands } from '../../src/ops/resample.ts'
import { tensor } from '../../src/util/tensor.ts'
import { checkOp } from '../support/checkOp.ts'

const bands: Bands = [
  { first: 0, weights: [0.5, -0.25, 2] },
  { first: 2, weights: [1] },
  { first: 0, weights: [] },
  { first: 1, weights: [0.75, 0.25] },
]
const table = tensor([...packedBands(bands)], [4, 5])

test.each([
  [[3], 0],
  [[2, 3, 5], 1],
  [[67, 3], 1],
  [[3, 5, 2], 0],
])('of %j along axis %i', async (shape, axis) => {
  await checkOp(resample, {
    inputs: { x: shape, bands: table },
    attrs: { axis, bands },
    by: ['x'],
    roundings: 16,
  })
})

test('by hand', async () => {
  const x = tensor([1, 10, 2, 20, 3, 30], [3, 2])
  const { outputs } = await checkOp(resample, { inputs: { x, bands: table }, attrs: { axis: 0, bands } })
  expect([...outputs.y]).toEqual([6, 60, 3, 30, 0, 0, 2.25, 22.5])
})

test('an entry that no output has a part of has a gradient of 0', () => {
  expect(transposedBands(bands, 5)).toEqual([
    { first: 0, weights: [0.5] },
    { first: 0, weights: [-0.25, 0, 0, 0.75] },
    { first: 0, weights: [2, 1, 0, 0.25] },
    { first: 0, weights: [] },
    { first: 0, weights: [] },
  ])
})
