/** Zeros around rows and columns, and these cut: by hand, against differences and the GPU. */
import { expect, test } from 'vitest'
import { Graph } from '../../src/graph/graph.ts'
import { type PadAttributes, pad } from '../../src/ops/pad.ts'
import { tensor } from '../../src/util/tensor.ts'
import { checkOp } from '../support/checkOp.ts'

type Padding = PadAttributes['padding']

test.each<[string, number[], Padding]>([
  ['nothing', [2, 3, 5, 2], [0, 0, 0, 0]],
  ['around one entry', [1, 1, 1, 1], [1, 2, 3, 1]],
  ['one axis', [3, 1, 7, 5], [0, 0, 2, 1]],
  ['cut', [2, 5, 7, 3], [-1, -2, 0, -3]],
  ['padded before, cut after', [2, 5, 4, 3], [2, -4, -3, 6]],
  ['cut to what is zero', [1, 3, 4, 2], [-3, 2, 0, 0]],
])('%s', async (_, shape, padding) => {
  await checkOp(pad, { inputs: { x: shape }, attrs: { padding }, by: ['x'], roundings: 1 })
})

test('by hand', async () => {
  const x = tensor([1, 2, 3, 4, 5, 6], [1, 2, 3, 1])
  const { outputs } = await checkOp(pad, { inputs: { x }, attrs: { padding: [1, 0, -1, 1] } })
  expect([...outputs.y]).toEqual([0, 0, 0, 2, 3, 0, 5, 6, 0])
})

test('launches go on in y', async () => {
  await checkOp(pad, { inputs: { x: [2, 9, 7, 2] }, attrs: { padding: [1, 1, 1, 1] }, maxWorkgroups: 2 })
})

test('refused: nothing remains', () => {
  const graph = new Graph()
  const x = graph.resident('x', 0, [2, 3, 4, 5])
  expect(() => pad(graph, { x }, { padding: [-1, -2, 0, 0] })).toThrow(
    'pad: expected x [B, H, W, C], of which something remains, got [2, 3, 4, 5] with padding [-1, -2, 0, 0].',
  )
})
