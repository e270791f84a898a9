/**
 * Transpositions between elementwise operations: how many remain, by hand; and random graphs, which compute to the same bits with no
 * more transpositions than before.
 */
import { expect, test } from 'vitest'
import { createCpuBackend } from '../../src/backends/cpu/cpu.ts'
import { compile } from '../../src/compiler/compile.ts'
import { Graph, type Value } from '../../src/graph/graph.ts'
import { DEFAULT_TRAITS } from '../../src/graph/operation.ts'
import { activation, activationGradient } from '../../src/ops/activation.ts'
import { sumOf } from '../../src/ops/addAll.ts'
import { affine } from '../../src/ops/affine.ts'
import { binary, maximumGradient } from '../../src/ops/elementwise.ts'
import * as operations from '../../src/ops/index.ts'
import { point } from '../../src/ops/pointwise.ts'
import { rectifier, rectifierGradient } from '../../src/ops/rectifier.ts'
import { ELEMENTWISE, sinkTransposes } from '../../src/ops/sinkTransposes.ts'
import { softmax } from '../../src/ops/softmax.ts'
import { transpose } from '../../src/ops/transpose.ts'
import { reshape } from '../../src/ops/view.ts'
import { Generator } from '../../src/util/generator.ts'
import { LoadedPlan, residentIn } from '../support/runPlan.ts'
import { uniform } from '../support/values.ts'

const backend = await createCpuBackend()

const LAST = [2, 3, 4, 5]
const FIRST = [2, 5, 3, 4]
const toLast = (graph: Graph, x: Value): Value => transpose(graph, { x }, { permutation: [0, 2, 3, 1] }).y
const toFirst = (graph: Graph, x: Value): Value => transpose(graph, { x }, { permutation: [0, 3, 1, 2] }).y

const memory = {
  a: uniform(LAST, -1, 1, 1).data,
  b: uniform(LAST, -1, 1, 2).data,
  gates: uniform([2, 5], -1, 1, 3).data,
}
type Named = Readonly<Record<keyof typeof memory, Value>>

/** What a graph computes, and the transpositions in its plan, with the pass or without. */
async function run(build: (graph: Graph, given: Named) => readonly Value[], sinks: boolean) {
  const graph = new Graph()
  const given = {
    a: residentIn(graph, 'a', LAST, memory.a),
    b: residentIn(graph, 'b', LAST, memory.b),
    gates: residentIn(graph, 'gates', [2, 5], memory.gates),
  }
  build(graph, given).forEach((value, i) => {
    graph.result(`${i}`, value)
  })
  if (sinks) sinkTransposes(graph)
  const plan = compile(graph, DEFAULT_TRAITS)
  const loaded = await LoadedPlan.load(backend, plan, memory)
  const { results } = await loaded.run(memory, [{ start: 0, iteration: 1, rate: 0, reset: 0 }])
  loaded.dispose()
  return { results, left: plan.operations.filter(({ op }) => op === transpose.operation).length }
}

const relu = (graph: Graph, x: Value): Value => activation(graph, { x }, { code: 1 }).y

/** Each with two tensors of channels first, of which the result is one. */
const elementwise: Readonly<Record<string, (graph: Graph, a: Value, b: Value) => Value>> = {
  activation: relu,
  activationGradient: (graph, saved, dy) => activationGradient(graph, { saved, dy }, { code: 2 }).dx,
  addAll: (graph, a, b) => sumOf(graph, [a, b, a]),
  affine: (graph, x) => affine(graph, { x }, { scale: 2, shift: 1 }).y,
  binary: (graph, a, b) => binary(graph, { a, b }, { fn: 'multiply' }).y,
  maximumGradient: (graph, a, b) => maximumGradient(graph, { a, b, dy: a }, { isMinimum: false }).db,
  pointwise: (graph, a, b) => point(graph, 'subtract', a, b),
  rectifier: (graph, x) => rectifier(graph, { x }, { alpha: 0.2 }).y,
  rectifierGradient: (graph, x, dy) => rectifierGradient(graph, { x, dy }, { alpha: 0.2 }).dx,
}

