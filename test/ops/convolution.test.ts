/** Convolution against the definition, differences and the GPU: odd sizes, strides, dilation, padding, groups. */
import { expect, test } from 'vitest'
import { activationOf } from '../../src/ops/activationFunctions.ts'
import { activations } from '../../src/ops/activations.ts'
import { convolution, convolutionInputGradient } from '../../src/ops/convolution.ts'
import type { ConvolutionAttributes } from '../../src/ops/convolutionGeometry.ts'
import { tensor } from '../../src/util/tensor.ts'
import { checkOp } from '../support/checkOp.ts'
import { webgpu } from '../support/compareBackends.ts'
import { sampled } from '../support/sampled.ts'
import { uniform } from '../support/values.ts'

const plain: ConvolutionAttributes = { strides: [1, 1], dilation: [1, 1], padding: [0, 0, 0, 0], groups: 1 }

test('one window by hand', async () => {
  const { outputs } = await checkOp(convolution, {
    inputs: {
      x: tensor([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 3, 3, 1]),
      kernel: tensor([1, 0, 0, -1], [2, 2, 1, 1]),
      bias: tensor([10], [1]),
    },
    attrs: plain,
    roundings: 8,
  })
  expect([...(outputs.y ?? [])]).toEqual([6, 6, 6, 6])
})

const strategies = ['registers', 'direct', 'tile32', 'tile64']
const cases: readonly [string, Partial<ConvolutionAttributes>, number[], number[]][] = [
  ['a single number', {}, [1, 1, 1, 1], [1, 1, 1, 1]],
  ['one axis', { padding: [0, 0, 2, 0] }, [3, 1, 11, 5], [1, 3, 5, 7]],
  ['over a tile', {}, [2, 7, 5, 3], [3, 3, 3, 37]],
  ['strides', { strides: [2, 3], padding: [1, 1, 1, 0] }, [2, 9, 8, 3], [3, 2, 3, 5]],
  ['strides that leave a rest', { strides: [2, 2] }, [1, 6, 8, 2], [3, 3, 2, 3]],
  ['dilation', { dilation: [2, 3], padding: [2, 2, 3, 3] }, [1, 7, 9, 2], [3, 3, 2, 5]],
  ['groups', { groups: 3 }, [2, 5, 4, 9], [2, 2, 3, 15]],
  ['whole vectors', { padding: [1, 0, 0, 1] }, [2, 5, 4, 8], [3, 2, 8, 12]],
  ['groups of whole vectors', { groups: 2, strides: [2, 1] }, [2, 5, 4, 8], [2, 3, 4, 16]],
  ['a filter for each channel', { groups: 5, padding: [1, 1, 1, 1] }, [2, 4, 4, 5], [3, 3, 1, 5]],
  [
    'two filters for each channel',
    { groups: 3, strides: [2, 1], dilation: [1, 2], padding: [1, 1, 2, 1] },
    [2, 6, 7, 3],
    [3, 3, 1, 6],
  ],
  ['more positions than a chunk', {}, [3, 17, 13, 1], [2, 2, 1, 3]],
]

const cube: Partial<ConvolutionAttributes> = {
  strides: [1, 1, 1],
  dilation: [1, 1, 1],
  padding: [0, 0, 0, 0, 0, 0],
}
const spaces: typeof cases = [
  ['a line', { strides: [2], dilation: [2], padding: [2, 1] }, [3, 11, 5], [3, 5, 7]],
  ['a volume', cube, [2, 4, 5, 3, 3], [2, 3, 2, 3, 5]],
  [
    'strides and padding of a volume',
    { ...cube, strides: [2, 3, 2], padding: [1, 2, 1, 0, 0, 1] },
    [2, 5, 7, 4, 4],
    [3, 2, 2, 4, 8],
  ],
  [
    'dilation of a volume in groups',
    { ...cube, dilation: [3, 1, 2], padding: [2, 3, 0, 0, 2, 2], groups: 2 },
    [1, 5, 3, 6, 4],
    [3, 2, 2, 2, 6],
  ],
  ['volumes of one slice', { ...cube, padding: [1, 1, 1, 1, 1, 1] }, [2, 1, 3, 3, 2], [3, 3, 3, 2, 3]],
  [
    'windows of one slice',
    { ...cube, padding: [0, 0, 1, 1, 0, 0], groups: 3 },
    [2, 3, 3, 4, 3],
    [1, 3, 1, 1, 3],
  ],
]

test.each(
  sampled(
    strategies.flatMap((strategy) =>
      [...cases, ...spaces].map(([name, ...rest]) => [strategy, name, ...rest] as const),
    ),
    9,
  ),
)('%s: %s', async (strategy, _, changes, x, kernel) => {
  const attrs = { ...plain, ...changes }
  await checkOp(convolution, {
    strategy,
    inputs: { x, kernel, bias: [kernel.at(-1) ?? 1] },
    attrs,
    by: ['x', 'kernel', 'bias'],
    products: true,
    roundings: 16,
  })
})

test.each(strategies)('%s: activation', async (strategy) => {
  await checkOp(convolution, {
    strategy,
    inputs: { x: [2, 3, 3, 2], kernel: [2, 2, 2, 3], bias: [3] },
    attrs: { ...plain, activation: activations.tanh.code },
    roundings: 16,
  })
})

