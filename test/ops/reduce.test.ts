// sum and repeat over each axis, sumTo back to what was broadcast.
import { expect, test } from 'vitest'
import type { Graph, Value } from '../../src/graph/graph.ts'
import { sumTo } from '../../src/ops/broadcasting.ts'
import { repeat, sum } from '../../src/ops/reduce.ts'
import type { Shape } from '../../src/util/shape.ts'
import { tensor } from '../../src/util/tensor.ts'
import { checkOp } from '../support/checkOp.ts'

const cases = [[1], [67], [3, 5], [2, 131, 3], [2, 3, 5, 7]].flatMap((shape) =>
  shape.map((_, axis) => ({ shape, axis })),
)

test.each(cases)('sum of $shape over axis $axis', async ({ shape, axis }) => {
  const attrs = { axis, scale: 0.25 }
  await checkOp(sum, {
    inputs: { x: shape },
    attrs,
    by: ['x'],
    products: true,
    roundings: 2 + (shape[axis] ?? 1),
  })
})

test.each(cases)('repeat of $shape at axis $axis', async ({ shape, axis }) => {
  await checkOp(repeat, { inputs: { x: shape }, attrs: { axis, n: 3, scale: -2 }, by: ['x'], roundings: 4 })
})

test('by hand', async () => {
  const x = tensor([1, 2, 3, 4, 5, 6], [2, 3])
  expect([...(await checkOp(sum, { inputs: { x }, attrs: { axis: 0 } })).outputs.y]).toEqual([5, 7, 9])
  expect([...(await checkOp(sum, { inputs: { x }, attrs: { axis: 1, scale: 0.5 } })).outputs.y]).toEqual([
    3, 7.5,
  ])
  const repeated = await checkOp(repeat, {
    inputs: { x: tensor([1, 2, 3, 4], [2, 2]) },
    attrs: { axis: 1, n: 2 },
  })
  expect([...repeated.outputs.y]).toEqual([1, 2, 1, 2, 3, 4, 3, 4])
})

const back = (graph: Graph, { x }: { readonly x: Value }, { shape }: { readonly shape: Shape }) => ({
  y: sumTo(graph, x, shape),
})

test.each([[[]], [[5]], [[3, 1]], [[2, 1, 5]], [[1, 1, 1]], [[1]], [[2, 3, 5]]])(
  'sumTo %j',
  async (shape) => {
    const { outputs } = await checkOp(back, {
      inputs: { x: [2, 3, 5] },
      attrs: { shape },
      by: ['x'],
      roundings: 40,
    })
    expect(outputs.y.length).toBe(shape.reduce((size, extent) => size * extent, 1))
  },
)
