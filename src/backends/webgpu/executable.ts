// A plan on a GPU: its memory, parameters, pipelines and bind groups, made once; a step is one encoder, one compute
// pass, one submit of launches that are already bound, or several where it would hold the device for long.

import type { Plan, Slice } from '../../compiler/plan.ts'
import { flopsOf, type Submit, submitsOf } from '../../compiler/plan.ts'
import { BYTES } from '../../graph/graph.ts'
import { RANGE_BINDING, STEP_BYTES } from '../../graph/kernel.ts'
import type { Launch } from '../../graph/launch.ts'
import type { DeviceBuffer, Executable, OperationTimes } from '../backend.ts'
import type { Memory, SlotLease, SlotPool } from '../slotPool.ts'
import { STEPS } from '../steps.ts'
import { type GpuBuffer, type GpuContext, ofGpu, type Pipeline } from './context.ts'
import { hear, type Report } from './hear.ts'
import { RANGE_BYTES, UNIFORM_STRIDE, type UniformPlaces, Uniforms } from './uniforms.ts'
import { COPY_DST, STORAGE, UNIFORM } from './usage.ts'

/** Stand-ins for tensors that are absent: one to read, and for each binding its own part of one to write. */
const ABSENT_BYTES = 256
const MAX_BINDINGS = 16

interface BoundLaunch extends Pipeline, UniformPlaces {
  readonly launch: Launch
  readonly tensors: Readonly<Record<string, Slice>>
  group: GPUBindGroup | null
}

export async function loadPlan(
  backend: GpuContext,
  plan: Plan,
  arena: Memory,
  slots: SlotPool,
): Promise<Executable> {
  const uniforms = new Uniforms()
  const bound = await Promise.all(
    plan.steps.flatMap(({ launches, tensors }) =>
      launches.map(async (launch): Promise<BoundLaunch> => {
        const places = uniforms.add(launch)
        const pipeline = await backend.pipeline(launch.kernel, launch.overrides)
        return { ...pipeline, ...places, launch, tensors, group: null }
      }),
    ),
  )
  const most = backend.traits.maxBufferBytes
  const largest = Math.max(0, ...plan.slots)
  if (largest > most) return (await refused()).refuseSize(plan, most, largest)
  let executable: GpuExecutable | undefined
  const lease = await slots
    .lease(plan, arena, (name, slot) => executable?.bind(name, slot))
    .catch(async (error: unknown) => (await refused()).refuseSlots(plan, error))
  const report = await hear(backend.device, () => {
    executable = new GpuExecutable(backend, { plan, launches: bound, uniforms, slots: lease })
  })
  if (executable && report === null) return executable
  executable?.dispose()
  lease.release()
  return (await refused()).refusePlan(backend, plan, report)
}

/** What it takes to say what a device refuses is loaded when it does. */
const refused = () => import('./refused.ts')

/** A plan, and what was made for it. */
interface GpuPlan {
  readonly plan: Plan
  readonly launches: readonly BoundLaunch[]
  readonly uniforms: Uniforms
  readonly slots: SlotLease
}

class GpuExecutable implements Executable {
  readonly #backend: GpuContext
  readonly plan: Plan
  readonly #launches: readonly BoundLaunch[]
  readonly #submits: readonly Submit[]
  readonly #slots: SlotLease
  /** The arenas and slots that it is bound to. */
  readonly #buffers = new Map<string, GpuBuffer>()
  /** Counts changes of buffers; after which of them the device accepted a step, and ran one. */
  #binding = 0
  #accepted = -1
  #ran = -1
  readonly #owned: GPUBuffer[] = []
  readonly #uniforms: GPUBuffer
  /** Bind group 1, the scalars of steps; null until it is needed. */
  #stepGroup: GPUBindGroup | null = null
  readonly #absentRead: GPUBuffer
  readonly #absentWrite: GPUBuffer
  readonly stepsAtOnce: number

