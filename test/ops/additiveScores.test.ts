// Scores of additive attention: Σ scale·tanh(q + k), in whole vectors of features and not.
import { expect, test } from 'vitest'
import { additiveScores } from '../../src/ops/additiveScores.ts'
import { tensor } from '../../src/util/tensor.ts'
import { checkOp } from '../support/checkOp.ts'

test.each([
  [2, 3, 5, 8],
  [1, 1, 4, 3],
  [3, 7, 2, 5],
])('batch %i, %i queries, %i keys, %i features', async (B, T, S, D) => {
  const inputs = { q: [B, T, D], k: [B, S, D], scale: [D] }
  await checkOp(additiveScores, { inputs, attrs: {}, by: ['q', 'k', 'scale'], roundings: 32 })
})

test('without a scale', async () => {
  await checkOp(additiveScores, {
    inputs: { q: [2, 3, 5], k: [2, 4, 5] },
    attrs: {},
    by: ['q', 'k'],
    roundings: 32,
  })
})

test('by hand', async () => {
  const { outputs } = await checkOp(additiveScores, {
    inputs: {
      q: tensor([0, 1], [1, 1, 2]),
      k: tensor([0, -1, 100, 0], [1, 2, 2]),
      scale: tensor([2, 3], [2]),
    },
    attrs: {},
  })
  expect(outputs.y[0]).toBeCloseTo(0, 6)
  expect(outputs.y[1]).toBeCloseTo(2 + 3 * Math.tanh(1), 6)
})

test('launches go on in y', async () => {
  await checkOp(additiveScores, {
    inputs: { q: [2, 9, 3], k: [2, 16, 3] },
    attrs: {},
    by: ['q', 'k'],
    maxWorkgroups: 2,
    roundings: 32,
  })
})