test('the operations that are elementwise by name are these', () => {
  const names = Object.values(operations).flatMap((op) =>
    typeof op === 'function' && 'operation' in op ? [op.operation.name] : [],
  )
  expect(names).toEqual(expect.arrayContaining([...ELEMENTWISE]))
  expect(Object.keys(elementwise).sort()).toEqual([...ELEMENTWISE].sort())
})

type Built = (graph: Graph, given: Named) => readonly Value[]

const between = Object.entries(elementwise).map(
  ([name, apply]) =>
    [name, 0, (graph, { a, b }) => [toLast(graph, apply(graph, toFirst(graph, a), toFirst(graph, b)))]] as [
      string,
      number,
      Built,
    ],
)

test.each<[string, number, Built]>([
  ...between,
  ['what is a result stays one', 1, (graph, { a }) => [relu(graph, toFirst(graph, a))]],
  [
    'a result on the way costs one',
    1,
    (graph, { a }) => {
      const y = relu(graph, toFirst(graph, a))
      return [y, toLast(graph, y)]
    },
  ],
  [
    'two results would be two transpositions of one',
    1,
    (graph, { a }) => {
      const x = toFirst(graph, a)
      return [relu(graph, x), affine(graph, { x }, { scale: 2 }).y]
    },
  ],
  [
    'only one of two tensors is transposed',
    2,
    (graph, { a, b }) => {
      const plain = reshape(graph, b, { shape: FIRST })
      return [toLast(graph, binary(graph, { a: toFirst(graph, a), b: plain }, { fn: 'add' }).y)]
    },
  ],
  [
    'a factor for each channel is broadcast',
    0,
    (graph, { a, gates }) => {
      const factors = reshape(graph, gates, { shape: [2, 5, 1, 1] })
      return [toLast(graph, binary(graph, { a: toFirst(graph, a), b: factors }, { fn: 'multiply' }).y)]
    },
  ],
  [
    'samples and time steps as one axis between',
    0,
    (graph, { a }) => {
      const x = reshape(graph, relu(graph, reshape(graph, toFirst(graph, a), { shape: [2, 5, 12] })), {
        shape: FIRST,
      })
      return [toLast(graph, x)]
    },
  ],
  [
    'what works along an axis is in the way',
    2,
    (graph, { a }) => [toLast(graph, softmax(graph, { x: toFirst(graph, a) }, {}).y)],
  ],
  [
    'channels of one alone lie as they are',
    0,
    (graph, { gates }) => [
      transpose(graph, { x: reshape(graph, gates, { shape: [2, 1, 5] }) }, { permutation: [0, 2, 1] }).y,
    ],
  ],
])('%s: %i left', async (_, left, build) => {
  const [before, after] = [await run(build, false), await run(build, true)]
  expect(after.left).toBe(left)
  expect(after.results).toEqual(before.results)
})

test('random graphs', async () => {
  const random = new Generator(7)
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random.uniform() * list.length)] as T
  let saved = 0
  for (let round = 0; round < 100; round++) {
    const choices = Array.from(
      { length: 12 },
      () => [random.uniform(), random.uniform(), pick(Object.values(elementwise))] as const,
    )
    const build: Built = (graph, { a, b }) => {
      const tensors = [a, b]
      for (const [p, q, apply] of choices) {
        const x = tensors[Math.floor(p * tensors.length)] as Value
        const others = tensors.filter(({ shape }) => String(shape) === String(x.shape))
        const other = others[Math.floor(q * others.length)] as Value
        const turn = x.shape.at(-1) === 5 ? toFirst : toLast
        tensors.push(q < 0.4 ? turn(graph, x) : apply(graph, x, other))
      }
      return tensors.slice(-2)
    }
    const [before, after] = [await run(build, false), await run(build, true)]
    expect(after.results, `round ${round}`).toEqual(before.results)
    expect(after.left, `round ${round}`).toBeLessThanOrEqual(before.left)
    saved += before.left - after.left
  }
  expect(saved).toBeGreaterThan(0)
})
