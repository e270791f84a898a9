// Views: other shapes of the same memory, and parts of it.
import { expect, test } from 'vitest'
import type { Graph, Value } from '../../src/graph/graph.ts'
import { affine } from '../../src/ops/affine.ts'
import { part, reshape } from '../../src/ops/view.ts'
import type { Shape } from '../../src/util/shape.ts'
import { checkOp } from '../support/checkOp.ts'

type X = { readonly x: Value }

test('reshape moves nothing and leads gradients back', async () => {
  const op = (graph: Graph, { x }: X, { shape }: { readonly shape: Shape }) => {
    const y = reshape(graph, x, { shape })
    return { y, doubled: affine(graph, { x: y }, { scale: 2 }).y }
  }
  const { outputs, memory } = await checkOp(op, {
    inputs: { x: [3, 5] },
    attrs: { shape: [15, 1] },
    by: ['x'],
  })
  expect(outputs.y).toEqual(memory.x)
})

test('part begins at its offset, in memory of the caller or of the compiler', async () => {
  const op = (graph: Graph, { x }: X, attrs: { readonly shape: Shape; readonly offset: number }) => {
    const { y: doubled } = affine(graph, { x }, { scale: 2 })
    const y = part(graph, doubled, attrs)
    return { y: part(graph, x, attrs), doubled: y, shifted: affine(graph, { x: y }, { shift: 1 }).y }
  }
  const { outputs, memory } = await checkOp(op, {
    inputs: { x: [133] },
    attrs: { shape: [2, 3], offset: 64 },
  })
  const expected = memory.x?.subarray(64, 70)
  expect(outputs.y).toEqual(expected)
  expect(outputs.doubled).toEqual(expected?.map((value) => 2 * value))
  expect(outputs.shifted).toEqual(expected?.map((value) => 2 * value + 1))
})