/** What normalization takes of each filter; variances are not negative. */
const columnsOf = (filters: number, names: readonly ('gamma' | 'beta' | 'bias')[]) => ({
  mean: [filters],
  variance: uniform([filters], 0, 2, 3),
  ...Object.fromEntries(names.map((name) => [name, [filters]])),
})

const normalized: readonly [
  string,
  Partial<ConvolutionAttributes>,
  number[],
  number[],
  ('gamma' | 'beta' | 'bias')[],
][] = [
  ['all', { activation: activations.relu6.code }, [2, 5, 4, 3], [2, 3, 3, 6], ['gamma', 'beta', 'bias']],
  ['a filter for each channel', { groups: 7 }, [2, 9, 9, 7], [2, 2, 1, 7], ['gamma', 'beta']],
  ['nothing but the moments', { groups: 2, strides: [2, 1] }, [1, 6, 5, 4], [3, 2, 2, 10], []],
  ['gamma alone', { activation: activations.silu.code }, [3, 4, 4, 2], [1, 1, 2, 5], ['gamma']],
  ['beta alone', {}, [1, 1, 1, 1], [1, 1, 1, 1], ['beta', 'bias']],
]

test.each(
  sampled(
    strategies.flatMap((strategy) => normalized.map((one) => [strategy, ...one] as const)),
    3,
  ),
)('%s, normalized: %s', async (strategy, _, changes, x, kernel, names) => {
  await checkOp(convolution, {
    strategy,
    inputs: { x, kernel, ...columnsOf(kernel.at(-1) ?? 1, names) },
    attrs: { ...plain, epsilon: 0.1, ...changes },
    roundings: 32,
  })
})

test.each(normalized)(
  'normalized by itself as by what is behind it: %s',
  async (_, changes, x, kernel, names) => {
    const { activation = 0, ...geometry } = changes
    const filters = kernel.at(-1) ?? 1
    const whole = await checkOp(convolution, {
      inputs: { x, kernel, ...columnsOf(filters, names) },
      attrs: { ...plain, ...geometry, epsilon: 0.1, activation },
      roundings: 32,
    })
    const { bias, mean, variance, gamma, beta } = whole.memory
    const { outputs } = await checkOp(convolution, {
      inputs: { x, kernel, ...(bias && { bias: tensor([...bias], [filters]) }) },
      attrs: { ...plain, ...geometry },
      roundings: 32,
    })
    const { apply } = activationOf(activation)
    outputs.y?.forEach((sum, i) => {
      const f = i % filters
      const value = (sum - (mean?.[f] ?? 0)) / Math.sqrt((variance?.[f] ?? 0) + 0.1)
      const expected = apply((gamma?.[f] ?? 1) * value + (beta?.[f] ?? 0))
      expect(Math.abs((whole.outputs.y?.[i] ?? Number.NaN) - expected)).toBeLessThan(2e-5)
    })
  },
)

test('direct launches go on in y, where tiles would be too many', async () => {
  await checkOp(convolution, {
    strategy: 'registers',
    inputs: { x: [3, 7, 5, 2], kernel: [2, 2, 1, 6] },
    attrs: { ...plain, groups: 2 },
    by: ['x', 'kernel'],
    products: true,
    roundings: 16,
    maxWorkgroups: 1,
  })
})

test('convolutions are launched by what suits the device and their groups', () => {
  const best = (x: number[], kernel: number[], groups: number, isSoftware: boolean): string | undefined =>
    convolution.operation.strategies({ x, kernel }, { ...plain, groups }, { ...webgpu.traits, isSoftware })[0]
  for (const isSoftware of [false, true]) {
    expect(best([4, 28, 28, 32], [3, 3, 1, 32], 32, isSoftware)).toBe('direct')
    expect(best([4, 28, 28, 1], [3, 3, 1, 16], 1, isSoftware)).toBe('direct')
  }
  expect(best([4, 28, 28, 32], [3, 3, 32, 64], 1, true)).toBe('registers')
  expect(best([4, 28, 28, 32], [3, 3, 32, 64], 1, false)).toBe('tile32')
  expect(best([16, 28, 28, 32], [3, 3, 32, 64], 1, false)).toBe('tile64')
})

test.each(strategies)(
  '%s: the input gradient is an operation that can be differentiated: a transposed convolution',
  async (strategy) => {
    await checkOp(convolutionInputGradient, {
      strategy,
      inputs: { dy: [2, 3, 2, 5], kernel: [3, 2, 3, 5] },
      attrs: { ...plain, strides: [2, 3], input: [2, 7, 6, 3] },
      by: ['dy', 'kernel'],
      products: true,
      roundings: 16,
    })
  },
)

test('axes of space that do not agree are refused', () => {
  const shapes = (x: number[], kernel: number[]) => () =>
    convolution.operation.outputShapes({ x, kernel }, plain)
  const expected =
    'convolution: expected x [batch, ...space, channels] with one to three axes of space, and as many of windows, strides, dilation and padding, got '
  expect(shapes([2, 5, 3], [2, 3, 4])).toThrow(`${expected}[2, 5, 3] and 1, 2, 2, 2.`)
  expect(shapes([2, 5, 5, 3], [2, 3, 4])).toThrow(`${expected}[2, 5, 5, 3] and 1, 2, 2, 2.`)
})
