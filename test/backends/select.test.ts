/** Where models run under 'auto', 'webgpu' and 'cpu'. */
import { beforeEach, expect, test } from 'vitest'
import { Dense, LSTM, Sequential, setBackend, setSeed } from '../../src/index.ts'
import { requestTestDevice } from '../support/gpu.ts'
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
