/** Strategies chosen by measurement, and remembered for the adapter. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { Tuner } from '../../src/backends/tuner.ts'
import { setTuningStorage, tuningStorage } from '../../src/backends/tuningStorage.ts'
import { WebGpuBackend } from '../../src/backends/webgpu/webgpu.ts'
import { compile } from '../../src/compiler/compile.ts'
import { Graph } from '../../src/graph/graph.ts'
import { inThreads, launchesOf } from '../../src/graph/launch.ts'
import { defineOp } from '../../src/graph/operation.ts'
import { affine as kernel } from '../../src/ops/kernels.gen.ts'
import { sizeOf } from '../../src/util/shape.ts'
import { requestTestDevice } from '../support/gpu.ts'
import { recordDevice } from '../support/recordDevice.ts'

const device = await requestTestDevice()
const { calls, buffers } = recordDevice(device)

/** One launch, or the same 400 times, which its rule takes for the better. */
const wasteful = defineOp({
  kernel,
  shape: ({ x }) => ({ y: x }),
  params: ({ x }, _attrs: object) => ({ size: sizeOf(x), scale: 1, shift: 0 }),
  strategies: () => ['many', 'one'],
  launches: (params, traits, strategy) =>
    Array.from({ length: strategy === 'many' ? 400 : 1 }, () =>
      launchesOf(kernel, params, inThreads(params.size), traits),
    ).flat(),
  cpu: ({ x, y }) => y.set(x),
})

function build(): Graph {
  const graph = new Graph()
  graph.result('y', wasteful(graph, { x: graph.resident('x', 0, [5000]) }, {}).y)
  return graph
}

const kept = new Map<string, string>()
setTuningStorage({
  read: async (adapter) => kept.get(adapter) ?? null,
  write: async (adapter, text) => {
    kept.set(adapter, text)
  },
})

const open = async () => {
  const tuner = await Tuner.open('an adapter')
  return new WebGpuBackend(device, false, tuner)
}
const strategyOn = (backend: WebGpuBackend) => compile(build(), backend.traits).steps[0]?.strategy

afterEach(() => kept.clear())

test('the fastest is taken, by measurement', async () => {
  const backend = await open()
  expect(strategyOn(backend)).toBe('many')
  await backend.tune(build)
  expect(strategyOn(backend)).toBe('one')
  await device.queue.onSubmittedWorkDone()
  expect([...buffers].filter(({ label }) => label !== 'recurra read-back')).toEqual([])
})

test('what was measured is remembered and not measured again', async () => {
  await (await open()).tune(build)
  calls.length = 0
  const backend = await open()
  await backend.tune(build)
  expect(strategyOn(backend)).toBe('one')
  expect(calls).toEqual([])
})

test.each(['no JSON', '{"a":1}', '[1, ["x"], null]'])('what is not a record is ignored: %s', async (text) => {
  kept.set('an adapter', text)
  const backend = await open()
  expect(strategyOn(backend)).toBe('many')
})

test('in Node it is kept in a file of the cache', async () => {
  const cache = await mkdtemp(join(tmpdir(), 'recurra-tuning-'))
  const before = process.env.XDG_CACHE_HOME
  process.env.XDG_CACHE_HOME = cache
  try {
    await import('../../src/node.ts')
    expect(await tuningStorage().read('Some GPU (TM) 3')).toBe(null)
    await tuningStorage().write('Some GPU (TM) 3', 'kept')
    expect(await tuningStorage().read('Some GPU (TM) 3')).toBe('kept')
    const [file = ''] = await readdir(join(cache, 'recurra'))
    expect(await readFile(join(cache, 'recurra', file), 'utf8')).toBe('kept')
  } finally {
    if (before === undefined) delete process.env.XDG_CACHE_HOME
    else process.env.XDG_CACHE_HOME = before
    await rm(cache, { recursive: true })
  }
})
