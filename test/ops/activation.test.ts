// Every elementwise activation by Keras's name, and its slope, on both sides of its kinks and far from zero.
import { expect, test } from 'vitest'
import { activation, activationGradient } from '../../src/ops/activation.ts'
import { activationFunctions, activationOf } from '../../src/ops/activationFunctions.ts'
import { activations, FROM_INPUT } from '../../src/ops/activations.ts'
import { Tensor, tensor } from '../../src/util/tensor.ts'
import { checkOp } from '../support/checkOp.ts'
import { sampled } from '../support/sampled.ts'
import { uniform } from '../support/values.ts'

type Name = keyof typeof activations

/** Values in (−8, 8) that are at least 0.1 from every kink, so that differences never reach across one. */
function withoutKinks(): Tensor {
  const kinks = [-3, -2.5, -1, -0.5, 0, 0.5, 1, 2.5, 3, 6]
  const { data } = uniform([1500], -8, 8)
  const kept = data.filter((x) => kinks.every((kink) => Math.abs(x - kink) > 0.1))
  return new Tensor(kept, [kept.length])
}

test.each(Object.entries(activations))('%s', async (_name, { code }) => {
  const x = withoutKinks()
  // A slope such as 1 − y² is a difference of numbers near 1.
  await checkOp(activation, { inputs: { x }, attrs: { code }, by: ['x'], roundings: 16, gradientFloor: 1 })
})

test.each([1, 3, 64, 257, 2050])('%i elements', async (size) => {
  await checkOp(activation, { inputs: { x: [size] }, attrs: { code: 3 }, by: ['x'], maxWorkgroups: 3 })
})

// At −1.5 and 0.75, from the definitions in double precision.
const known: readonly (readonly [Name, number, number])[] = [
  ['linear', -1.5, 0.75],
  ['relu', 0, 0.75],
  ['sigmoid', 0.18242552, 0.6791787],
  ['tanh', -0.90514825, 0.63514895],
  ['hard_sigmoid', 0.25, 0.625],
  ['softplus', 0.20141328, 1.13687101],
  ['softsign', -0.6, 0.42857143],
  ['elu', -0.77686984, 0.75],
  ['selu', -1.36581435, 0.78802574],
  ['exponential', 0.22313016, 2.11700002],
  ['leaky_relu', -0.3, 0.75],
  ['relu6', 0, 0.75],
  ['hard_tanh', -1, 0.75],
  ['log_sigmoid', -1.70141328, -0.38687101],
  ['sparse_plus', 0, 0.765625],
  ['sparse_sigmoid', 0, 0.875],
  ['keras2_hard_sigmoid', 0.2, 0.65],
  ['silu', -0.27363829, 0.50938402],
  ['gelu', -0.1002108, 0.58002949],
  ['mish', -0.29809974, 0.61001834],
  ['hard_silu', -0.375, 0.46875],
  ['tanh_shrink', -0.59485175, 0.11485105],
  ['soft_shrink', -1, 0.25],
  ['hard_shrink', -1.5, 0.75],
  ['squareplus', 0.5, 1.44300047],
]

test.each(known)('%s by hand', (name, negative, positive) => {
  const { apply } = activationOf(activations[name].code)
  expect(apply(-1.5)).toBeCloseTo(negative, 6)
  expect(apply(0.75)).toBeCloseTo(positive, 6)
})

const large = [20, 80, 100, 1000, 1e20, 3e38, Number.POSITIVE_INFINITY].flatMap((x) => [x, -x])
const far = tensor([0, ...large, Number.NaN], [large.length + 2])

// WGSL lets exp(80) be off by 163 ε. Of a slope near 0 that is a difference of two numbers near 1, all digits may be gone.
test.each(sampled(Object.entries(activations), 4))(
  '%s at large arguments and beyond',
  async (_name, { code }) => {
    expect(activationFunctions).toHaveProperty(String(code))
    const { outputs } = await checkOp(activation, {
      inputs: { x: far },
      attrs: { code },
      roundings: 163,
      each: true,
    })
    expect([...outputs.y.subarray(0, 3)].every(Number.isFinite)).toBe(true)
    expect(outputs.y.at(-1)).toBeNaN()
    const saved = code >= FROM_INPUT ? far : tensor(outputs.y, far.shape)
    const dy = tensor(new Float32Array(saved.data.length).fill(1), saved.shape)
    const { outputs: slopes } = await checkOp(activationGradient, {
      inputs: { saved, dy },
      attrs: { code },
      roundings: 163,
      each: true,
      floor: 1,
    })
    expect(slopes.dx.at(-1)).toBeNaN()
  },
)
