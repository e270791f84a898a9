/** Where models run under 'auto', 'webgpu' and 'cpu'. */
import { beforeEach, expect, test, vi } from 'vitest'
import { callbacks, Dense, LSTM, Sequential, setBackend, setSeed } from '../../src/index.ts'
import { requestAdapter, requestTestDevice } from '../support/gpu.ts'
import { recordDevice } from '../support/recordDevice.ts'
import { uniform } from '../support/values.ts'

const device = await requestTestDevice()
const { calls } = recordDevice(device)

const create = (units: number) => {
  setSeed(3)
  const model = Sequential([LSTM(units, { inputShape: [4, 2] }), Dense(1)])
  model.compile({ loss: 'mse', optimizer: 'adam' })
  return model
}
const [x, y] = [uniform([8, 4, 2], -1, 1), uniform([8, 1], -1, 1, 2)]
const options = { epochs: 3, verbose: 0, shuffle: false } as const

beforeEach(() => {
  calls.length = 0
})

test("'auto' trains a tiny model on the CPU and says so", async () => {
  expect(await setBackend('auto', { device })).toMatchObject({
    backend: 'webgpu',
    cpuBelow: 500_000,
    reason:
      "'auto': a device was given; models of less than 500,000 FLOPs a forward pass run on the CPU, which is faster there.",
  })
  const model = create(5)
  expect(model.plan().backend).toBe('cpu')
  expect(model.backend).toBeNull()
  const { history, backend } = await model.fit(x, y, options)
  expect([backend, model.backend]).toEqual(['cpu', 'cpu'])
  expect(calls).toEqual([])

  await setBackend('cpu')
  const other = create(5)
  expect((await other.fit(x, y, options)).history).toEqual(history)
  for (const made of [model, other]) made.dispose()
})

test("'auto' trains others on WebGPU", async () => {
  await setBackend('auto', { device })
  const model = create(64)
  expect(model.plan().backend).toBe('webgpu')
  expect((await model.fit(x, y, options)).backend).toBe('webgpu')
  const listened = await model.fit(x, y, { ...options, callbacks: callbacks.History() })
  expect([listened.backend, model.backend]).toEqual(['webgpu', 'webgpu'])
  expect(calls).toContain('submit')
  model.dispose()
})

test("what is asked for by name is taken, whatever a model's size", async () => {
  const model = create(5)
  expect(await setBackend('webgpu', { device })).toMatchObject({
    reason: "'webgpu' was asked for.",
    cpuBelow: 0,
  })
  expect(model.plan().backend).toBe('webgpu')
  await model.fit(x, y, options)
  expect(calls).toContain('submit')
  const trained = await model.predict(x)
  await setBackend('cpu')
  expect(model.plan().backend).toBe('cpu')
  expect(model.backend).toBe('webgpu')
  const moved = await model.predict(x)
  expect(model.backend).toBe('cpu')
  for (const [i, value] of moved.data.entries()) expect(value).toBeCloseTo(trained.data[i] ?? Number.NaN, 5)
  model.dispose()
})

// Before a device is made of an adapter, which stays.
test('a Node whose drivers give no adapter is told of drivers', async () => {
  vi.stubGlobal('navigator', { gpu: { requestAdapter: async () => null } })
  await expect(setBackend('webgpu')).rejects.toThrow(
    /got none from navigator.gpu.requestAdapter\(\)\. Install a driver of the GPU: .*Vulkan.*, or call setBackend\('cpu'\)\.$/,
  )
  vi.stubGlobal('navigator', {})
  await expect(setBackend('webgpu')).rejects.toThrow(
    "got no navigator.gpu. Import 'recurra/node' first, which brings WebGPU to Node, or call setBackend('cpu').",
  )
  vi.unstubAllGlobals()
})

test("'auto' takes the CPU where the only adapter is software and says so; 'webgpu' takes the adapter", async () => {
  const adapter = await requestAdapter()
  const asked: unknown[] = []
  const request = async (options: unknown): Promise<object> => {
    asked.push(options)
    // A fallback adapter is software, whatever its name.
    const info = { description: 'Some GPU', isFallbackAdapter: true }
    return { info, features: adapter.features, limits: adapter.limits, requestDevice: async () => device }
  }
  vi.stubGlobal('navigator', { gpu: { requestAdapter: request } })
  try {
    const auto = await setBackend('auto')
    expect(auto).toMatchObject({ backend: 'cpu', adapter: { isSoftware: true } })
    expect(auto.description).toMatch(
      /^CPU \(.+\); the only adapter of WebGPU is software: WebGPU on Some GPU \(software\)$/,
    )
    expect(auto).toMatchObject({
      reason: "'auto': the only adapter of WebGPU is software: WebGPU on Some GPU (software).",
      cpuBelow: 0,
    })
    const model = create(64)
    expect(model.plan().backend).toBe('cpu')
    await model.predict(x)
    expect(calls).toEqual([])
    model.dispose()

    vi.stubGlobal('navigator', {})
    expect((await setBackend('auto')).reason).toBe("'auto': there is no WebGPU (navigator.gpu).")
    vi.stubGlobal('navigator', { gpu: { requestAdapter: async () => null } })
    expect((await setBackend('auto')).reason).toBe("'auto': no adapter of WebGPU answers.")

    const refuse = async () => Promise.reject(new Error('no more devices'))
    vi.stubGlobal('navigator', {
      gpu: {
        requestAdapter: async () => ({
          ...adapter,
          info: {},
          features: new Set(),
          limits: {},
          requestDevice: refuse,
        }),
      },
    })
    expect((await setBackend('auto')).description).toMatch(
      /^CPU \(.+\); WebGPU: expected an adapter and a device, got a failure: no more devices\. Close other pages/,
    )
    await expect(setBackend('webgpu')).rejects.toThrow('got a failure: no more devices')
    vi.stubGlobal('navigator', { gpu: { requestAdapter: request } })
    expect((await setBackend('webgpu')).backend).toBe('webgpu')
    expect(asked).toEqual([{ powerPreference: 'high-performance' }, { powerPreference: 'high-performance' }])
    expect((await setBackend('auto', { device })).backend).toBe('webgpu')
  } finally {
    vi.unstubAllGlobals()
  }
})
