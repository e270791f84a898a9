// The WebGPU backend: memory, pipelines made once, read-backs, and the state of the device.

import type { Plan } from '../../compiler/plan.ts'
import { fail, RecurraError } from '../../errors.ts'
import type { Graph } from '../../graph/graph.ts'
import { codeOf, type Kernel, RANGE_BINDING } from '../../graph/kernel.ts'
import type { Backend, BackendInfo, BackendTraits, DeviceBuffer, Executable } from '../backend.ts'
import { GpuBuffer, type GpuContext, handleOf, type Pipeline } from './context.ts'
import { describeDevice, subgroupsOf } from './device.ts'
import { loadPlan } from './executable.ts'
import { moduleHead } from './moduleHead.ts'
import { COMPUTE_STAGE, COPY_DST, COPY_SRC, MAP_READ, READ_MODE, STORAGE } from './usage.ts'

/** Submits that may be in the queue before the next one waits: enough to hide submission, few enough to stop soon. */
const MAX_IN_FLIGHT = 3

/** Picks among the strategies of operations, after a look at a graph where it needs one. */
export interface Choice {
  readonly choose: NonNullable<BackendTraits['choose']>
  tune?(backend: Backend, build: () => Graph): Promise<void>
}

export class WebGpuBackend implements Backend, GpuContext {
  readonly info: BackendInfo
  readonly traits: BackendTraits
  readonly device: GPUDevice
  readonly stepLayout: GPUBindGroupLayout
  readonly #ownsDevice: boolean
  readonly #choice: Choice | undefined
  readonly #pipelines = new Map<string, Promise<Pipeline>>()
  readonly #staging: GPUBuffer[] = []
  readonly #onError = (event: GPUUncapturedErrorEvent): void => {
    this.#problem ??= event.error.message
  }
  #problem: string | null = null
  #inFlight = 0
  #waiting: (() => void)[] = []
  #disposed = false

  /**
   * @param ownsDevice Whether dispose destroys the device; false for one that the host page handed over.
   * @param choice Who picks among the strategies of operations; by default they do themselves.
   */
  constructor(device: GPUDevice, ownsDevice: boolean, choice?: Choice) {
    this.device = device
    this.#ownsDevice = ownsDevice
    this.#choice = choice
    this.info = describeDevice(device.adapterInfo)
    const { maxBufferSize, maxStorageBufferBindingSize, maxComputeWorkgroupsPerDimension } = device.limits
    this.traits = {
      maxWorkgroupsPerDimension: maxComputeWorkgroupsPerDimension,
      isSoftware: this.info.adapter?.isSoftware ?? false,
      subgroups: subgroupsOf(device),
      hasF16: device.features.has('shader-f16'),
      ...(choice ? { choose: choice.choose } : {}),
      maxBufferBytes: Math.min(maxBufferSize, maxStorageBufferBindingSize),
    }
    this.stepLayout = device.createBindGroupLayout({
      label: 'recurra step',
      entries: [
        {
          binding: 0,
          visibility: COMPUTE_STAGE,
          buffer: { type: 'uniform', hasDynamicOffset: true, minBindingSize: 16 },
        },
      ],
    })
    // On a device of the host page's own, errors may be the page's.
    if (ownsDevice) device.addEventListener('uncapturederror', this.#onError)
    void device.lost.then(({ reason, message }) => {
      this.#problem ??= `the device was lost (${reason}${message ? `: ${message}` : ''})`
      this.#wake()
    })
  }

  createBuffer(label: string, bytes: number): DeviceBuffer {
    this.check()
    if (bytes > this.traits.maxBufferBytes) {
      fail(label, {
        expected: `at most ${this.traits.maxBufferBytes} bytes in one buffer on this device`,
        got: `${bytes}`,
        remedy: 'Use a smaller batch size, fewer units or less data at once.',
      })
    }
    return new GpuBuffer(
      this.device.createBuffer({
        label: `recurra ${label}`,
        size: Math.max(bytes, 16),
        usage: STORAGE | COPY_SRC | COPY_DST,
      }),
    )
  }

  write(buffer: DeviceBuffer, byteOffset: number, data: Float32Array | Uint32Array): void {
    this.device.queue.writeBuffer(handleOf(buffer), byteOffset, data.buffer, data.byteOffset, data.byteLength)
  }

  read(buffer: DeviceBuffer, byteOffset: number, bytes: number): Promise<ArrayBuffer> {
    return this.readBytes(handleOf(buffer), byteOffset, bytes)
  }

  async readBytes(buffer: GPUBuffer, byteOffset: number, bytes: number): Promise<ArrayBuffer> {
    this.check()
    const staging = this.#takeStaging(bytes)
    const encoder = this.device.createCommandEncoder()
    encoder.copyBufferToBuffer(buffer, byteOffset, staging, 0, bytes)
    this.device.queue.submit([encoder.finish()])
    try {
      await staging.mapAsync(READ_MODE, 0, bytes)
    } catch (error) {
      this.check()
      throw error
    }
    this.check()
    const copy = staging.getMappedRange(0, bytes).slice(0)
    staging.unmap()
    this.#staging.push(staging)
    return copy
  }

  async tune(build: () => Graph): Promise<void> {
    await this.#choice?.tune?.(this, build)
  }

  load(plan: Plan, arena: (name: string) => DeviceBuffer): Promise<Executable> {
    this.check()
    return loadPlan(this, plan, arena)
  }

  submit(commands: GPUCommandBuffer): void {
    this.device.queue.submit([commands])
    this.#inFlight++
    void this.device.queue.onSubmittedWorkDone().then(this.#onDone, this.#onDone)
  }

  readonly #onDone = (): void => {
    this.#inFlight--
    this.#wake()
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve()
  }

  async ready(): Promise<void> {
    while (this.#inFlight >= MAX_IN_FLIGHT && this.#problem === null) {
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve)
      })
    }
    this.check()
  }

  /** Whether the device is there and has reported no error. */
  get isWorking(): boolean {
    return !this.#disposed && this.#problem === null
  }

  check(): void {
    if (this.#disposed)
      fail('WebGPU backend', { expected: 'a backend in use', got: 'one that was replaced or disposed' })
    if (this.#problem === null) return
    throw new RecurraError(
      `${this.info.description}: expected a working device, got: ${this.#problem}. ` +
        "Call setBackend('webgpu') for a new device or setBackend('cpu'); weights that were read back are kept.",
    )
  }

  /** The pipeline of a kernel with these overrides; compiled once, off the main thread. */
  pipeline(kernel: Kernel, overrides: Readonly<Record<string, number>> = {}): Promise<Pipeline> {
    const head = moduleHead(kernel, overrides)
    const key = `${kernel.name} ${head}`
    let found = this.#pipelines.get(key)
    if (found === undefined) {
      found = this.#createPipeline(kernel, head)
      found.catch(() => this.#pipelines.delete(key))
      this.#pipelines.set(key, found)
    }
    return found
  }

  async #createPipeline(kernel: Kernel, head: string): Promise<Pipeline> {
    const { device } = this
    const label = `recurra ${kernel.name}`
    const entries = kernel.bindings.map(
      ({ binding, access }): GPUBindGroupLayoutEntry => ({
        binding,
        visibility: COMPUTE_STAGE,
        buffer: { type: access === 'read' ? 'read-only-storage' : 'storage' },
      }),
    )
    for (const binding of [RANGE_BINDING, kernel.params?.binding ?? []].flat())
      entries.push({ binding, visibility: COMPUTE_STAGE, buffer: { type: 'uniform' } })
    const layout = device.createBindGroupLayout({ label, entries })
    const pipeline = await device.createComputePipelineAsync({
      label,
      layout: device.createPipelineLayout({
        label,
        bindGroupLayouts: kernel.usesStep ? [layout, this.stepLayout] : [layout],
      }),
      compute: {
        module: device.createShaderModule({ label, code: head + (await codeOf(kernel)) }),
        entryPoint: kernel.entryPoint,
      },
    })
    return { pipeline, layout }
  }

  #takeStaging(bytes: number): GPUBuffer {
    const index = this.#staging.findIndex(({ size }) => size >= bytes)
    const [found] = index < 0 ? [] : this.#staging.splice(index, 1)
    return (
      found ??
      this.device.createBuffer({
        label: 'recurra read-back',
        size: Math.max(256, bytes),
        usage: MAP_READ | COPY_DST,
      })
    )
  }

  dispose(): void {
    if (this.#disposed) return
    this.#disposed = true
    this.device.removeEventListener('uncapturederror', this.#onError)
    for (const buffer of this.#staging) buffer.destroy()
    if (this.#ownsDevice) this.device.destroy()
  }
}
