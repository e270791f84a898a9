// Placement: memory is shared by what does not live together, and by nothing else.
import { expect, test } from 'vitest'
import { createCpuBackend } from '../../src/backends/cpu/cpu.ts'
import { WebGpuBackend } from '../../src/backends/webgpu/webgpu.ts'
import { compile } from '../../src/compiler/compile.ts'
import { Graph, type Value } from '../../src/graph/graph.ts'
import { DEFAULT_TRAITS } from '../../src/graph/operation.ts'
import { affine } from '../../src/ops/affine.ts'
import { binary } from '../../src/ops/elementwise.ts'
import { lstm } from '../../src/ops/lstm.ts'
import { matmul } from '../../src/ops/matmul.ts'
import type { RecurrenceAttributes } from '../../src/ops/recurrentCell.ts'
import { part, reshape } from '../../src/ops/view.ts'
import { Generator } from '../../src/util/generator.ts'
import { requestTestDevice } from '../support/gpu.ts'
import { LoadedPlan, residentIn } from '../support/runPlan.ts'

const backends = [await createCpuBackend(), new WebGpuBackend(await requestTestDevice(), false)]
const step = { start: 0, iteration: 1, rate: 0, reset: 0 }
const SIZE = 7

/** Thirty sums and differences of earlier tensors, among views, with the values that they must have. */
function randomGraph(seed: number) {
  const generator = new Generator(seed)
  const graph = new Graph()
  const x = Float32Array.from({ length: SIZE }, (_, i) => i + 1)
  const known: [Value, Float32Array][] = [[residentIn(graph, 'x', [SIZE], x), x]]
  const any = () => known[Math.max(0, known.length - 1 - generator.below(6))] ?? known[0]!
  for (let i = 0; i < 30; i++) {
    const [a, p] = any()
    const [b, q] = any()
    const choice = generator.below(4)
    if (choice === 0) known.push([affine(graph, { x: a }, { shift: i }).y, p.map((value) => value + i)])
    else if (choice === 1)
      known.push([reshape(graph, reshape(graph, a, { shape: [1, SIZE] }), { shape: [SIZE] }), p])
    else if (choice === 2)
      known.push([binary(graph, { a, b }, { fn: 'add' }).y, p.map((value, j) => value + q[j]!)])
    else known.push([binary(graph, { a, b }, { fn: 'subtract' }).y, p.map((value, j) => value - q[j]!)])
  }
  const expected = new Map<string, Float32Array>()
  for (const index of [known.length - 1, generator.below(known.length), generator.below(known.length)]) {
    const [value, numbers] = known[index]!
    graph.result(`y${index}`, value)
    expected.set(`y${index}`, numbers)
  }
  return { graph, memory: { x }, expected }
}

test('random graphs compute what they say', async () => {
  for (let seed = 0; seed < 20; seed++) {
    const { graph, memory, expected } = randomGraph(seed)
    const plan = compile(graph, DEFAULT_TRAITS)
    for (const backend of backends) {
      const loaded = await LoadedPlan.load(backend, plan, memory)
      const { results } = await loaded.run(memory, [step])
      loaded.dispose()
      expect(results, `seed ${seed} on ${backend.info.backend}`).toEqual(Object.fromEntries(expected))
    }
  }
})

test('a chain takes turns in two slots', () => {
  const graph = new Graph()
  let y = graph.resident('x', 0, [100])
  for (let i = 0; i < 10; i++) y = affine(graph, { x: y }, { shift: 1 }).y
  graph.result('y', y)
  const { slots, operations } = compile(graph, DEFAULT_TRAITS)
  expect(slots).toEqual([512, 512])
  for (const { tensors } of operations) expect(tensors.x?.buffer).not.toBe(tensors.y?.buffer)
})

test('a result keeps its memory to the end', () => {
  const graph = new Graph()
  const { y: early } = affine(graph, { x: graph.resident('x', 0, [8]) }, {})
  graph.result('early', early)
  let y = early
  for (let i = 0; i < 4; i++) y = affine(graph, { x: y }, {}).y
  graph.result('late', y)
  const { results, operations } = compile(graph, DEFAULT_TRAITS)
  const place = results.get('early')?.slice.buffer
  expect(operations.slice(1).map(({ tensors }) => tensors.y?.buffer)).not.toContain(place)
})

test('views lie in the memory that they show', () => {
  const graph = new Graph()
  const { y } = affine(graph, { x: graph.resident('x', 0, [200]) }, {})
  graph.result('part', part(graph, reshape(graph, y, { shape: [2, 100] }), { shape: [3], offset: 64 }))
  graph.result('arena', part(graph, graph.resident('x', 128, [200]), { shape: [3], offset: 64 }))
  const { results, slots } = compile(graph, DEFAULT_TRAITS)
  expect(results.get('part')?.slice).toEqual({ buffer: 'slot:0', offset: 64, length: 3, dtype: 'f32' })
  expect(results.get('arena')?.slice).toEqual({ buffer: 'x', offset: 192, length: 3, dtype: 'f32' })
  expect(slots).toEqual([1024])
})

const attrs: RecurrenceAttributes = { activation: 3, recurrentActivation: 2, reverse: false }

function recurrence() {
  const graph = new Graph()
  const { y } = matmul(graph, { a: graph.resident('x', 0, [6, 2]), b: graph.resident('w', 0, [2, 20]) }, {})
  const z = reshape(graph, y, { shape: [2, 3, 20] })
  const recurrentKernel = graph.resident('w', 64, [5, 20])
  return { graph, y, z, ...lstm(graph, { z, recurrentKernel }, attrs) }
}

test('an operation in place takes its input’s memory, and outputs that nobody reads take none', () => {
  const { graph, hLast } = recurrence()
  graph.result('hLast', hLast)
  const { slots, operations } = compile(graph, DEFAULT_TRAITS)
  // 120 gates, and the last states, 10 each at a place of its own: a recurrence goes on from both in its next launch.
  expect(slots).toEqual([512, 512])
  const [product, recurrent] = operations
  expect(recurrent?.tensors.gates?.buffer).toBe(product?.tensors.y?.buffer)
  expect(Object.keys(recurrent?.tensors ?? {}).sort()).toEqual([
    'gates',
    'hLast',
    'last',
    'recurrentKernel',
    'z',
  ])
  expect(recurrent?.params).toMatchObject({ storeH: 0, storeCell: 0, storeLast: 1 })
})

test('what is overwritten in place must not be needed later', () => {
  const message = 'lstm overwrites its input z, which is needed later'
  const read = recurrence()
  read.graph.result('hLast', read.hLast)
  read.graph.result('z', affine(read.graph, { x: read.z }, {}).y)
  expect(() => compile(read.graph, DEFAULT_TRAITS)).toThrow(message)

  const viewed = recurrence()
  viewed.graph.result('hLast', viewed.hLast)
  viewed.graph.result('y', affine(viewed.graph, { x: viewed.y }, {}).y)
  expect(() => compile(viewed.graph, DEFAULT_TRAITS)).toThrow(message)

  const result = recurrence()
  result.graph.result('hLast', result.hLast)
  result.graph.result('z', result.z)
  expect(() => compile(result.graph, DEFAULT_TRAITS)).toThrow(message)
})
