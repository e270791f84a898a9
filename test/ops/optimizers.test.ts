// Weight updates over several steps with a rate that changes, and the first step by hand.
import { expect, test } from 'vitest'
import { adamUpdate, sgdUpdate } from '../../src/ops/optimizers.ts'
import { tensor } from '../../src/util/tensor.ts'
import { checkOp } from '../support/checkOp.ts'
import { uniform } from '../support/values.ts'

const steps = [{ rate: 0.1 }, { rate: 0.05 }, { rate: 0.2 }, { rate: 0.01 }]
const adam = { beta1: 0.9, beta2: 0.999, epsilon: 1e-7 }

test.each([1, 67, 260])('%i weights', async (size) => {
  const shared = { gradients: [size], parameters: [size] }
  const velocity = [size]
  const maxWorkgroups = 2
  await checkOp(sgdUpdate, { inputs: shared, attrs: {}, steps, maxWorkgroups })
  for (const nesterov of [false, true]) {
    const attrs = { momentum: 0.9, nesterov }
    await checkOp(sgdUpdate, {
      inputs: { ...shared, velocity },
      attrs,
      steps,
      maxWorkgroups,
      roundings: 16,
    })
  }
  await checkOp(adamUpdate, {
    inputs: { ...shared, m: uniform([size], -0.1, 0.1, 3), v: uniform([size], 0.1, 1, 4) },
    attrs: adam,
    steps,
    maxWorkgroups,
    roundings: 32,
  })
})

test('by hand', async () => {
  const given = { gradients: tensor([2, -4], [2]), parameters: tensor([1, 1], [2]) }
  const zeros = tensor([0, 0], [2])
  const rounded = (values: Float32Array | undefined) =>
    Array.from(values ?? [], (value) => Number(value.toFixed(6)))
  const one = [{ rate: 0.5 }]

  const sgd = await checkOp(sgdUpdate, { inputs: given, attrs: {}, steps: one })
  expect(rounded(sgd.memory.parameters)).toEqual([0, 3])

  const momentum = async (nesterov: boolean) => {
    const attrs = { momentum: 0.5, nesterov }
    return (
      await checkOp(sgdUpdate, { inputs: { ...given, velocity: zeros }, attrs, steps: [...one, ...one] })
    ).memory
  }
  expect(rounded((await momentum(false)).parameters)).toEqual([-1.5, 6])
  expect(rounded((await momentum(true)).parameters)).toEqual([-2.25, 7.5])
  expect(rounded((await momentum(true)).velocity)).toEqual([-1.5, 3])

  const { memory } = await checkOp(adamUpdate, {
    inputs: { ...given, m: zeros, v: zeros },
    attrs: adam,
    steps: one,
  })
  expect(rounded(memory.m)).toEqual([0.2, -0.4])
  expect(rounded(memory.v)).toEqual([0.004, 0.016])
  // 1 − 0.5·0.2/√0.004 and 1 + 0.5·0.4/√0.016, but for epsilon
  expect(memory.parameters?.[0]).toBeCloseTo(-0.58114, 5)
  expect(memory.parameters?.[1]).toBeCloseTo(2.58114, 5)
})
