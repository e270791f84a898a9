// Dropout: the same mask on both backends and in both directions, the share that the rate asks for, other masks for
// other steps, streams and seeds.
import { expect, test } from 'vitest'
import { type DropoutAttributes, dropout } from '../../src/ops/dropout.ts'
import { Tensor } from '../../src/util/tensor.ts'
import { checkOp } from '../support/checkOp.ts'

const attrs: DropoutAttributes = { rate: 0.3, seed: 4_000_000_007, stream: 5 }
const ones = (shape: readonly number[]): Tensor =>
  new Tensor(new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(1), shape)

async function maskOf(changed: Partial<DropoutAttributes> = {}, iteration = 1): Promise<boolean[]> {
  const inputs = { x: ones([300]) }
  const { outputs } = await checkOp(dropout, {
    inputs,
    attrs: { ...attrs, ...changed },
    steps: [{ iteration }],
  })
  return Array.from(outputs.y, (value) => value > 0)
}

test.each([[[1]], [[67]], [[3, 5, 7]], [[2, 131]]])('%j', async (x) => {
  await checkOp(dropout, { inputs: { x }, attrs, by: ['x'], maxWorkgroups: 2, roundings: 4 })
})

test.each([0, 1, 2])('one mask along axis %i', async (sharedAxis) => {
  const shape = [4, 6, 5]
  const { outputs } = await checkOp(dropout, {
    inputs: { x: ones(shape) },
    attrs: { ...attrs, sharedAxis },
    by: ['x'],
  })
  const stride = shape.slice(sharedAxis + 1).reduce((a, b) => a * b, 1)
  const extent = shape[sharedAxis] ?? 1
  outputs.y.forEach((value, i) => {
    if (Math.floor(i / stride) % extent > 0) expect(value).toBe(outputs.y[i - stride])
  })
  const share = outputs.y.filter((value) => value > 0).length / outputs.y.length
  expect(share).toBeGreaterThan(0)
  expect(share).toBeLessThan(1)
})

test('drops the share it was asked to, and the mean stays', async () => {
  const size = 20_000
  const { outputs } = await checkOp(dropout, { inputs: { x: ones([size]) }, attrs, roundings: 4 })
  const kept = outputs.y.filter((value) => value > 0)
  // Five standard deviations of a binomial.
  expect(Math.abs(kept.length / size - 0.7)).toBeLessThan(5 * Math.sqrt((0.3 * 0.7) / size))
  expect(new Set(kept)).toEqual(new Set([Math.fround(1 / 0.7)]))
})

test('masks differ by step, stream and seed, and repeat otherwise', async () => {
  const mask = await maskOf()
  expect(await maskOf()).toEqual(mask)
  expect(await maskOf({}, 2)).not.toEqual(mask)
  expect(await maskOf({ stream: 6 })).not.toEqual(mask)
  expect(await maskOf({ seed: 8 })).not.toEqual(mask)
})
