/** Axes in another order: by hand, against differences and the GPU, and undone. */
import { expect, test } from 'vitest'
import { removeDead } from '../../src/compiler/liveness.ts'
import { simplify } from '../../src/compiler/simplify.ts'
import { Graph } from '../../src/graph/graph.ts'
import { transpose } from '../../src/ops/transpose.ts'
import { tensor } from '../../src/util/tensor.ts'
import { checkOp } from '../support/checkOp.ts'

test.each<[string, number[], number[]]>([
  ['one entry', [1, 1], [1, 0]],
  ['a matrix', [7, 11], [1, 0]],
  ['nothing moves', [3, 5], [0, 1]],
  ['neighbours stay neighbours', [2, 3, 5, 7], [2, 3, 0, 1]],
  ['axes of extent one', [3, 1, 5, 1, 2, 1, 7], [6, 3, 4, 5, 2, 1, 0]],
  ['all of five', [2, 3, 5, 2, 3], [4, 1, 3, 0, 2]],
  ['the batch stays', [2, 3, 5, 2, 3], [0, 4, 2, 1, 3]],
])('%s', async (_, shape, permutation) => {
  await checkOp(transpose, { inputs: { x: shape }, attrs: { permutation }, by: ['x'], roundings: 1 })
})

test('by hand', async () => {
  const x = tensor([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], [2, 3, 2])
  const { outputs } = await checkOp(transpose, { inputs: { x }, attrs: { permutation: [2, 0, 1] } })
  expect([...outputs.y]).toEqual([1, 3, 5, 7, 9, 11, 2, 4, 6, 8, 10, 12])
})

test('launches go on in y', async () => {
  await checkOp(transpose, { inputs: { x: [20, 13] }, attrs: { permutation: [1, 0] }, maxWorkgroups: 2 })
})

test.each<[number[], number[], string[]]>([
  [[0, 2, 3, 1], [0, 3, 1, 2], []],
  [
    [0, 2, 3, 1],
    [0, 2, 3, 1],
    ['transpose', 'transpose'],
  ],
  [[0, 1, 2, 3], [0, 2, 1, 3], ['transpose']],
])('%j, then %j: %j', (first, second, left) => {
  const graph = new Graph()
  let y = graph.resident('x', 0, [2, 3, 5, 7])
  for (const permutation of [first, second]) y = transpose(graph, { x: y }, { permutation }).y
  graph.result('y', y)
  simplify(graph)
  removeDead(graph)
  expect(graph.nodes.map(({ op }) => op.name)).toEqual(left)
})

test.each<[number[], number[], string]>([
  [[2, 3], [0, 0], 'transpose: expected a permutation of the axes of [2, 3], got [0, 0].'],
  [[2, 3], [1, 0, 2], 'transpose: expected a permutation of the axes of [2, 3], got [1, 0, 2].'],
  [
    [2, 3, 4, 5, 6, 7],
    [5, 4, 3, 2, 1, 0],
    'transpose: expected at most 5 axes that move apart, got [5, 4, 3, 2, 1, 0] of [2, 3, 4, 5, 6, 7].',
  ],
])('refused: %j by %j', (shape, permutation, message) => {
  const graph = new Graph()
  const x = graph.resident('x', 0, shape)
  expect(() => transpose(graph, { x }, { permutation })).toThrow(message)
})
