// y = act(op(a)·op(b) + bias) at the edges of 4×4 tiles and of the 32×32 that a workgroup makes of them.
import { expect, test } from 'vitest'
import { activations } from '../../src/ops/activations.ts'
import { matmul } from '../../src/ops/matmul.ts'
import { tensor } from '../../src/util/tensor.ts'
import { checkOp } from '../support/checkOp.ts'

const sizes = [
  [1, 1, 1],
  [3, 5, 7],
  [4, 8, 4],
  [33, 17, 37],
  [65, 3, 1],
  [1, 129, 31],
] as const
const transposes = [false, true].flatMap((a) => [false, true].map((b) => ({ transposeA: a, transposeB: b })))
const cases = sizes.flatMap(([m, k, n]) => transposes.map((attrs) => ({ m, k, n, ...attrs })))

test.each(cases)(
  '[$m, $k]·[$k, $n], transposed $transposeA, $transposeB',
  async ({ m, k, n, transposeA, transposeB }) => {
    await checkOp(matmul, {
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

test.each(transposes)('column sums, transposed $transposeA, $transposeB', async (attrs) => {
  await checkOp(matmul, {
    inputs: { a: attrs.transposeA ? [41, 5] : [5, 41], b: attrs.transposeB ? [35, 41] : [41, 35] },
    attrs,
    products: true,
    roundings: 82,
  })
})

test.each([false, true])('the bias and its gradient, transposeA %s', async (transposeA) => {
  await checkOp(matmul, {
    inputs: { a: transposeA ? [6, 35] : [35, 6], b: [6, 33], bias: [33] },
    attrs: { transposeA },
    read: ['y'],
    by: ['a', 'b', 'bias'],
    products: true,
    roundings: 70,
  })
})

test.each(Object.entries(activations))('ends with %s', async (_name, { code }) => {
  // Inputs are at most 1, so Σ|a·b| + |bias| is at most 6; no slope is over 2 but exp's, which is its own value.
  await checkOp(matmul, {
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
  const { outputs } = await checkOp(matmul, { inputs: { a, b, bias }, attrs: {} })
  expect([...outputs.y]).toEqual([119, 222, 143, 250])
  expect([...outputs.columnSums]).toEqual([12, 14])
  const turned = await checkOp(matmul, { inputs: { a, b }, attrs: { transposeA: true, transposeB: true } })
  expect([...turned.outputs.y]).toEqual([23, 31, 34, 46])
  expect([...turned.outputs.columnSums]).toEqual([11, 15])
})
