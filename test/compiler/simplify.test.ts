// Nodes that mean the same as something cheaper go; so does what nothing depends on.
import { expect, test } from 'vitest'
import { removeDead } from '../../src/compiler/liveness.ts'
import { simplify } from '../../src/compiler/simplify.ts'
import { Graph } from '../../src/graph/graph.ts'
import { activation } from '../../src/ops/activation.ts'
import { affine } from '../../src/ops/affine.ts'
import { dropout } from '../../src/ops/dropout.ts'
import { assign } from '../../src/ops/gather.ts'
import { reverse } from '../../src/ops/reverse.ts'

const namesOf = (graph: Graph): string[] => graph.nodes.map(({ op }) => op.name)

function start() {
  const graph = new Graph()
  return { graph, x: graph.resident('x', 0, [2, 3]) }
}

test('twice reversed is not reversed', () => {
  const { graph, x } = start()
  const once = reverse(graph, { x }, { axis: 1 }).y
  graph.result('y', affine(graph, { x: reverse(graph, { x: once }, { axis: 1 }).y }, {}).y)
  simplify(graph)
  removeDead(graph)
  expect(namesOf(graph)).toEqual(['affine'])
  expect(graph.nodes[0]?.inputs.x).toBe(x)
})

test('reversed along two axes stays', () => {
  const { graph, x } = start()
  const once = reverse(graph, { x }, { axis: 0 }).y
  graph.result('y', reverse(graph, { x: once }, { axis: 1 }).y)
  simplify(graph)
  expect(namesOf(graph)).toEqual(['reverse', 'reverse'])
})

test('four times reversed, dropped out at rate 0 and activated linearly is a result as it was', () => {
  const { graph, x } = start()
  let y = x
  for (let i = 0; i < 4; i++) y = reverse(graph, { x: y }, { axis: 1 }).y
  y = dropout(graph, { x: y }, { rate: 0, seed: 1, stream: 0 }).y
  graph.result('y', activation(graph, { x: y }, { code: 0 }).y)
  simplify(graph)
  removeDead(graph)
  expect(namesOf(graph)).toEqual([])
  expect(graph.results.get('y')).toBe(x)
})

test('what is computed into an arena is computed', () => {
  const { graph, x } = start()
  const { y } = activation(graph, { x }, { code: 0 })
  expect(graph.placeAt(y, { arena: 'gradients', offset: 64 })).toBe(true)
  simplify(graph)
  removeDead(graph)
  expect(namesOf(graph)).toEqual(['activation'])
})

test('dead nodes go, effects stay', () => {
  const { graph, x } = start()
  affine(graph, { x: affine(graph, { x }, { scale: 2 }).y }, { scale: 3 })
  const { y } = affine(graph, { x }, { scale: 4 })
  assign(graph, { x: y, destination: graph.resident('states', 0, [2, 3]) }, {})
  removeDead(graph)
  expect(graph.nodes.map(({ op, attrs }) => [op.name, attrs])).toEqual([
    ['affine', { scale: 4 }],
    ['assign', {}],
  ])
})
