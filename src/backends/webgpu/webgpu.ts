// The WebGPU backend: buffers, cached pipelines, read-backs, and the state of the device.

import type { Plan } from '../../compiler/plan.ts'
import { fail } from '../../errors.ts'
import type { Graph } from '../../graph/graph.ts'
import { codeOf, type Kernel, RANGE_BINDING, STEP_BYTES } from '../../graph/kernel.ts'
import type { Backend, BackendInfo, BackendTraits, Choice, DeviceBuffer, Executable } from '../backend.ts'
import { type Memory, SlotPool } from '../slotPool.ts'
import { Connection } from './connection.ts'
import { type GpuContext, ofGpu, type Pipeline } from './context.ts'
import { subgroupsOf } from './device.ts'
import { loadPlan } from './executable.ts'
import { hear, type Report } from './hear.ts'
import { moduleHead } from './moduleHead.ts'
import { copyBuffer } from './readBack.ts'
import { COMPUTE_STAGE } from './usage.ts'

/** The most submits in the queue: enough to hide the cost of a submit, few enough that a fit stops soon. */
const MAX_IN_FLIGHT = 3

export class WebGpuBackend implements Backend, GpuContext {
  readonly info: BackendInfo
  readonly traits: BackendTraits
  readonly device: GPUDevice
  readonly connection: Connection
  readonly stepLayout: GPUBindGroupLayout
  readonly isVolatile = true
  readonly #ownsDevice: boolean
  readonly #choice: Choice | undefined
  readonly #pipelines = new Map<string, Promise<Pipeline>>()
  #inFlight = 0
  #waiting: (() => void)[] = []
  #disposed = false

  /**
   * @param ownsDevice Whether dispose destroys the device, and uncaptured errors count as Recurra's; false for a device of the
   * host page.
   * @param choice Chooses strategies; by default the operations do, by rule.
   */
  constructor(device: GPUDevice, ownsDevice: boolean, choice?: Choice) {
    this.device = device
    this.connection = Connection.of(device, ownsDevice)
    this.#ownsDevice = ownsDevice
    this.#choice = choice
    this.info = this.connection.info
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
          buffer: { type: 'uniform', hasDynamicOffset: true, minBindingSize: STEP_BYTES },
        },
      ],
    })
    this.connection.onLoss(() => this.#wake())
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
    return this.connection.createBuffer(label, bytes)
  }

  write(buffer: DeviceBuffer, byteOffset: number, data: Float32Array | Int32Array | Uint32Array): void {
    this.connection.write(ofGpu(buffer), byteOffset, data)
  }

  read(buffer: DeviceBuffer, bytes: number): Promise<ArrayBuffer> {
    return this.connection.read(ofGpu(buffer).handle, 0, bytes)
  }

  copy(from: DeviceBuffer, to: DeviceBuffer, bytes: number): void {
    copyBuffer(this.device, ofGpu(from).handle, 0, ofGpu(to).handle, bytes)
  }

  async tune(build: () => Graph): Promise<void> {
    await this.#choice?.tune?.(this, build)
  }

  load(plan: Plan, arena: Memory, slots = new SlotPool(this)): Promise<Executable> {
    this.check()
    return loadPlan(this, plan, arena, slots)
  }

  submit(commands: GPUCommandBuffer): void {
    this.device.queue.submit([commands])
    const done = this.device.queue.onSubmittedWorkDone()
    this.#inFlight++
    void done.then(this.#onDone, this.#onDone)
  }

  readonly #onDone = (): void => {
    this.#inFlight--
    this.#wake()
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve()
  }

  async ready(): Promise<void> {
    while (this.#inFlight >= MAX_IN_FLIGHT && this.isWorking) {
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve)
      })
    }
    this.check()
  }

  get isWorking(): boolean {
    return !this.#disposed && !this.connection.isLost
  }

  check(): void {
    if (this.#disposed)
      fail('WebGPU backend', { expected: 'a backend in use', got: 'one that was replaced or disposed' })
    this.connection.check()
  }

  watch(): () => void {
    return this.connection.watch()
  }

  setInUse(isInUse: boolean): void {
    this.connection.readBack.caches = isInUse
  }

  /** The pipeline of a kernel with these overrides; cached, and compiled off the main thread. */
  pipeline(kernel: Kernel, overrides: Readonly<Record<string, number>> = {}): Promise<Pipeline> {
    const head = moduleHead(kernel, overrides)
    const key = `${kernel.name} ${head}`
    let found = this.#pipelines.get(key)
    if (found === undefined) {
      found = this.#createPipeline(kernel, overrides, head)
      found.catch(() => this.#pipelines.delete(key))
      this.#pipelines.set(key, found)
    }
    return found
  }

  async #createPipeline(
    kernel: Kernel,
    overrides: Readonly<Record<string, number>>,
    head: string,
  ): Promise<Pipeline> {
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
    const code = head + (await codeOf(kernel, overrides))
    let layout: GPUBindGroupLayout | undefined
    let pending: Promise<GPUComputePipeline> | undefined
    const report = await hear(device, () => {
      layout = device.createBindGroupLayout({ label, entries })
      pending = device.createComputePipelineAsync({
        label,
        layout: device.createPipelineLayout({
          label,
          bindGroupLayouts: kernel.step.length > 0 ? [layout, this.stepLayout] : [layout],
        }),
        compute: { module: device.createShaderModule({ label, code }), entryPoint: kernel.entryPoint },
      })
      // The error scope reports the error of the code, which says more than the rejection.
      pending.catch(() => undefined)
    })
    try {
      const pipeline = report === null && (await pending)
      if (pipeline && layout) return { pipeline, layout }
    } catch (cause) {
      return this.#refusePipeline(kernel, { kind: 'failed', cause })
    }
    return this.#refusePipeline(kernel, report ?? { kind: 'failed', cause: 'no pipeline' })
  }

  #refusePipeline({ name }: Kernel, report: Report): never {
    return this.connection.refuse(`kernel ${name}`, `code that ${this.info.description} compiles`, report)
  }

  dispose(): void {
    if (this.#disposed) return
    this.#disposed = true
    this.connection.readBack.caches = false
    if (this.#ownsDevice) this.device.destroy()
  }
}
