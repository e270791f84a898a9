// y = act(op(a)·op(b) + bias) by every strategy, at the edges of its tiles.
import { expect, test } from 'vitest'
import { DEFAULT_TRAITS, type DeviceTraits } from '../../src/graph/operation.ts'
import { activations } from '../../src/ops/activations.ts'
import { matmul } from '../../src/ops/matmul.ts'
import { tensor } from '../../src/util/tensor.ts'
import { checkOp } from '../support/checkOp.ts'
import { webgpu } from '../support/compareBackends.ts'
import { sampled } from '../support/sampled.ts'

const strategies = ['registers', 'tile64', 'tile32', 'reduced']
if (webgpu.traits.subgroups) strategies.push('subgroups')

const sizes = [
  [1, 1, 1],
  [3, 5, 7],
  [4, 8, 4],
  [33, 17, 37],
  [65, 3, 1],
  [1, 129, 31],
] as const
const transposes = [false, true].flatMap((a) => [false, true].map((b) => ({ transposeA: a, transposeB: b })))
const cases = strategies.flatMap((strategy) =>
  sizes.flatMap(([m, k, n]) => transposes.map((attrs) => ({ strategy, m, k, n, ...attrs }))),
)

test.each(sampled(cases, 18))(
  '$strategy: [$m, $k]·[$k, $n], transposed $transposeA, $transposeB',
  async ({ strategy, m, k, n, transposeA, transposeB }) => {
    await checkOp(matmul, {
      strategy,
      inputs: { a: transposeA ? [k, m] : [m, k], b: transposeB ? [n, k] : [k, n] },
      attrs: { transposeA, transposeB },
      read: ['y'],
      by: ['a', 'b'],
      products: true,
      // A product and a sum for each term; the gradients' sums are over n and m.
      roundings: 2 * Math.max(m, k, n),
    })
  },
)

// Rows that are few, many or long: b is packed or read as it is stored, for sums of more than one visit to y.
test.each([
  [6, 250, 11],
  [5, 243, 521],
  [34, 6, 515],
  [131, 5, 10],
])('WebAssembly: the blocks of [%i, %i]·[%i]', async (m, k, n) => {
  for (const transposeA of [false, true]) {
    await checkOp(matmul, {
      inputs: { a: transposeA ? [k, m] : [m, k], b: [k, n] },
      attrs: { transposeA },
      read: ['y'],
      products: true,
      roundings: 2 * k,
    })
  }
})

test.each(
  sampled(
    cases.filter(({ m }) => m === 33),
    3,
  ),
)(
  '$strategy: column sums, transposed $transposeA, $transposeB',
  async ({ strategy, transposeA, transposeB }) => {
    // Rows in whole vectors, and not.
    for (const n of [35, 36]) {
      await checkOp(matmul, {
        strategy,
        inputs: { a: transposeA ? [44, 5] : [5, 44], b: transposeB ? [n, 44] : [44, n] },
        attrs: { transposeA, transposeB },
        read: ['y', 'columnSums'],
        products: true,
        roundings: 88,
      })
    }
  },
)

test.each(
  [...strategies, 'split'].flatMap((strategy) =>
    [false, true].map((transposeA) => ({ strategy, transposeA })),
  ),
)('$strategy: the bias and its gradient, transposeA $transposeA', async ({ strategy, transposeA }) => {
  await checkOp(matmul, {
    strategy,
    inputs: { a: transposeA ? [6, 35] : [35, 6], b: [6, 33], bias: [33] },
    attrs: { transposeA },
    read: ['y'],
    by: ['a', 'b', 'bias'],
    products: true,
    roundings: 70,
  })
})

test.each(transposes)(
  'a long k in parts, transposed $transposeA, $transposeB',
  async ({ transposeA, transposeB }) => {
    const [m, k, n] = [5, 1030, 9]
    const inputs = { a: transposeA ? [k, m] : [m, k], b: transposeB ? [n, k] : [k, n], bias: [n] }
    const attrs = { transposeA, transposeB, activation: activations.tanh.code }
    expect(matmul.operation.strategies(inputs, attrs, webgpu.traits)).toContain('split')
    const { outputs } = await checkOp(matmul, {
      strategy: 'split',
      inputs,
      attrs,
      read: ['y', 'columnSums'],
      roundings: 2 * k,
    })
    expect(outputs.y.length).toBe(m * n)
  },
)

test('products are launched by what suits the device and their size', () => {
  const best = (m: number, k: number, n: number, traits: Partial<DeviceTraits>): string | undefined =>
    matmul.operation.strategies({ a: [m, k], b: [k, n] }, {}, { ...DEFAULT_TRAITS, ...traits })[0]
  expect(best(1024, 1024, 1024, {})).toBe('tile64')
  expect(best(512, 512, 512, {})).toBe('tile32')
  expect(best(64, 2048, 32, {})).toBe('reduced')
  expect(best(64, 131_072, 32, {})).toBe('split')
  expect(best(2048, 16, 256, { isSoftware: true })).toBe('registers')
  const lanes = (size: number) => ({ isSoftware: true, subgroups: { min: size, max: size } })
  expect(best(2048, 16, 256, lanes(4))).toBe('registers')
  expect(best(2048, 16, 256, lanes(8))).toBe('subgroups')
  expect(best(2048, 16, 12, lanes(8))).toBe('registers')
  expect(best(5, 16, 256, lanes(8))).toBe('registers')
  expect(best(2048, 1, 256, lanes(8))).toBe('registers')
})

// One that is at hand and one that is loaded; the code of a kernel is put together with either, and is the same for all.
const endings = (['relu', 'mish'] as const).map(
  (name) => [name, 'registers', activations[name].code] as const,
)
const others = strategies.map((strategy) => ['tanh', strategy, activations.tanh.code] as const)

test.each([...endings, ...others])('ends with %s, %s', async (_name, strategy, code) => {
  // Inputs are at most 1, so Σ|a·b| + |bias| is at most 6; no slope is over 2 but exp's, which is its own value.
  await checkOp(matmul, {
    strategy,
    inputs: { a: [5, 5], b: [5, 6], bias: [6] },
    attrs: { activation: code },
    read: ['y'],
    roundings: 128,
  })
})

test('a product by hand', async () => {
  const a = tensor([1, 2, 3, 4], [2, 2])
  const b = tensor([5, 6, 7, 8], [2, 2])
  const bias = tensor([100, 200], [2])
  const read = ['y', 'columnSums'] as const
  const { outputs } = await checkOp(matmul, { inputs: { a, b, bias }, attrs: {}, read })
  expect([...outputs.y]).toEqual([119, 222, 143, 250])
  expect([...outputs.columnSums]).toEqual([12, 14])
  const turned = await checkOp(matmul, {
    inputs: { a, b },
    attrs: { transposeA: true, transposeB: true },
    read,
  })
  expect([...turned.outputs.y]).toEqual([23, 31, 34, 46])
  expect([...turned.outputs.columnSums]).toEqual([11, 15])
})
