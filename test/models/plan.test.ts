/** model.plan() is the plan that runs: where, by which strategies. */
import { afterAll, expect, test, vi } from 'vitest'
import { CpuExecutable } from '../../src/backends/cpu/executable.ts'
import { WebGpuBackend } from '../../src/backends/webgpu/webgpu.ts'
import { type Plan, printPlan } from '../../src/compiler/plan.ts'
import { config, Dense, LSTM, Sequential, type SequentialModel, setBackend } from '../../src/index.ts'
import { requestTestDevice } from '../support/gpu.ts'
import { uniform } from '../support/values.ts'

const device = await requestTestDevice()
const ROWS = 5
const [x, y] = [uniform([ROWS, 6, 16], -1, 1, 1), uniform([ROWS, 1], -1, 1, 2)]

function build(units = 16): SequentialModel {
  const model = Sequential([LSTM(units, { inputShape: [6, 16] }), Dense(1)])
  model.compile({ loss: 'mse', optimizer: 'adam' })
  return model
}

/** What models ask to be loaded. Nothing is: a plan says all that is asked here. */
const asked: Plan[] = []
const refuse = (plan: Plan): never => {
  asked.push(plan)
  throw new Error('asked for')
}
vi.spyOn(WebGpuBackend.prototype, 'load').mockImplementation(async (plan) => refuse(plan))
vi.spyOn(CpuExecutable, 'load').mockImplementation(async (plan) => refuse(plan))

afterAll(() => setBackend('cpu'))

/** Trains on a batch and predicts it: the plans are those that the model told before. */
async function expectPlanned(model: SequentialModel): Promise<string> {
  const told = [true, false].map((training) => String(model.plan({ batchSize: ROWS, training })))
  asked.length = 0
  await expect(model.trainOnBatch(x, y)).rejects.toThrow('asked for')
  await expect(model.predict(x)).rejects.toThrow('asked for')
  expect(asked.map(printPlan)).toEqual(told)
  model.dispose()
  return told.join('\n')
}

test('before a backend is chosen, as here, it is that of a GPU of which nothing is known', async () => {
  const { backend, dispatches } = build().plan({ batchSize: ROWS })
  expect([backend, dispatches]).toEqual([null, 12])
})

test('the rule for software, and strategies that were asked for', async () => {
  await setBackend('webgpu', { device })
  const byRule = await expectPlanned(build())
  await setBackend('webgpu', { device, strategies: { lstm: 'timestep', matmul: 'tile32' } })
  const chosen = await expectPlanned(build())
  expect(chosen).toMatch(/lstm \(timestep\)/)
  expect(chosen).toMatch(/matmul \(tile32\)/)
  expect(chosen).not.toBe(byRule)
})

test('mixed precision on either backend', async () => {
  config.setDtypePolicy('mixed_float16')
  try {
    for (const name of ['webgpu', 'cpu'] as const) {
      await setBackend(name, name === 'webgpu' ? { device } : {})
      await expectPlanned(build())
    }
  } finally {
    config.setDtypePolicy('float32')
  }
})

test('a tiny model under auto is planned for the CPU before that has been used', async () => {
  await setBackend('auto', { device })
  const model = build(4)
  expect(model.plan({ batchSize: ROWS }).backend).toBe('cpu')
  await expectPlanned(model)
})
