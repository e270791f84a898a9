/** Batch normalization: values by hand, gradients through the batch's own statistics and through given ones. */
import { expect, test } from 'vitest'
import type { Graph, Value } from '../../src/graph/graph.ts'
import { activations } from '../../src/ops/activations.ts'
import { batchNormalization, moments } from '../../src/ops/batchNormalization.ts'
import { tensor } from '../../src/util/tensor.ts'
import { checkOp } from '../support/checkOp.ts'
import { uniform } from '../support/values.ts'

const epsilon = 1e-3

/** As the layer has it in training: normalized by its own mean and variance. */
function ofBatch(
  graph: Graph,
  { x, gamma, beta }: { readonly x: Value; readonly gamma?: Value; readonly beta?: Value },
) {
  const { mean, variance } = moments(graph, { x }, {})
  return batchNormalization(graph, { x, mean, variance, gamma, beta }, { epsilon, ofBatch: true })
}

test('moments by hand, the variance without correction', async () => {
  const { outputs } = await checkOp(moments, {
    inputs: { x: tensor([1, 10, 2, 20, 6, 60], [3, 2]) },
    attrs: {},
    roundings: 4,
  })
  expect([...outputs.mean]).toEqual([3, 30])
  expect(outputs.variance[0]).toBeCloseTo(14 / 3, 5)
})

/** As the layer has it where only some rows are valid: their weights add to the number of rows. */
function ofValid(
  graph: Graph,
  {
    x,
    weights,
    ...learned
  }: { readonly x: Value; readonly weights: Value; readonly gamma?: Value; readonly beta?: Value },
) {
  const { mean, variance } = moments(graph, { x, weights }, {})
  return batchNormalization(graph, { x, mean, variance, ...learned }, { epsilon, ofBatch: false })
}

test('weighted moments: rows of weight 0 do not count, and where none does both are 0', async () => {
  const x = tensor([1, 10, Number.NaN, 1e30, 3, 30], [3, 2])
  const weighted = { attrs: {}, roundings: 4 }
  const { outputs } = await checkOp(moments, {
    inputs: { x, weights: tensor([1.5, 0, 1.5], [3]) },
    ...weighted,
  })
  expect([...outputs.mean, ...outputs.variance]).toEqual([2, 20, 1, 100])
  const none = await checkOp(moments, { inputs: { x, weights: tensor([0, 0, 0], [3]) }, ...weighted })
  expect([...none.outputs.mean, ...none.outputs.variance]).toEqual([0, 0, 0, 0])
})

test.each<readonly [number, number]>([
  [5, 1],
  [131, 3],
  [65, 67],
])('of valid rows: %i rows, %i columns', async (rows, columns) => {
  const isValid = (row: number): boolean => row % 3 !== 1
  const valid = Array.from({ length: rows }, (_, row) => Number(isValid(row)))
  const scale = rows / valid.reduce((a, b) => a + b)
  await checkOp(ofValid, {
    inputs: {
      x: uniform([rows, columns], -1, 1, 1),
      weights: tensor(
        valid.map((weight) => weight * scale),
        [rows],
      ),
      gamma: uniform([columns], 0.5, 1.5, 2),
      beta: uniform([columns], -1, 1, 3),
    },
    attrs: {},
    by: ['x', 'gamma', 'beta'],
    roundings: 600,
    differenceStep: 2 ** -8,
  })
})

test.each<readonly [number, number]>([
  [2, 1],
  [7, 5],
  [131, 3],
  [65, 67],
])('of the batch: %i rows, %i columns', async (rows, columns) => {
  await checkOp(ofBatch, {
    inputs: {
      x: uniform([rows, columns], -1, 1, 1),
      gamma: uniform([columns], 0.5, 1.5, 2),
      beta: uniform([columns], -1, 1, 3),
    },
    attrs: {},
    by: ['x', 'gamma', 'beta'],
    roundings: 600,
    differenceStep: 2 ** -8,
  })
})

test('by given statistics, without gamma and beta', async () => {
  const given = { x: [5, 7], mean: uniform([7], -1, 1, 4), variance: uniform([7], 0.5, 2, 5) }
  await checkOp(batchNormalization, {
    inputs: given,
    attrs: { epsilon, ofBatch: false },
    by: ['x'],
    roundings: 32,
  })
})

// Those that WebAssembly has, one that it leaves to the function, and none.
test.each(['linear', 'relu', 'relu6', 'silu', 'hard_silu', 'gelu'] as const)(
  'with %s behind it, which the compiler lets it apply',
  async (name) => {
    for (const [rows, columns] of [
      [3, 7],
      [131, 4],
      [1, 65],
    ] as const)
      await checkOp(batchNormalization, {
        inputs: {
          x: uniform([rows, columns], -4, 8, 1),
          mean: uniform([columns], -1, 1, 2),
          variance: uniform([columns], 0.5, 2, 3),
          gamma: uniform([columns], 0.5, 1.5, 4),
          beta: uniform([columns], -1, 1, 5),
        },
        attrs: { epsilon, ofBatch: false, activation: activations[name].code },
        by: [],
        roundings: 32,
      })
  },
)
