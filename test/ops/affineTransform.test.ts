/** Images through affine transforms: by hand, against differences and the GPU, with all that may lie behind their edges. */
import { describe, expect, test } from 'vitest'
import { affineTransform, FILL_MODES } from '../../src/ops/affineTransform.ts'
import { type Tensor, tensor } from '../../src/util/tensor.ts'
import { checkOp } from '../support/checkOp.ts'

/** Rows of transforms, of which each turns, stretches and moves in a way of its own. */
const transforms = (count: number): Tensor =>
  tensor(
    Array.from({ length: count }, (_, b) => [
      [0.83 + 0.21 * b, -0.47, 1.13],
      [0.39, 1.27 - 0.31 * b, -2.21 + 0.7 * b],
    ]).flat(2),
    [count, 6],
  )

describe.each(FILL_MODES)('%s', (fillMode) => {
  test.each([
    [1, 1, 1, 1],
    [2, 5, 3, 2],
    [3, 4, 7, 1],
  ])('images [%i, %i, %i, %i]', async (...shape) => {
    for (const linear of [true, false])
      await checkOp(affineTransform, {
        inputs: { x: shape, transforms: transforms(shape[0] ?? 1) },
        attrs: { linear, fillMode, fillValue: 0.5 },
        by: ['x'],
        roundings: 64,
      })
  })
})

const row = tensor([1, 2, 3, 4], [1, 1, 4, 1])

/** What stands at columns 3 to 6 behind and before a row of four, moved by a half, too. */
test.each([
  ['constant', [4, 9, 9, 9], [9, 9, 9, 1], [9, 9, 5, 1.5]],
  ['nearest', [4, 4, 4, 4], [1, 1, 1, 1], [1, 1, 1, 1.5]],
  ['wrap', [4, 1, 2, 3], [2, 3, 4, 1], [2.5, 3.5, 2.5, 1.5]],
  ['reflect', [4, 4, 3, 2], [3, 2, 1, 1], [2.5, 1.5, 1, 1.5]],
] as const)('by hand: %s', async (fillMode, after, before, between) => {
  const moved = async (by: number) => {
    const { outputs } = await checkOp(affineTransform, {
      inputs: { x: row, transforms: tensor([1, 0, by, 0, 1, 0], [1, 6]) },
      attrs: { linear: true, fillMode, fillValue: 9 },
    })
    return [...outputs.y]
  }
  expect(await moved(3)).toEqual(after)
  expect(await moved(-3)).toEqual(before)
  expect(await moved(-2.5)).toEqual(between)
})

test('the nearest pixel, of two as near the one further from 0', async () => {
  const { outputs } = await checkOp(affineTransform, {
    inputs: { x: row, transforms: tensor([1, 0, -0.5, 0, 1, 0], [1, 6]) },
    attrs: { linear: false, fillMode: 'constant', fillValue: 9 },
  })
  expect([...outputs.y]).toEqual([9, 2, 3, 4])
})

test('what is not finite stays where it has a part', async () => {
  const { outputs } = await checkOp(affineTransform, {
    inputs: {
      x: tensor([1, Number.POSITIVE_INFINITY, 3, 4], [1, 1, 4, 1]),
      transforms: tensor([1, 0, 0, 0, 1, 0], [1, 6]),
    },
    attrs: { linear: true, fillMode: 'constant', fillValue: 0 },
  })
  expect([...outputs.y]).toEqual([1, Number.POSITIVE_INFINITY, 3, 4])
})
