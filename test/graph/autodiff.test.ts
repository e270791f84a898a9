// Differentiation as a walk over the graph; the gradients of operations are checked with the operations.
import { expect, test } from 'vitest'
import { createCpuBackend } from '../../src/backends/cpu/cpu.ts'
import { compile } from '../../src/compiler/compile.ts'
import { differentiate } from '../../src/graph/autodiff.ts'
import { Graph, type Value } from '../../src/graph/graph.ts'
import { DEFAULT_TRAITS } from '../../src/graph/operation.ts'
import { accuracy } from '../../src/ops/accuracy.ts'
import { sumOf } from '../../src/ops/addAll.ts'
import { affine } from '../../src/ops/affine.ts'
import { elementwiseLossCodes } from '../../src/ops/codes.gen.ts'
import { add, binary } from '../../src/ops/elementwise.ts'
import { elementwiseLoss } from '../../src/ops/losses.ts'
import { LoadedPlan, residentIn } from '../support/runPlan.ts'

const backend = await createCpuBackend()
const values = { a: Float32Array.of(1, 2), b: Float32Array.of(3, -4), targets: Float32Array.of(0, 0) }

function start() {
  const graph = new Graph()
  const [a, b, targets] = Object.entries(values).map(([name, data]) => residentIn(graph, name, [1, 2], data))
  return { graph, a: a!, b: b!, targets: targets! }
}

/** The mean square: its gradient by the two predictions is the predictions. */
const meanSquare = (graph: Graph, predictions: Value, targets: Value): Value =>
  elementwiseLoss(graph, { predictions, targets }, { code: elementwiseLossCodes.meanSquaredError }).losses

async function evaluate(graph: Graph, gradients: readonly (Value | undefined)[]): Promise<number[][]> {
  gradients.forEach((gradient, i) => {
    if (gradient) graph.result(`${i}`, gradient)
  })
  const plan = compile(graph, DEFAULT_TRAITS)
  const loaded = await LoadedPlan.load(backend, plan, values)
  const { results } = await loaded.run(values, [{ start: 0, iteration: 1, rate: 0, reset: 0 }])
  return gradients.map((_, i) => [...(results[`${i}`] ?? [])])
}

test('gradients that meet are summed', async () => {
  const { graph, a, b, targets } = start()
  // y = a·b + 3a + a, used twice more by two losses
  const product = binary(graph, { a, b }, { fn: 'multiply' }).y
  const y = add(graph, add(graph, product, affine(graph, { x: a }, { scale: 3 }).y), a)
  const losses = [
    meanSquare(graph, y, targets),
    meanSquare(graph, affine(graph, { x: y }, { scale: 2 }).y, targets),
  ]
  const gradients = differentiate(graph, losses, [a, b], sumOf)
  // y = [7, 0]; dL/dy = y + 2·2y = [35, 0]; dy/da = b + 4
  expect(await evaluate(graph, gradients)).toEqual([
    [35 * 7, 0],
    [35, 0],
  ])
})

test('a value that is both factors', async () => {
  const { graph, b, targets } = start()
  const y = binary(graph, { a: b, b }, { fn: 'multiply' }).y
  const gradients = differentiate(graph, [meanSquare(graph, y, targets)], [b], sumOf)
  expect(await evaluate(graph, gradients)).toEqual([[2 * 27, 2 * -64]])
})

test('by a value between', async () => {
  const { graph, a, targets } = start()
  const y = affine(graph, { x: a }, { scale: 5 }).y
  const loss = meanSquare(graph, affine(graph, { x: y }, { scale: 2 }).y, targets)
  expect(await evaluate(graph, differentiate(graph, [loss], [y], sumOf))).toEqual([[20, 40]])
})

test('no path, no gradient and no nodes', () => {
  const { graph, a, b, targets } = start()
  affine(graph, { x: b }, { scale: 2 })
  const loss = meanSquare(graph, a, targets)
  const before = graph.nodes.length
  expect(differentiate(graph, [loss], [b], sumOf)).toEqual([undefined])
  expect(graph.nodes).toHaveLength(before)
})

test('an operation without a gradient on the way', () => {
  const { graph, a, targets } = start()
  const hits = accuracy(graph, { predictions: a, targets }, { kind: 'binary' }).hits
  const losses = meanSquare(graph, hits, hits)
  expect(() => differentiate(graph, [losses], [a], sumOf)).toThrow('accuracy has no gradient')
})
