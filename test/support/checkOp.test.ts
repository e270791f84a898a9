// checkOp itself: it finds what is wrong.
import { expect, test } from 'vitest'
import type { Graph, Value } from '../../src/graph/graph.ts'
import type { CpuSide, Operation } from '../../src/graph/operation.ts'
import { affine } from '../../src/ops/affine.ts'
import * as cpuSides from '../../src/ops/cpuSides.ts'
import { checkOp } from './checkOp.ts'
import { ownSides } from './compareBackends.ts'

type X = { readonly x: Value }

/** Doubling, with something changed. */
function doubling(change: Partial<Operation>, side: Partial<CpuSide> = {}) {
  ownSides.doubling = { ...cpuSides.affine, ...side }
  return (graph: Graph, { x }: X) =>
    graph.add({ ...affine.operation, name: 'doubling', ...change }, { x }, { scale: 2 })
}

const inputs = { x: [5] }

test('a gradient that is off by a thousandth', async () => {
  const gradient: Operation['gradient'] = (_node, graph, { y: dy }) =>
    dy ? { x: affine(graph, { x: dy }, { scale: 2.002 }).y } : {}
  const check = checkOp(doubling({ gradient }), { inputs, attrs: {}, by: ['x'] })
  await expect(check).rejects.toThrow('d x along 1 entries')
})

test('backends that disagree', async () => {
  const params: Operation['params'] = (shapes, attrs) => ({
    ...affine.operation.params(shapes, attrs),
    scale: 2,
  })
  const cpu: CpuSide['cpu'] = ({ x, y }) => y?.set(x?.map((value) => 2.00001 * value) ?? [])
  await expect(checkOp(doubling({ params }, { cpu }), { inputs, attrs: {} })).rejects.toThrow(
    /^WebGPU: y\[0\]: expected .* got/,
  )
})

test('a compiled function that does nothing', async () => {
  // It only reckons how much memory an LSTM needs.
  const compiled = 'lstmScratch'
  await expect(checkOp(doubling({}, { compiled }), { inputs, attrs: {} })).rejects.toThrow(
    /^SIMD: y\[0\]: expected .* got 0/,
  )
})

test('a gradient that is missing', async () => {
  const check = checkOp(doubling({ gradient: () => ({}) }), { inputs, attrs: {}, by: ['x'] })
  await expect(check).rejects.toThrow('no gradient by x')
})

test('memory beside a tensor that was written', async () => {
  const cpu: CpuSide['cpu'] = ({ x }) => {
    if (x) new Float32Array(x.buffer)[0] = 1
  }
  await expect(checkOp(doubling({}, { cpu }), { inputs, attrs: {} })).rejects.toThrow(
    'x: the memory around it',
  )
})
