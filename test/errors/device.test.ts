/** Devices that are lost, or that a page hands over: clear errors, nothing lost that was read back, nothing taken away. */
import { expect, test } from 'vitest'
import { Dense, RecurraError, Sequential, type SequentialModel, setBackend } from '../../src/index.ts'
import { readFloats, requestFurtherDevice, requestTestDevice } from '../support/gpu.ts'
import { quiet, weightsOf } from '../support/models.ts'
import { uniform } from '../support/values.ts'

const device = await requestTestDevice()
const [x, y] = [uniform([8, 3], -1, 1, 1), uniform([8, 1], -1, 1, 2)]

function line(): SequentialModel {
  const model = Sequential([Dense(1, { inputShape: [3] })])
  model.compile({ loss: 'mse', optimizer: 'adam' })
  return model
}

/** A device of its own, and a model that was trained on it twice, with its weights after each fit. */
async function trainOnOwn(): Promise<{ own: GPUDevice; model: SequentialModel; first: number[] }> {
  const own = await requestFurtherDevice()
  await setBackend('webgpu', { device: own })
  const model = line()
  await model.fit(x, y, quiet)
  const first = await weightsOf(model)
  await model.fit(x, y, quiet)
  return { own, model, first }
}

/** Waits for what was handed over to a device, read-backs included. */
async function settle(own: GPUDevice): Promise<void> {
  const buffer = own.createBuffer({ size: 4, usage: GPUBufferUsage.COPY_SRC })
  await readFloats(own, buffer, 1)
}

async function lose(own: GPUDevice): Promise<void> {
  own.destroy()
  await own.lost
}

const move = (name: 'cpu' | 'webgpu'): Promise<unknown> =>
  setBackend(name, name === 'webgpu' ? { device } : {})

const LOST =
  /^WebGPU on .+: expected a working device, got: the device was lost \(destroyed.*\)\. Call setBackend\('webgpu'\) or setBackend\('cpu'\): weights that were read back are kept\.$/

/** The error of a model whose weights of a step were lost, where the host has those of another. */
const lostStep = (lost: number, kept: number): RegExp =>
  new RegExp(
    `^Model ".+": expected its weights and states of step ${lost} from WebGPU on .+, got a device that was lost\\. ` +
      `The host has those of step ${kept}: call model\\.restoreWeights\\(\\) to go on from them, or set others\\.$`,
  )

async function expectFailure(call: () => Promise<unknown>, message: RegExp): Promise<void> {
  const error: unknown = await call().catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(RecurraError)
  expect(error instanceof Error ? error.message : '').toMatch(message)
}

test('calls on a lost device fail, and say what to do', async () => {
  const { own, model } = await trainOnOwn()
  await lose(own)
  const calls = [
    () => model.fit(x, y, quiet),
    () => model.predict(x),
    () => model.evaluate(x, y, quiet),
    () => model.trainOnBatch(x, y),
    () => model.gradients(x, y),
    () => model.profile(x, y),
  ]
  for (const call of calls) await expectFailure(call, LOST)
})

test.each(['cpu', 'webgpu'] as const)(
  'what fit and trainOnBatch left is there on %s after a loss, without a word',
  async (name) => {
    const { own, model } = await trainOnOwn()
    await settle(own)
    await model.trainOnBatch(x, y)
    await settle(own)
    await lose(own)
    await move(name)
    const twin = line()
    twin.setWeights(await model.getWeights())
    expect(model.optimizer?.iterations).toBe(3)
    expect((await model.predict(x)).data).toEqual((await twin.predict(x)).data)
    expect(model.restoreWeights()).toBe(3)
    const { history } = await model.fit(x, y, quiet)
    expect(history.loss?.every(Number.isFinite)).toBe(true)
  },
)

test('weights of a loop of trainOnBatch are of one step, that the error names', async () => {
  const own = await requestFurtherDevice()
  await setBackend('webgpu', { device: own })
  const model = line()
  const seen = [await weightsOf(model)]
  const states = line()
  states.setWeights(await model.getWeights())
  for (let i = 0; i < 30; i++) await model.trainOnBatch(x, y)
  await lose(own)
  await setBackend('webgpu', { device })
  const kept = model.restoreWeights()
  expect(model.optimizer?.iterations).toBe(kept)
  for (let i = 0; i < kept; i++) {
    await states.trainOnBatch(x, y)
    seen.push(await weightsOf(states))
  }
  expect(await weightsOf(model)).toEqual(seen[kept])
  // The optimizer's state is of the same step.
  await model.trainOnBatch(x, y)
  await states.trainOnBatch(x, y)
  expect(await weightsOf(model)).toEqual(await weightsOf(states))
})

test.each(['cpu', 'webgpu'] as const)('older weights answer on %s only once they are taken', async (name) => {
  const { own, model, first } = await trainOnOwn()
  await lose(own)
  await move(name)
  for (const call of [() => model.predict(x), () => model.getWeights(), () => model.fit(x, y, quiet)])
    await expectFailure(call, lostStep(2, 1))
  expect(model.restoreWeights()).toBe(1)
  expect(model.optimizer?.iterations).toBe(1)
  expect(await weightsOf(model)).toEqual(first)
  await model.fit(x, y, quiet)
  expect(model.optimizer?.iterations).toBe(2)
})

test('setting weights is taking them', async () => {
  const { own, model } = await trainOnOwn()
  await lose(own)
  await setBackend('cpu')
  model.setWeights([[[1], [2], [3]], [4]])
  expect(await weightsOf(model)).toEqual([1, 2, 3, 4])
  await model.fit(x, y, quiet)
})

test('a fit whose device is lost in its middle fails, and does not hang', async () => {
  const own = await requestFurtherDevice()
  await setBackend('webgpu', { device: own })
  const model = line()
  const onEpochEnd = (epoch: number): void => {
    if (epoch === 1) own.destroy()
  }
  await expect(model.fit(x, y, { ...quiet, epochs: 9, callbacks: { onEpochEnd } })).rejects.toThrow(LOST)
  await setBackend('cpu')
  await expectFailure(() => model.predict(x), lostStep(2, 0))
  expect(model.restoreWeights()).toBe(0)
  await model.fit(x, y, quiet)
})

test('a fit without callbacks whose device is lost fails too', async () => {
  const own = await requestFurtherDevice()
  await setBackend('webgpu', { device: own })
  const model = line()
  const fit = expect(model.fit(x, y, { ...quiet, epochs: 5000, batchSize: 1 })).rejects.toThrow(LOST)
  while ((model.optimizer?.iterations ?? 0) < 1) await new Promise((resolve) => setTimeout(resolve))
  own.destroy()
  await fit
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
    'got compile or another backend in between',
  )
  expect(model.optimizer?.iterations).toBe(1)
  expect((await model.fit(x, y, quiet)).history.loss).toHaveLength(1)
})
