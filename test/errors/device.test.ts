/** Devices that are lost, or that a page hands over: clear errors, nothing lost that was read back, nothing taken away. */
import { expect, test } from 'vitest'
import { Dense, RecurraError, Sequential, type SequentialModel, setBackend } from '../../src/index.ts'
import { requestFurtherDevice, requestTestDevice } from '../support/gpu.ts'
import { quiet, weightsOf } from '../support/models.ts'
import { uniform } from '../support/values.ts'

const device = await requestTestDevice()
const [x, y] = [uniform([8, 3], -1, 1, 1), uniform([8, 1], -1, 1, 2)]

function line(): SequentialModel {
  const model = Sequential([Dense(1, { inputShape: [3] })])
  model.compile({ loss: 'mse', optimizer: 'adam' })
  return model
}

/** A model that was trained on a device of its own, which is then lost; with its weights as they were read back. */
async function trainAndLose(): Promise<{ model: SequentialModel; kept: number[] }> {
  const own = await requestFurtherDevice()
  await setBackend('webgpu', { device: own })
  const model = line()
  await model.fit(x, y, quiet)
  const kept = await weightsOf(model)
  await model.fit(x, y, quiet)
  own.destroy()
  await own.lost
  return { model, kept }
}

const LOST =
  /^WebGPU on .+: expected a working device, got: the device was lost \(destroyed.*\)\. Call setBackend\('webgpu'\) for a new device or setBackend\('cpu'\); weights that were read back are kept\.$/

test('calls on a lost device fail, and say what to do', async () => {
  const { model } = await trainAndLose()
  const calls = [
    () => model.fit(x, y, quiet),
    () => model.predict(x),
    () => model.evaluate(x, y, quiet),
    () => model.trainOnBatch(x, y),
    () => model.getWeights(),
  ]
  for (const call of calls) {
    const error: unknown = await call().catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(RecurraError)
    expect(error instanceof Error ? error.message : '').toMatch(LOST)
  }
})

test.each(['cpu', 'webgpu'] as const)(
  'after a lost device, %s goes on from what was read back last',
  async (name) => {
    const { model, kept } = await trainAndLose()
    await setBackend(name, name === 'webgpu' ? { device } : {})
    expect(await weightsOf(model)).toEqual(kept)
    const { history } = await model.fit(x, y, quiet)
    expect(history.loss?.every(Number.isFinite)).toBe(true)
    expect(await weightsOf(model)).not.toEqual(kept)
  },
)

test('a fit whose device is lost in its middle fails, and does not hang', async () => {
  const own = await requestFurtherDevice()
  await setBackend('webgpu', { device: own })
  const model = line()
  const onEpochEnd = (epoch: number): void => {
    if (epoch === 1) own.destroy()
  }
  await expect(model.fit(x, y, { ...quiet, epochs: 9, callbacks: { onEpochEnd } })).rejects.toThrow(LOST)
  await setBackend('cpu')
  await model.fit(x, y, quiet)
})

test('a fit without callbacks whose device is lost fails too', async () => {
  const own = await requestFurtherDevice()
  await setBackend('webgpu', { device: own })
  const model = line()
  const fit = model.fit(x, y, { ...quiet, epochs: 5000, batchSize: 1 })
  setTimeout(() => own.destroy(), 30)
  await expect(fit).rejects.toThrow(LOST)
})

test('a device that is handed over stays the page’s: models come and go on it', async () => {
  const info = await setBackend('webgpu', { device })
  expect(info).toMatchObject({ backend: 'webgpu', adapter: { isSoftware: expect.any(Boolean) } })
  const model = line()
  await model.fit(x, y, quiet)
  await setBackend('cpu')
  await model.predict(x)
  model.dispose()
  const buffer = device.createBuffer({ size: 16, usage: GPUBufferUsage.STORAGE })
  buffer.destroy()
})

test('moving to another backend in the middle of a fit ends the fit, with its weights kept', async () => {
  await setBackend('webgpu', { device })
  const model = line()
  const onEpochEnd = async (epoch: number): Promise<void> => {
    if (epoch !== 0) return
    await setBackend('cpu')
    await model.predict(x)
  }
  await expect(model.fit(x, y, { ...quiet, epochs: 3, callbacks: { onEpochEnd } })).rejects.toThrow(
    'got compile, dispose or another backend in between',
  )
  expect(model.optimizer?.iterations).toBe(1)
  expect((await model.fit(x, y, quiet)).history.loss).toHaveLength(1)
})
