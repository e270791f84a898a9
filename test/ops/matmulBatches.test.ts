// Products in batches by every strategy: y[…, i, j] = act(Σ a[…, i, l]·b[…, l, j]).
import { expect, test } from 'vitest'
import { DEFAULT_TRAITS } from '../../src/graph/operation.ts'
import { activations } from '../../src/ops/activations.ts'
import { type MatmulAttributes, matmul } from '../../src/ops/matmul.ts'
import { tensor } from '../../src/util/tensor.ts'
import { checkOp } from '../support/checkOp.ts'
import { webgpu } from '../support/compareBackends.ts'
import { expectError } from '../support/expectError.ts'
import { sampled } from '../support/sampled.ts'

const strategies = ['registers', 'tile64', 'tile32', 'reduced']
if (webgpu.traits.subgroups) strategies.push('subgroups')

// Matrices that begin at whole vectors and between them, inside of a tile and beyond it.
const sizes = [
  { batch: [1], m: 3, k: 7, n: 17 },
  { batch: [2], m: 33, k: 17, n: 7 },
  { batch: [5], m: 7, k: 65, n: 3 },
  { batch: [2, 3], m: 17, k: 1, n: 33 },
  { batch: [5], m: 1, k: 4, n: 8 },
  { batch: [2], m: 4, k: 8, n: 65 },
]
const transposes = [false, true].flatMap((a) => [false, true].map((b) => ({ transposeA: a, transposeB: b })))
type Size = (typeof sizes)[number]

/** Shapes of a and b, as they are stored. */
const inputsOf = ({ batch, m, k, n }: Size, { transposeA, transposeB }: (typeof transposes)[number]) => ({
  a: [...batch, ...(transposeA ? [k, m] : [m, k])],
  b: [...batch, ...(transposeB ? [n, k] : [k, n])],
})

test.each(
  sampled(
    strategies.flatMap((strategy) =>
      sizes.flatMap((size) => transposes.map((attrs) => ({ strategy, ...size, attrs }))),
    ),
    17,
  ),
)('$strategy: $batch of [$m, $k]·[$k, $n], $attrs', async ({ strategy, attrs, ...size }) => {
  await checkOp(matmul, {
    strategy,
    inputs: inputsOf(size, attrs),
    attrs,
    read: ['y', 'columnSums'],
    products: true,
    roundings: 2 * size.k,
  })
})

test.each(
  sampled(
    strategies.flatMap((strategy) => transposes.map((attrs) => ({ strategy, attrs }))),
    5,
  ),
)('$strategy: gradients, $attrs', async ({ strategy, attrs }) => {
  await checkOp(matmul, {
    strategy,
    inputs: inputsOf({ batch: [2, 2], m: 3, k: 5, n: 9 }, attrs),
    attrs,
    read: ['y'],
    by: ['a', 'b'],
    products: true,
    roundings: 18,
  })
})

test.each(transposes)('a long k in parts, $transposeA, $transposeB', async (attrs) => {
  const size = { batch: [3], m: 5, k: 1030, n: 9 }
  const inputs = inputsOf(size, attrs)
  expect(matmul.operation.strategies(inputs, attrs, webgpu.traits)).toContain('split')
  await checkOp(matmul, {
    strategy: 'split',
    inputs,
    attrs: { ...attrs, activation: activations.tanh.code },
    read: ['y', 'columnSums'],
    roundings: 2 * size.k,
  })
})

test.each([...strategies, 'split'])('%s: more than z holds go several to a launch', async (strategy) => {
  const [inputs, k] = [{ a: [5, 3, 520], b: [5, 520, 6] }, 520]
  const attrs = { activation: activations.tanh.code }
  await checkOp(matmul, {
    strategy,
    inputs,
    attrs,
    read: ['y', 'columnSums'],
    maxWorkgroups: 2,
    roundings: 2 * k,
  })
})

// Heads between rows and columns, of vectors and not; matrices of b that serve several heads; a bias of all products.
const layouts = [
  { headsInsideA: true, headsInsideB: true, transposeB: true },
  { headsInsideB: true, headsInsideY: true },
  { headsInsideA: true, headsInsideB: true, headsInsideY: true, transposeA: true },
  { headsInsideA: true, headsInsideB: true, transposeB: true, groups: 2 },
  { headsInsideY: true, groups: 2 },
]
const headed = [
  { heads: 4, m: 3, k: 8, n: 5 },
  { heads: 2, m: 1, k: 4, n: 4 },
  { heads: 2, m: 33, k: 1, n: 4 },
]

