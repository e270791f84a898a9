// The bindings of a plan: arenas and slots by their names, parameters, the step scalars, and stand-ins for absent tensors.

import type { Slice } from '../../compiler/plan.ts'
import { BYTES } from '../../graph/graph.ts'
import { RANGE_BINDING, STEP_BYTES } from '../../graph/kernel.ts'
import type { Launch } from '../../graph/launch.ts'
import type { DeviceBuffer } from '../backend.ts'
import type { SlotLease } from '../slotPool.ts'
import { STEPS } from '../steps.ts'
import { type GpuBuffer, type GpuContext, ofGpu, type Pipeline } from './context.ts'
import { RANGE_BYTES, UNIFORM_STRIDE, type UniformOffsets, type Uniforms } from './uniforms.ts'
import { COPY_DST, STORAGE, UNIFORM } from './usage.ts'

/** Stand-ins for absent tensors: one buffer to read, and a buffer to write, with a separate range for each binding. */
const ABSENT_BYTES = 256
const MAX_BINDINGS = 16

/** A launch with its pipeline, uniforms and tensors. */
export interface BoundLaunch extends Pipeline, UniformOffsets {
  readonly launch: Launch
  readonly tensors: Readonly<Record<string, Slice>>
  /** Null until the first use, and after a buffer has changed. */
  group: GPUBindGroup | null
}

export class PlanBindings {
  readonly #backend: GpuContext
  readonly #slots: SlotLease
  /** The arenas and slots in use. */
  readonly #buffers = new Map<string, GpuBuffer>()
  /** Buffers of this plan alone. */
  readonly #owned: GPUBuffer[] = []
  readonly #uniforms: GPUBuffer
  readonly #absentRead: GPUBuffer
  readonly #absentWrite: GPUBuffer
  #stepGroup: GPUBindGroup | null = null
  #changes = 0

  constructor(backend: GpuContext, uniforms: Uniforms, slots: SlotLease) {
    this.#backend = backend
    this.#slots = slots
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

  /** Number of times that a buffer was set or replaced. */
  get changes(): number {
    return this.#changes
  }

  /** Binds a buffer to a name; false if it is bound to the name already. */
  set(name: string, buffer: DeviceBuffer): boolean {
    const given = ofGpu(buffer)
    if (this.#buffers.get(name) === given) return false
    this.#changes++
    this.#buffers.set(name, given)
    if (name === STEPS) this.#stepGroup = null
    return true
  }

  /** The buffer of a name; arenas are requested at their first use. */
  bufferOf(name: string): GPUBuffer {
    const found = this.#buffers.get(name) ?? ofGpu(this.#slots.memory(name))
    this.set(name, found)
    return found.handle
  }

  /** Waits until the device has accepted all buffers; throws if it refuses one. */
  async accepted(): Promise<void> {
    for (const buffer of this.#buffers.values()) await buffer.accepted()
  }

  /** Bind group 1: the step scalars at a dynamic offset. */
  get stepGroup(): GPUBindGroup {
    this.#stepGroup ??= this.#backend.device.createBindGroup({
      label: 'recurra step',
      layout: this.#backend.stepLayout,
      entries: [{ binding: 0, resource: { buffer: this.bufferOf(STEPS), size: STEP_BYTES } }],
    })
    return this.#stepGroup
  }

  /** Bind group 0 of a launch. */
  groupOf({ launch: { kernel }, tensors, layout, paramsOffset, rangeOffset }: BoundLaunch): GPUBindGroup {
    const uniform = (binding: number, offset: number, size: number): GPUBindGroupEntry => ({
      binding,
      resource: { buffer: this.#uniforms, offset, size },
    })
    const entries = kernel.bindings.map(({ name, binding, access }): GPUBindGroupEntry => {
      const slice = tensors[name]
      if (slice) return { binding, resource: this.#resource(slice) }
      // Writable ranges of one dispatch must not overlap, even if no kernel writes to them.
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
    const buffer = this.bufferOf(name)
    const offset = BYTES[dtype] * first
    // Length 0 is the rest of the buffer: the data set, whose size the plan does not know.
    const size = length === 0 ? buffer.size - offset : Math.ceil((BYTES[dtype] * length) / 16) * 16
    return { buffer, offset, size: Math.min(size, buffer.size - offset) }
  }

  #own(label: string, size: number, usage: number): GPUBuffer {
    const buffer = this.#backend.device.createBuffer({ label: `recurra ${label}`, size, usage })
    this.#owned.push(buffer)
    return buffer
  }

  dispose(): void {
    for (const buffer of this.#owned.splice(0)) buffer.destroy()
    this.#slots.release()
  }
}
