/** Where models run under 'auto', 'webgpu' and 'cpu'. */
import { beforeEach, expect, test, vi } from 'vitest'
import { Dense, LSTM, Sequential, setBackend, setSeed } from '../../src/index.ts'
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
  const { backend } = await setBackend('auto', { device })
  expect(backend).toBe('webgpu')
  const model = create(5)
  expect(model.plan().backend).toBe('cpu')
  const { history } = await model.fit(x, y, options)
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
  await model.fit(x, y, options)
  expect(calls).toContain('submit')
  model.dispose()
})

test("what is asked for by name is taken, whatever a model's size", async () => {
  const model = create(5)
  await setBackend('webgpu', { device })
  expect(model.plan().backend).toBe('webgpu')
  await model.fit(x, y, options)
  expect(calls).toContain('submit')
  const trained = await model.predict(x)
  await setBackend('cpu')
  expect(model.plan().backend).toBe('cpu')
  const moved = await model.predict(x)
  for (const [i, value] of moved.data.entries()) expect(value).toBeCloseTo(trained.data[i] ?? Number.NaN, 5)
  model.dispose()
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
    const model = create(64)
    expect(model.plan().backend).toBe('cpu')
    await model.predict(x)
    expect(calls).toEqual([])
    model.dispose()

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
