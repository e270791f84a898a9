/**
 * Every call of WebGPU fails in turn: the model's call that made it fails with an error of Recurra, other calls do not, and
 * the model is usable afterwards, on the same device and on the CPU.
 */
import { afterAll, describe, expect, test, vi } from 'vitest'
import { Dense, RecurraError, Sequential, type SequentialModel, setBackend } from '../../src/index.ts'
import { requestAdapter, requestTestDevice } from '../support/gpu.ts'
import { quiet, weightsOf } from '../support/models.ts'
import { recordDevice } from '../support/recordDevice.ts'
import { uniform } from '../support/values.ts'

const device = await requestTestDevice({ requiredFeatures: ['timestamp-query'] })
const { buffers } = recordDevice(device)
const [x, y] = [uniform([4, 3], -1, 1, 1), uniform([4, 1], -1, 1, 2)]

function line(): SequentialModel {
  const model = Sequential([Dense(1, { inputShape: [3] })])
  model.compile({ loss: 'mse', optimizer: 'sgd' })
  return model
}

/** Puts another method in the place of an object's, once, and gives what takes it back. */
function replace<Owner extends object>(owner: Owner, name: keyof Owner, method: unknown): () => void {
  const own = Object.getOwnPropertyDescriptor(owner, name)
  Object.defineProperty(owner, name, { configurable: true, value: method })
  return () => {
    if (own) Object.defineProperty(owner, name, own)
    else Reflect.deleteProperty(owner, name)
  }
}

const failing = (): never => {
  throw new Error('injected')
}
const rejecting = (): Promise<never> => Promise.reject(new Error('injected'))

/** Methods of objects that the device makes: replaced on whatever `maker` gives from now on. */
function replaceOnMade(
  maker: 'createBuffer' | 'createCommandEncoder',
  name: string,
  method: unknown,
): () => void {
  const make: unknown = device[maker]
  return replace(device, maker, (...args: readonly unknown[]) => {
    const made = Reflect.apply(make as () => object, device, args)
    Object.defineProperty(made, name, { configurable: true, value: method })
    return made
  })
}

const { queue } = device
const failures: readonly (readonly [string, () => () => void])[] = [
  ['createBindGroupLayout throws', () => replace(device, 'createBindGroupLayout', failing)],
  ['createPipelineLayout throws', () => replace(device, 'createPipelineLayout', failing)],
  ['createShaderModule throws', () => replace(device, 'createShaderModule', failing)],
  ['createComputePipelineAsync throws', () => replace(device, 'createComputePipelineAsync', failing)],
  ['createComputePipelineAsync rejects', () => replace(device, 'createComputePipelineAsync', rejecting)],
  ['createBindGroup throws', () => replace(device, 'createBindGroup', failing)],
  ['createBuffer throws', () => replace(device, 'createBuffer', failing)],
  ['createCommandEncoder throws', () => replace(device, 'createCommandEncoder', failing)],
  ['finish throws', () => replaceOnMade('createCommandEncoder', 'finish', failing)],
  ['beginComputePass throws', () => replaceOnMade('createCommandEncoder', 'beginComputePass', failing)],
  ['copyBufferToBuffer throws', () => replaceOnMade('createCommandEncoder', 'copyBufferToBuffer', failing)],
  ['mapAsync rejects', () => replaceOnMade('createBuffer', 'mapAsync', rejecting)],
  ['getMappedRange throws', () => replaceOnMade('createBuffer', 'getMappedRange', failing)],
  ['popErrorScope rejects', () => replace(device, 'popErrorScope', rejecting)],
  ['writeBuffer throws', () => replace(queue, 'writeBuffer', failing)],
  ['submit throws', () => replace(queue, 'submit', failing)],
]

async function expectRefused(call: () => Promise<unknown>): Promise<void> {
  const error: unknown = await call().catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(RecurraError)
  expect(error instanceof Error ? error.message : '').toMatch(/^.+: expected .+, got .*injected.*\. /)
}

describe.each(failures)('%s', (_name, inject) => {
  test('in the first calls of a model', async () => {
    await setBackend('webgpu', { device, strategies: {} })
    const model = line()
    const before = await weightsOf(model)
    const undo = inject()
    try {
      await expectRefused(() => model.fit(x, y, quiet))
    } finally {
      undo()
    }
    // A step whose losses could not be read has been done.
    const steps = model.optimizer?.iterations ?? 0
    if (steps === 0) expect(await weightsOf(model)).toEqual(before)
    else expect(await weightsOf(model)).not.toEqual(before)
    await model.fit(x, y, quiet)
    await setBackend('cpu')
    await model.fit(x, y, quiet)
    expect(model.optimizer?.iterations).toBe(steps + 2)
    model.dispose()
  })
})

test('createQuerySet throws in a profile', async () => {
  await setBackend('webgpu', { device })
  const model = line()
  const undo = replace(device, 'createQuerySet', failing)
  try {
    await expectRefused(() => model.profile(x, y))
  } finally {
    undo()
  }
  await model.fit(x, y, quiet)
  model.dispose()
})

test.each(['requestAdapter', 'requestDevice'])('%s rejects', async (name) => {
  const adapter = await requestAdapter()
  const withoutDevice = { info: adapter.info, features: new Set(), limits: {}, requestDevice: rejecting }
  const request = name === 'requestAdapter' ? rejecting : async () => withoutDevice
  vi.stubGlobal('navigator', { gpu: { requestAdapter: request } })
  try {
    await expectRefused(() => setBackend('webgpu'))
    expect((await setBackend('auto')).backend).toBe('cpu')
  } finally {
    vi.unstubAllGlobals()
  }
})

test('a refused call leaves other models alone, and says which operation the device refused', async () => {
  // A page's own device, where nobody hears what no scope catches.
  await setBackend('webgpu', { device })
  const model = line()
  await model.fit(x, y, quiet)
  const dispatch = vi.spyOn(GPUComputePassEncoder.prototype, 'dispatchWorkgroups')
  dispatch.mockImplementation(function (this: GPUComputePassEncoder) {
    dispatch.mockRestore()
    this.dispatchWorkgroups(70_000)
  })
  const other = line()
  await expect(other.fit(x, y, quiet)).rejects.toThrow(
    /expected commands that the device takes, got an error of the kind validation/,
  )
  dispatch.mockRestore()
  await other.fit(x, y, quiet)
  await model.fit(x, y, quiet)
  expect(model.optimizer?.iterations).toBe(2)
  for (const made of [model, other]) made.dispose()
})

test('setBackend with options, again and again, leaves no buffer', async () => {
  await setBackend('webgpu', { device })
  const model = line()
  for (let i = 0; i < 4; i++) {
    await setBackend('webgpu', { device, strategies: { matmul: 'registers' } })
    await model.fit(x, y, quiet)
    await model.getWeights()
  }
  await setBackend('cpu')
  await model.predict(x)
  model.dispose()
  await device.queue.onSubmittedWorkDone()
  expect([...buffers].map(({ label }) => label)).toEqual([])
})

afterAll(() => setBackend('cpu'))
