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
import { requestFurtherDevice, requestTestDevice } from '../support/gpu.ts'
import { recordDevice } from '../support/recordDevice.ts'

const device = await requestTestDevice()
const { calls, buffers } = recordDevice(device)

/**
 * One launch, or the same 400 times, which its rule takes for the better; or what no device takes: more workgroups than its
 * limit, and code that does not compile.
 */
const wasteful = (strategies: readonly [string, ...string[]]) =>
  defineOp({
    kernel,
    shape: ({ x }) => ({ y: x }),
    params: ({ x }, _attrs: object) => ({ size: sizeOf(x), scale: 1, shift: 0 }),
    strategies: () => strategies,
    launches: (params, traits, strategy) => {
      const [launch] = launchesOf(kernel, params, inThreads(params.size), traits)
      if (!launch) return []
      if (strategy === 'refused') return [{ ...launch, workgroups: [70_000, 1, 1] as const }]
      if (strategy === 'broken')
        return [{ ...launch, kernel: { ...kernel, name: 'broken', code: 'fn affine() { nothing; }' } }]
      return Array.from({ length: strategy === 'many' ? 400 : 1 }, () => launch)
    },
  })
const tunable = wasteful(['many', 'one'])
const partlyBroken = wasteful(['refused', 'broken', 'many', 'one'])
const broken = wasteful(['refused', 'broken'])

const buildOf =
  (operation = tunable) =>
  (): Graph => {
    const graph = new Graph()
    graph.result('y', operation(graph, { x: graph.resident('x', 0, [5000]) }, {}).y)
    return graph
  }
const build = buildOf()

/** What the clock of {@link requestClockedDevice} advances by, in nanoseconds: at a launch, and before a pass begins. */
const LAUNCH = 20_000n
const TURN = 130_000n

/**
 * A device whose clock moves by what it is asked alone, however long it takes, and counts in `unit` nanoseconds; with the longest
 * time that was read of it, in milliseconds.
 */
async function requestClockedDevice(unit: bigint) {
  const own = await requestFurtherDevice({ requiredFeatures: ['timestamp-query'] })
  let now = 12_345_678n
  let longest = 0
  const stamps: bigint[] = []
  const stamp = () => stamps.push((now / unit) * unit)
  const createEncoder = own.createCommandEncoder.bind(own)
  own.createCommandEncoder = (descriptor) => {
    const encoder = createEncoder(descriptor)
    const begin = encoder.beginComputePass.bind(encoder)
    encoder.beginComputePass = (passDescriptor) => {
      const pass = begin(passDescriptor)
      if (!passDescriptor?.timestampWrites) return pass
      now += TURN
      stamp()
      const launch = pass.dispatchWorkgroups.bind(pass)
      pass.dispatchWorkgroups = (...counts) => {
        now += LAUNCH
        launch(...counts)
      }
      const end = pass.end.bind(pass)
      pass.end = () => {
        stamp()
        end()
      }
      return pass
    }
    return encoder
  }
  const createBuffer = own.createBuffer.bind(own)
  own.createBuffer = (descriptor) => {
    const buffer = createBuffer(descriptor)
    const range = buffer.getMappedRange.bind(buffer)
    buffer.getMappedRange = (...args) => {
      const mapped = range(...args)
      const read = stamps.splice(0)
      new BigUint64Array(mapped).set(read)
      for (let i = 0; i < read.length; i += 2)
        longest = Math.max(longest, Number((read[i + 1] ?? 0n) - (read[i] ?? 0n)) / 1e6)
      return mapped
    }
    return buffer
  }
  return {
    device: own,
    longest: () => longest,
    setUnit: (other: bigint) => {
      unit = other
    },
  }
}

const kept = new Map<string, string>()
const storageBefore = setTuningStorage({
  read: async (adapter) => kept.get(adapter) ?? null,
  write: async (adapter, text) => {
    kept.set(adapter, text)
  },
})

const open = async () => {
  const tuner = await Tuner.open('an adapter')
  return new WebGpuBackend(device, false, tuner)
}
const strategyOn = (backend: WebGpuBackend) => compile(build(), backend.traits).operations[0]?.strategy

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

test('what the device refuses or cannot compile is never the fastest, and nothing that was not measured is kept', async () => {
  const backend = await open()
  await backend.tune(buildOf(partlyBroken))
  const strategy = compile(buildOf(partlyBroken)(), backend.traits).operations[0]?.strategy
  expect(strategy).toBe('one')
  kept.clear()
  const other = await open()
  await other.tune(buildOf(broken))
  expect(kept.get('an adapter')).toBe('[]')
})

test('a measurement lasts 5 ms, however coarsely the clock counts', async () => {
  const clocked = await requestClockedDevice(100_000n)
  const backend = new WebGpuBackend(clocked.device, false)
  const plan = compile(build(), { ...backend.traits, choose: () => 'one' })
  const x = backend.createBuffer('x', 4 * 5000)
  const executable = await backend.load(plan, () => x)
  const time = (await executable.time(5)) ?? Number.NaN
  expect(clocked.longest()).toBeGreaterThanOrEqual(5)
  expect(Math.abs(time / (Number(LAUNCH) / 1e6) - 1)).toBeLessThan(0.1 / 5)
  const profiled = await executable.profile(3)
  expect(profiled?.coarseness).toBe(0.1)
  // One that counts in 10 ms says nothing of 5.
  clocked.setUnit(10_000_000n)
  expect(await executable.time(5)).toBe(null)
  executable.dispose()
})

test('in Node it is kept in a file of the cache', async () => {
  const cache = await mkdtemp(join(tmpdir(), 'recurra-tuning-'))
  const before = process.env.XDG_CACHE_HOME
  process.env.XDG_CACHE_HOME = cache
  try {
    // Another file of the process may have imported it before this one.
    setTuningStorage(storageBefore)
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