  constructor(backend: GpuContext, { plan, launches, uniforms, slots }: GpuPlan) {
    this.#backend = backend
    this.plan = plan
    this.#slots = slots
    this.#launches = launches
    this.#submits = submitsOf(plan)
    this.stepsAtOnce = stepsAtOnce(flopsOf(plan), launches.length, backend.traits.isSoftware)
    try {
      this.#absentRead = this.#own('absent input', ABSENT_BYTES, STORAGE)
      this.#absentWrite = this.#own('absent output', ABSENT_BYTES * MAX_BINDINGS, STORAGE)
      this.#uniforms = this.#own('params', Math.max(uniforms.bytes, UNIFORM_STRIDE), UNIFORM | COPY_DST)
      backend.device.queue.writeBuffer(this.#uniforms, 0, uniforms.pack())
    } catch (error) {
      this.dispose()
      throw error
    }
  }

  bind(name: string, buffer: DeviceBuffer): void {
    const given = ofGpu(buffer)
    if (this.#buffers.get(name) === given) return
    this.#setBuffer(name, given)
    if (name === STEPS) this.#stepGroup = null
    for (const bound of this.#launches) {
      if (Object.values(bound.tensors).some((slice) => slice.buffer === name)) bound.group = null
    }
  }

  accept(): Promise<void> | null {
    return this.#accepted === this.#binding ? null : this.#ask()
  }

  /** Encodes a step and submits nothing: what cannot be done is found before anything is. */
  async #ask(): Promise<void> {
    const heard = hear(this.#backend.device, () => {
      for (const part of this.#submits) this.#encode(0, 1, part)
    })
    const binding = this.#binding
    const report = await heard
    // Where memory could not be had, that is the cause.
    for (const buffer of this.#buffers.values()) await buffer.accepted()
    if (report) return this.#refuse(report)
    this.#accepted = binding
  }

  async #refuse(report: Report): Promise<never> {
    const { refuseRun } = await refused()
    return refuseRun(this.#backend, this.plan, report, (pass, index) => {
      const bound = this.#launches[index] as BoundLaunch
      bound.group = null
      this.#launchAlone(pass, bound)
    })
  }

