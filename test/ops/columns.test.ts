// The last axis cut and joined.
import { expect, test } from 'vitest'
import { Graph, type Value } from '../../src/graph/graph.ts'
import { concat, concatAll, copyColumns, split } from '../../src/ops/columns.ts'
import { splitAlong } from '../../src/ops/cuts.ts'
import { tensor } from '../../src/util/tensor.ts'
import { checkOp } from '../support/checkOp.ts'

test.each([
  { shape: [1], p: 1, q: 1 },
  { shape: [7], p: 3, q: 5 },
  { shape: [2, 3], p: 64, q: 1 },
  { shape: [2, 3, 2], p: 2, q: 11 },
])('concat of $shape × $p and $q', async ({ shape, p, q }) => {
  const inputs = { a: [...shape, p], b: [...shape, q] }
  await checkOp(concat, { inputs, attrs: {}, by: ['a', 'b'], roundings: 1 })
  await checkOp(concat, { inputs, attrs: {}, by: ['b'], roundings: 1 })
})

const namesOf = (widths: readonly number[]) =>
  (['a', 'b', 'c', 'd', 'e', 'f', 'g'] as const).slice(0, widths.length)

test.each([[[1, 64, 3]], [[5, 1, 1, 2, 3, 1, 9]]])('concat of widths %j', async (widths) => {
  const names = namesOf(widths)
  const inputs = Object.fromEntries(names.map((name, i) => [name, [3, widths[i] ?? 1]])) as { a: number[] }
  await checkOp(concat, { inputs, attrs: {}, by: ['a'], roundings: 1 })
  await checkOp(concat, { inputs, attrs: {}, by: names.slice(1) as 'b'[], roundings: 1 })
})

test.each([[[1, 64, 3]], [[5, 1, 1, 2, 3, 1, 9]]])('split in widths %j', async (widths) => {
  const x = [3, widths.reduce((sum, width) => sum + width)]
  await checkOp(split, { inputs: { x }, attrs: { widths }, read: namesOf(widths), by: ['x'], roundings: 1 })
})

test.each([
  [7, 1],
  [8, 2],
  [49, 8],
  [200, 34],
])('%i parts along an axis are cut in order, in %i launches', (count, launches) => {
  const graph = new Graph()
  const x = graph.resident('x', 0, [2, count, 3])
  const parts = splitAlong(graph, x, 1, Array<number>(count).fill(1))
  expect(parts.map(({ shape }) => shape)).toEqual(Array(count).fill([2, 1, 3]))
  expect(graph.nodes.filter(({ op }) => op === split.operation)).toHaveLength(launches)
  /** The first column of x that a part has. */
  const startOf = (value: Value): number => {
    const { node } = value
    if (!node) return 0
    const before = startOf(node.inputs.x as Value)
    const names = Object.keys(node.outputs)
    const index = names.findIndex((name) => node.outputs[name] === value)
    const { widths = [] } = node.attrs as { widths?: readonly number[] }
    return widths.slice(0, index).reduce((sum, width) => sum + width, before)
  }
  expect(parts.map(startOf)).toEqual(parts.map((_, i) => 3 * i))
})

test('more than one launch joins', () => {
  const graph = new Graph()
  const parts = Array.from({ length: 9 }, (_, i) => graph.resident('x', 64 * i, [2, i + 1]))
  expect(concatAll(graph, parts).shape).toEqual([2, 45])
  expect(graph.nodes.length).toBe(2)
})

test.each([
  { first: 0, start: 0, count: 7, width: 7 },
  { first: 3, start: 0, count: 2, width: 2 },
  { first: 0, start: 4, count: 7, width: 13 },
  { first: 6, start: 1, count: 1, width: 3 },
])('copyColumns $first → $start, $count of $width', async (attrs) => {
  await checkOp(copyColumns, { inputs: { x: [5, 2, 7] }, attrs, by: ['x'], roundings: 1 })
})

test('by hand', async () => {
  const a = tensor([1, 2, 3, 4], [2, 2])
  const b = tensor([5, 6], [2, 1])
  expect([...(await checkOp(concat, { inputs: { a, b }, attrs: {} })).outputs.y]).toEqual([1, 2, 5, 3, 4, 6])
  const attrs = { first: 1, start: 2, count: 1, width: 4 }
  const { outputs } = await checkOp(copyColumns, { inputs: { x: a }, attrs })
  expect([...outputs.y]).toEqual([0, 0, 2, 0, 0, 0, 4, 0])
})

test.each([
  [7, 1],
  [8, 2],
  [9, 2],
  [200, 34],
])('%i tensors are joined in order, in %i launches', (count, launches) => {
  const graph = new Graph()
  const parts = Array.from({ length: count }, (_, i) => graph.resident('x', i, [2, 1]))
  const joined = concatAll(graph, parts)
  expect(graph.nodes.length).toBe(launches)
  const leaves = (value: Value): readonly Value[] =>
    value.node === null ? [value] : Object.values(value.node.inputs).flatMap(leaves)
  expect(leaves(joined)).toEqual(parts)
})
