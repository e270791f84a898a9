/** Layer normalization: by hand, against differences and the GPU, with and without gamma and beta. */
import { expect, test } from 'vitest'
import { Graph } from '../../src/graph/graph.ts'
import { layerNormalization } from '../../src/ops/layerNormalization.ts'
import { tensor } from '../../src/util/tensor.ts'
import { checkOp } from '../support/checkOp.ts'
import { uniform } from '../support/values.ts'

const attrs = { epsilon: 1e-3 }
// Among few columns the function bends more, so that the differences need a smaller step.
const rounded = { roundings: 32, differenceStep: 2 ** -6 }

test.each([[[3, 5]], [[67, 3]], [[2, 3, 65]], [[1, 257]]])('x %j', async (shape) => {
  const columns = shape.at(-1) ?? 1
  const x = uniform(shape, -2, 2)
  const weights = { gamma: [columns], beta: [columns] }
  await checkOp(layerNormalization, {
    inputs: { x, ...weights },
    attrs,
    by: ['x', 'gamma', 'beta'],
    ...rounded,
  })
  await checkOp(layerNormalization, { inputs: { x }, attrs, by: ['x'], ...rounded })
  await checkOp(layerNormalization, { inputs: { x, gamma: [columns] }, attrs, by: ['gamma'], ...rounded })
  await checkOp(layerNormalization, { inputs: { x, beta: [columns] }, attrs, by: ['x', 'beta'], ...rounded })
})

test('by hand', async () => {
  // Mean 3 and variance 4, then mean 1000 and variance 0.
  const x = tensor([1, 5, 1, 5, 1000, 1000, 1000, 1000], [2, 4])
  const { outputs } = await checkOp(layerNormalization, {
    inputs: { x, gamma: tensor([1, 2, 3, 4], [4]), beta: tensor([0, 0, 1, 1], [4]) },
    attrs: { epsilon: 2.25 },
  })
  expect([...outputs.y].map((value) => Number(value.toFixed(6)))).toEqual([-0.8, 1.6, -1.4, 4.2, 0, 0, 1, 1])
})

test('one column is its own mean', async () => {
  const { outputs, gradients } = await checkOp(layerNormalization, {
    inputs: { x: [3, 1] },
    attrs,
    by: ['x'],
  })
  expect([...outputs.y, ...(gradients.x ?? [])]).toEqual([0, 0, 0, 0, 0, 0])
})

test('launches go on in y', async () => {
  await checkOp(layerNormalization, { inputs: { x: [260, 3] }, attrs, maxWorkgroups: 2, roundings: 16 })
})

test('refused: weights of other columns', () => {
  const graph = new Graph()
  const x = graph.resident('x', 0, [2, 3])
  const gamma = graph.resident('gamma', 0, [2])
  expect(() => layerNormalization(graph, { x, gamma }, attrs)).toThrow(
    'layerNormalization: expected gamma [C] with C = 3, got [2].',
  )
})
