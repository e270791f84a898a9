/**
 * A WebGPU device for tests in Node: Dawn from npm's `webgpu`, on the adapter that test/run.mjs prepared.
 *
 *     const device = await requestTestDevice()      // at the top of a test file
 *
 * Every test then fails on any error that WebGPU reports while it runs (deviceErrors.ts). The device goes with the process.
 */

import { afterAll } from 'vitest'
import { create, globals } from 'webgpu'
import { installWatch } from '../../src/testing/watch.ts'
import './patientDawn.ts'

Object.assign(globalThis, globals)
installWatch({ marker: null, workerScript: null })

/**
 * Dawn fills workgroup memory with zeros before a kernel runs, and checks the bounds of each index. Kernels write what they read and check
 * their bounds themselves, and without Dawn's help one that does not is found here; SwiftShader then also makes pipelines in less than half
 * the time. In browsers and in Deno the same kernels run as every page has them.
 */
const TOGGLES = ['enable-dawn-features=disable_workgroup_init,disable_robustness']

// Dawn needs both for as long as a device is in use
let gpu: GPU | undefined
let adapter: GPUAdapter | undefined

/** Dawn's adapter. Throws where there is none: a test that needs a GPU never passes without one. */
export async function requestAdapter(): Promise<GPUAdapter> {
  gpu ??= create(TOGGLES)
  adapter ??= (await gpu.requestAdapter()) ?? undefined
  if (!adapter)
    throw new Error(
      'WebGPU: expected an adapter, got none. Start tests with `npm test` or `npm run test:unit -- <file>`, ' +
        'which bring a software adapter; with RECURRA_ADAPTER=system, check the driver of the GPU.',
    )
  return adapter
}

/** What some kernels need of a device. */
const OPTIONAL_FEATURES: readonly GPUFeatureName[] = ['subgroups', 'shader-f16']

/** The device of this process: of one test file, or of all that share a worker (vite.config.ts). */
let shared: Promise<GPUDevice> | undefined

/**
 * A device for tests, with the features that kernels can use. Call at the top level. With a descriptor it is another one than the
 * tests beside have.
 */
export function requestTestDevice(descriptor?: GPUDeviceDescriptor): Promise<GPUDevice> {
  if (descriptor) return requestLastingDevice(descriptor)
  shared ??= requestLastingDevice()
  return shared
}

async function requestLastingDevice(descriptor?: GPUDeviceDescriptor): Promise<GPUDevice> {
  await requestAdapter()
  const found = await furtherAdapter()
  const requiredFeatures = OPTIONAL_FEATURES.filter((feature) => found.features.has(feature))
  const device = await found.requestDevice({ requiredFeatures, ...descriptor })
  keepPipelines(device)
  return device
}

/**
 * Lets pipelines live as long as their device: Dawn then gives the same one to every backend that asks for it again, and
 * software adapters take long to compile.
 */
function keepPipelines(device: GPUDevice): void {
  const kept: GPUComputePipeline[] = []
  const create = device.createComputePipelineAsync.bind(device)
  device.createComputePipelineAsync = async (descriptor) => {
    const pipeline = await create(descriptor)
    kept.push(pipeline)
    return pipeline
  }
}

/**
 * A device that checks shaders and calls as WebGPU has it and computes nothing, in milliseconds: Dawn's null backend. It has
 * every feature, and by default WebGPU's default limits. Goes with the last test of the file.
 */
export async function requestNullDevice(): Promise<GPUDevice> {
  const checker = create(['backend=null'])
  const found = await checker.requestAdapter()
  if (!found) throw new Error('WebGPU: expected the null backend of Dawn, got no adapter.')
  const device = await found.requestDevice({ requiredFeatures: [...OPTIONAL_FEATURES] })
  const kept = { checker, found }
  afterAll(() => {
    device.destroy()
    // Dawn needs both until here.
    Object.assign(kept, { checker: null, found: null })
  })
  return device
}

/**
 * The same, for tests that count what is asked of a device: all that is read from it is zeros, so that trainings end as they do
 * elsewhere, and no shader is compiled. Its adapter is none of software, so that models run as they do on a GPU.
 */
export async function requestCountedDevice(): Promise<GPUDevice> {
  const device = await requestNullDevice()
  const create = device.createBuffer.bind(device)
  device.createBuffer = (descriptor) => {
    const buffer = create(descriptor)
    const range = buffer.getMappedRange.bind(buffer)
    // Memory of the null backend has what was there before.
    if ((descriptor.usage & GPUBufferUsage.MAP_READ) !== 0)
      buffer.getMappedRange = (...part) => {
        const read = range(...part)
        new Uint8Array(read).fill(0)
        return read
      }
    return buffer
  }
  return device
}

// An adapter serves one device, and Dawn needs it for as long
const adapters: GPUAdapter[] = []

/** A further device, which the test itself destroys. */
export async function requestFurtherDevice(descriptor?: GPUDeviceDescriptor): Promise<GPUDevice> {
  await requestAdapter()
  return (await furtherAdapter()).requestDevice(descriptor)
}

async function furtherAdapter(): Promise<GPUAdapter> {
  const own = await gpu?.requestAdapter()
  if (!own) throw new Error('WebGPU: expected a further adapter, got none.')
  adapters.push(own)
  return own
}

/** The message of the error that WebGPU reports for what `action` does, or null: for tests that expect an error. */
export async function validationErrorOf(device: GPUDevice, action: () => void): Promise<string | null> {
  device.pushErrorScope('validation')
  action()
  return (await device.popErrorScope())?.message ?? null
}

/** The first `length` numbers of a buffer with usage COPY_SRC. */
export async function readFloats(
  device: GPUDevice,
  buffer: GPUBuffer,
  length: number,
): Promise<Float32Array> {
  const size = length * Float32Array.BYTES_PER_ELEMENT
  const staging = device.createBuffer({ size, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST })
  const encoder = device.createCommandEncoder()
  encoder.copyBufferToBuffer(buffer, 0, staging, 0, size)
  device.queue.submit([encoder.finish()])
  await staging.mapAsync(GPUMapMode.READ)
  const numbers = new Float32Array(staging.getMappedRange().slice(0))
  staging.destroy()
  return numbers
}
