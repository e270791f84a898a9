// Masks: where they come from, and what they do to outputs and to weights of losses and metrics.
import { expect, test } from 'vitest'
import { masking } from '../../src/ops/masking.ts'
import { maskedOutput, maskWeights } from '../../src/ops/masks.ts'
import { tensor } from '../../src/util/tensor.ts'
import { checkOp } from '../support/checkOp.ts'

const mask = tensor([0, 0, 1, 0, 1, 1, 0, 0, 0], [3, 3])

test('masking', async () => {
  const x = tensor([0.5, 0.5, 0.5, 1, -1, 0.5, 0.5, 0.5], [2, 2, 2])
  const { outputs } = await checkOp(masking, { inputs: { x }, attrs: { value: 0.5 }, read: ['y', 'mask'] })
  expect([...outputs.mask]).toEqual([0, 1, 1, 0])
  expect([...outputs.y]).toEqual([0, 0, 0.5, 1, -1, 0.5, 0, 0])
})

test('outputs', async () => {
  const columns = (steps: readonly number[]) => steps.flatMap((value) => [value, value])
  const ones = tensor(columns(Array<number>(9).fill(1)), [3, 3, 2])
  const cases = [
    { attrs: {}, expected: [0, 0, 1, 0, 1, 1, 0, 0, 0] },
    { attrs: { leading: true }, expected: [0, 0, 1, 0, 1, 1, 0, 0, 0] },
    { attrs: { leading: true, reverse: true }, expected: [1, 1, 1, 1, 1, 1, 0, 0, 0] },
  ]
  for (const { attrs, expected } of cases) {
    const { outputs } = await checkOp(maskedOutput, { inputs: { x: ones, mask }, attrs, by: ['x'] })
    expect([...outputs.y]).toEqual(columns(expected))
  }
  const last = { isLast: true, directions: 2 } as const
  const { outputs } = await checkOp(maskedOutput, {
    inputs: { x: tensor(columns([1, 1, 1]), [3, 2]), mask },
    attrs: last,
    by: ['x'],
  })
  expect([...outputs.y]).toEqual([1, 0, 1, 0, 0, 0])
  await checkOp(maskedOutput, {
    inputs: { x: [3, 3, 4], mask },
    attrs: { leading: true, directions: 2 },
    by: ['x'],
  })
})

test('weights', async () => {
  const { outputs } = await checkOp(maskWeights, { inputs: { mask }, attrs: {} })
  expect([...outputs.scaled]).toEqual([0, 0, 3, 0, 3, 3, 0, 0, 0])
  expect([...outputs.plain]).toEqual([...mask.data])
  for (const weights of [[3], [3, 3], [3, 3, 2]])
    await checkOp(maskWeights, { inputs: { mask, weights }, attrs: {} })
  const byWeight = await checkOp(maskWeights, {
    inputs: { mask, weights: tensor([1, 2, 5], [3]) },
    attrs: { byWeight: true },
  })
  expect([...byWeight.outputs.scaled]).toEqual(
    [0, 0, 1, 0, 2, 2, 0, 0, 0].map((weight) => Math.fround(weight / 5)),
  )
  const none = await checkOp(maskWeights, {
    inputs: { mask: tensor(new Float32Array(300), [3, 100]) },
    attrs: {},
  })
  expect(none.outputs.scaled.some((weight) => weight !== 0)).toBe(false)
})
