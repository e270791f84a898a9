/** Launches of more workgroups than a dimension holds, and steps of several submits, as they are on a device. */
import { expect, test } from 'vitest'
import { WebGpuBackend } from '../../src/backends/webgpu/webgpu.ts'
import { compile } from '../../src/compiler/compile.ts'
import { Graph } from '../../src/graph/graph.ts'
import { affine } from '../../src/ops/affine.ts'
import { assign, gather } from '../../src/ops/gather.ts'
import { matmul } from '../../src/ops/matmul.ts'
import { part } from '../../src/ops/view.ts'
import { webgpu } from '../support/compareBackends.ts'
import { recordDevice } from '../support/recordDevice.ts'
import { LoadedPlan, type Memory, residentIn } from '../support/runPlan.ts'

const integers = (count: number) => Float32Array.from({ length: count }, (_, i) => i)
const STEP = { start: 0, iteration: 1, rate: 0, reset: 0 }

/** What one step on the device gives, found to be `expected` of each index. */
async function expectOnDevice(
  graph: Graph,
  memory: Memory,
  result: string,
  expected: (i: number) => number,
): Promise<void> {
  const plan = compile(graph, { ...webgpu.traits, choose: () => 'registers' })
  expect(
    Math.max(...plan.operations.flatMap(({ launches }) => launches.map(({ workgroups }) => workgroups[1]))),
  ).toBeGreaterThan(1)
  const loaded = await LoadedPlan.load(webgpu, plan, memory)
  const values = (await loaded.run(memory, [STEP])).results[result] ?? []
  const wrong = values.findIndex((value, i) => value !== Math.fround(expected(i)))
  expect(wrong, `the number at ${wrong}`).toBe(-1)
  loaded.dispose()
}

test('a product of 2,200,000 rows', async () => {
  const rows = 2_200_000
  const memory = { a: integers(rows), b: Float32Array.of(2), bias: Float32Array.of(3) }
  const graph = new Graph()
  const a = residentIn(graph, 'a', [rows, 1], memory.a)
  const b = residentIn(graph, 'b', [1, 1], memory.b)
  graph.result('y', matmul(graph, { a, b, bias: residentIn(graph, 'bias', [1], memory.bias) }, {}).y)
  await expectOnDevice(graph, memory, 'y', (i) => 2 * i + 3)
})

test('a sample of 5,000,000 numbers', async () => {
  const size = 5_000_000
  const memory = { data: integers(size), sources: Uint32Array.of(0, 0, 0, 0), permutation: Uint32Array.of(0) }
  const graph = new Graph()
  const [data, sources, permutation] = [
    residentIn(graph, 'data', [size], memory.data),
    residentIn(graph, 'sources', [4], memory.sources),
    residentIn(graph, 'permutation', [1], memory.permutation),
  ]
  const attrs = { rows: 1, first: 0, fields: [{ length: size, offset: 0 }], size }
  // What is gathered are words; the view says that they are floats.
  const { batch } = gather(graph, { data, sources, permutation }, attrs)
  graph.result('batch', part(graph, batch, { shape: [size], offset: 0, dtype: 'f32' }))
  await expectOnDevice(graph, memory, 'batch', (i) => i)
})

test('a step that would hold the device for long is several submits, each step of its own', async () => {
  if (!(webgpu instanceof WebGpuBackend)) expect.fail('no WebGPU')
  const { calls } = recordDevice(webgpu.device)
  const memory = { x: Float32Array.of(1, 2, 3), y: new Float32Array(3) }
  const graph = new Graph()
  let value = residentIn(graph, 'x', [3], memory.x)
  for (let i = 0; i < 5; i++) value = affine(graph, { x: value }, { scale: 2, shift: i }).y
  assign(graph, { x: value, destination: residentIn(graph, 'y', [3], memory.y) }, {})
  const short = compile(graph, webgpu.traits)
  // As if each launch did as much as two of which a submit has room for.
  const long = {
    ...short,
    operations: short.operations.map((operation) => ({
      ...operation,
      launches: operation.launches.map((launch) => ({ ...launch, flops: 2 ** 32 })),
    })),
  }
  for (const [plan, submits] of [
    [short, 1],
    [long, 6],
  ] as const) {
    const loaded = await LoadedPlan.load(webgpu, plan, memory)
    calls.length = 0
    const { memory: after } = await loaded.run(memory, [STEP, STEP], true)
    expect([...(after.y ?? [])]).toEqual([58, 90, 122])
    expect(calls.filter((call) => call === 'submit').length).toBe(submits)
    expect(calls.filter((call) => call === 'dispatch').length).toBe(12)
    loaded.dispose()
  }
})
