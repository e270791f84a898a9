// What a loaded plan needs of the backend that it runs on, and what buffers are to it.

import type { Kernel } from '../../graph/kernel.ts'
import type { BackendTraits, DeviceBuffer } from '../backend.ts'
import type { Connection } from './connection.ts'
import type { Report } from './hear.ts'

export class GpuBuffer implements DeviceBuffer {
  /** Answers of the device that are still to come, and what it refused. */
  #open = 0
  #answers: Promise<unknown> = Promise.resolve()
  #problem: unknown = null

  constructor(readonly handle: GPUBuffer) {}

  /** Its size; none where the device refused it, so that whoever needs it makes another. */
  get bytes(): number {
    return this.#problem === null ? this.handle.size : 0
  }

  /** Whether the device has accepted it, and what was written to it first. */
  get isAccepted(): boolean {
    return this.#open === 0 && this.#problem === null
  }

  /** Waits for the device's answer to what was asked for this buffer, without stopping anybody. */
  ask(answer: Promise<Report | null>, refuse: (report: Report) => never): void {
    this.#open++
    const settled = answer.then((report) => {
      this.#open--
      try {
        if (report) refuse(report)
      } catch (problem) {
        this.#problem ??= problem
      }
    })
    this.#answers = Promise.all([this.#answers, settled])
  }

  /** Throws what the device refused. */
  async accepted(): Promise<void> {
    await this.#answers
    if (this.#problem !== null) throw this.#problem
  }

  destroy(): void {
    this.handle.destroy()
  }
}

export const ofGpu = (buffer: DeviceBuffer): GpuBuffer => {
  if (buffer instanceof GpuBuffer) return buffer
  throw new TypeError('a buffer of another backend')
}

/** A pipeline with the layout of its bind group 0. */
export interface Pipeline {
  readonly pipeline: GPUComputePipeline
  readonly layout: GPUBindGroupLayout
}

export interface GpuContext {
  readonly device: GPUDevice
  readonly traits: BackendTraits
  /** Layout of bind group 1: the step's scalars, at a dynamic offset. */
  readonly stepLayout: GPUBindGroupLayout
  /** The pipeline of a kernel with these overrides, made once. */
  pipeline(kernel: Kernel, overrides?: Readonly<Record<string, number>>): Promise<Pipeline>
  /** Submits a step and counts it among those in flight. */
  submit(commands: GPUCommandBuffer): void
  readonly connection: Connection
}