test.each(
  sampled(
    strategies.flatMap((strategy, i) =>
      layouts.map((attrs, j) => ({ strategy, attrs, size: headed[(i + j) % 3] as (typeof headed)[number] })),
    ),
    3,
  ),
)('$strategy: heads, $size, $attrs', async ({ strategy, attrs, size: { heads, m, k, n } }) => {
  const {
    headsInsideA,
    headsInsideB,
    transposeA,
    transposeB,
    groups = 1,
  } = { transposeA: false, ...attrs } as MatmulAttributes
  const placed = (rows: number, columns: number, count: number, inside = false, transposed = false) => {
    const [first, last] = transposed ? [columns, rows] : [rows, columns]
    return inside ? [3, first, count, last] : [3, count, first, last]
  }
  await checkOp(matmul, {
    strategy,
    inputs: {
      a: placed(m, k, heads, headsInsideA, transposeA),
      b: placed(k, n, heads / groups, headsInsideB, transposeB),
      ...(transposeB ? {} : { bias: [n] }),
    },
    attrs,
    read: ['y'],
    by: transposeB ? ['a', 'b'] : ['a', 'b', 'bias'],
    products: true,
    roundings: 64,
  })
})

test('heads by hand', async () => {
  const inside = (...numbers: number[]) => tensor(numbers, [1, 2, 2, 1])
  const { outputs } = await checkOp(matmul, {
    inputs: { a: inside(1, 10, 2, 20), b: inside(3, 4, 5, 6) },
    attrs: { headsInsideA: true, headsInsideB: true, transposeB: true },
    read: ['y'],
  })
  expect([...outputs.y]).toEqual([3, 5, 6, 10, 40, 60, 80, 120])
})

test('a batch by hand', async () => {
  const a = tensor([1, 2, 3, 4, 5, 6, 7, 8], [2, 2, 2])
  const b = tensor([1, 0, 0, 1, 0, 1, 1, 0], [2, 2, 2])
  const { outputs } = await checkOp(matmul, { inputs: { a, b }, attrs: {}, read: ['y', 'columnSums'] })
  expect([...outputs.y]).toEqual([1, 2, 3, 4, 6, 5, 8, 7])
  expect([...outputs.columnSums]).toEqual([1, 1, 1, 1])
})

test('products of a batch count as workgroups, and as work', () => {
  const best = (a: number[], b: number[]) => matmul.operation.strategies({ a, b }, {}, DEFAULT_TRAITS)[0]
  expect(best([64, 64], [64, 64])).toBe('reduced')
  expect(best([32, 64, 64], [32, 64, 64])).toBe('tile32')
  expect(best([16, 8, 64, 64], [16, 8, 64, 64])).toBe('tile64')
  const inputs = { a: [8, 2, 64, 512], b: [8, 2, 512, 32] }
  const { y = [], parts = [] } = matmul.operation.outputShapes(inputs, {})
  expect([y, parts]).toEqual([
    [8, 2, 64, 32],
    [32, 65, 32],
  ])
  expect(matmul.operation.flops(matmul.operation.params({ ...inputs, y }, {}))).toBe(2 * 16 * 64 * 512 * 32)
})

test.each([
  [
    'batches that differ',
    { a: [2, 3, 4], b: [3, 4, 5] },
    {},
    'b [...batch, K, N] with batch = [2], got [3, 4, 5]',
  ],
  ['ranks that differ', { a: [2, 3, 4], b: [4, 5] }, {}, 'b [...batch, K, N] with batch = [2], got [4, 5]'],
  [
    'factors that do not meet',
    { a: [3, 4], b: [4, 5] },
    { transposeB: true },
    'b [...batch, N, K] with K = 4, N = 4, batch = [], got [4, 5]',
  ],
  ['a vector', { a: [4], b: [4] }, {}, 'a [...batch, M, K], got [4]'],
  ['another bias', { a: [3, 4], b: [4, 5], bias: [4] }, {}, 'bias [N] with N = 5, got [4]'],
  [
    'heads that no group divides',
    { a: [2, 5, 3, 4], b: [2, 2, 4, 5] },
    { groups: 2 },
    'a [...batch, groups·H, M, K] with groups = 2, batch = [2], got [2, 5, 3, 4]',
  ],
] as const)('it refuses %s', async (_what, inputs, attrs, message) => {
  await expectError(() => matmul.operation.outputShapes(inputs, attrs), `matmul: expected ${message}.`)
})