  run(first: number, count = 1): void {
    if (this.#ran === this.#binding) this.#run(first, count)
    // Memory that drivers take late, say: the calls that are under way hear of it.
    else {
      let failure: unknown = null
      this.#backend.connection.listen(() => {
        try {
          this.#run(first, count)
        } catch (error) {
          failure = error
        }
      })
      if (failure !== null) throw failure
    }
    this.#ran = this.#binding
  }

  #run(first: number, count: number): void {
    const together = this.#submits.length === 1 ? count : 1
    try {
      for (let index = first; index < first + count; index += together) {
        for (const part of this.#submits) this.#backend.submit(this.#encode(index, together, part))
      }
    } catch (cause) {
      this.#backend.connection.refuse('step', 'commands that the device takes', { kind: 'failed', cause })
    }
  }

  /** The same part of some steps. */
  #encode(first: number, count: number, { start, until }: Submit): GPUCommandBuffer {
    const encoder = this.#backend.device.createCommandEncoder()
    const pass = encoder.beginComputePass()
    let current: GPUComputePipeline | null = null
    for (let index = first; index < first + count; index++) {
      this.#setStep(pass, index)
      for (let i = start; i < until; i++) {
        const bound = this.#launches[i] as BoundLaunch
        if (bound.pipeline !== current) {
          current = bound.pipeline
          pass.setPipeline(current)
        }
        this.#launch(pass, bound)
      }
    }
    pass.end()
    return encoder.finish()
  }

  async profile(repeats: number): Promise<OperationTimes | null> {
    await this.accept()
    const { profileLaunches } = await import('./profile.ts')
    return profileLaunches(this.#backend, this.plan, repeats, (pass, index) =>
      this.#launchAlone(pass, this.#launches[index] as BoundLaunch),
    )
  }

  async time(least: number): Promise<number | null> {
    await this.accept()
    const { timeRuns } = await import('./profile.ts')
    return timeRuns(this.#backend, least, (pass) => {
      for (const bound of this.#launches) this.#launchAlone(pass, bound)
    })
  }

  #launchAlone(pass: GPUComputePassEncoder, bound: BoundLaunch): void {
    this.#setStep(pass, 0)
    pass.setPipeline(bound.pipeline)
    this.#launch(pass, bound)
  }

  #setStep(pass: GPUComputePassEncoder, index: number): void {
    if (this.plan.scalars.length === 0) return
    this.#stepGroup ??= this.#backend.device.createBindGroup({
      label: 'recurra step',
      layout: this.#backend.stepLayout,
      entries: [{ binding: 0, resource: { buffer: this.#bufferOf(STEPS), size: STEP_BYTES } }],
    })
    pass.setBindGroup(1, this.#stepGroup, [index * STEP_BYTES])
  }

  #launch(pass: GPUComputePassEncoder, bound: BoundLaunch): void {
    bound.group ??= this.#createGroup(bound)
    pass.setBindGroup(0, bound.group)
    const [x, y, z] = bound.launch.workgroups
    pass.dispatchWorkgroups(x, y, z)
  }

  async read(result: string): Promise<Float32Array> {
    const found = this.plan.results.get(result)
    if (found === undefined) throw new RangeError(`the plan has no result ${result}`)
    const { buffer, offset, length } = found.slice
    return new Float32Array(
      await this.#backend.connection.read(this.#bufferOf(buffer), 4 * offset, 4 * length),
    )
  }

  dispose(): void {
    for (const buffer of this.#owned) buffer.destroy()
    this.#owned.length = 0
    this.#slots.release()
  }

  #own(label: string, size: number, usage: number): GPUBuffer {
    const buffer = this.#backend.device.createBuffer({ label: `recurra ${label}`, size, usage })
    this.#owned.push(buffer)
    return buffer
  }

  #bufferOf(name: string): GPUBuffer {
    return (this.#buffers.get(name) ?? this.#setBuffer(name, ofGpu(this.#slots.memory(name)))).handle
  }

  #setBuffer(name: string, buffer: GpuBuffer): GpuBuffer {
    this.#binding++
    this.#buffers.set(name, buffer)
    return buffer
  }

  #createGroup({
    launch: { kernel },
    tensors,
    layout,
    paramsOffset,
    rangeOffset,
  }: BoundLaunch): GPUBindGroup {
    const uniform = (binding: number, offset: number, size: number): GPUBindGroupEntry => ({
      binding,
      resource: { buffer: this.#uniforms, offset, size },
    })
    const entries = kernel.bindings.map(({ name, binding, access }): GPUBindGroupEntry => {
      const slice = tensors[name]
      if (slice) return { binding, resource: this.#resource(slice) }
      // Writable ranges of one dispatch must not overlap, not even those that nobody writes.
      const resource =
        access === 'read'
          ? { buffer: this.#absentRead }
          : { buffer: this.#absentWrite, offset: binding * ABSENT_BYTES, size: ABSENT_BYTES }
      return { binding, resource }
    })
    entries.push(uniform(RANGE_BINDING, rangeOffset, RANGE_BYTES))
    if (kernel.params && paramsOffset !== null)
      entries.push(uniform(kernel.params.binding, paramsOffset, kernel.params.size))
    return this.#backend.device.createBindGroup({ label: `recurra ${kernel.name}`, layout, entries })
  }

  #resource({ buffer: name, offset: first, length, dtype }: Slice): GPUBufferBinding {
    const buffer = this.#bufferOf(name)
    const offset = BYTES[dtype] * first
    // Length 0 is the rest of the buffer: the data set, whose size the plan does not know.
    const size = length === 0 ? buffer.size - offset : Math.ceil((BYTES[dtype] * length) / 16) * 16
    return { buffer, offset, size: Math.min(size, buffer.size - offset) }
  }
}

/**
 * Steps of one submit: as many as fill some milliseconds, so that handing them over costs little beside them and the queue
 * still ends soon. The rates are low guesses of what adapters reach at such sizes.
 */
function stepsAtOnce(flops: number, launches: number, isSoftware: boolean): number {
  const [flopsPerMs, launchesPerMs] = isSoftware ? [2e6, 50] : [2e8, 200]
  const ms = flops / flopsPerMs + launches / launchesPerMs
  return Math.min(Math.max(Math.floor(4 / ms), 1), 16)
}
