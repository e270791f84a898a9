// The part of the WebGPU backend that loaded plans use, and its buffers.

import { impossible } from '../../errors.ts'
import type { Kernel } from '../../graph/kernel.ts'
import type { BackendTraits, DeviceBuffer } from '../backend.ts'
import type { Connection } from './connection.ts'
import type { Report } from './hear.ts'

export class GpuBuffer implements DeviceBuffer {
  /** Pending answers of the device, and the first error. */
  #open = 0
  #answers: Promise<unknown> = Promise.resolve()
  #problem: unknown = null

  constructor(readonly handle: GPUBuffer) {}

  /** Size in bytes; 0 if the device refused the buffer, so that its owner allocates it again. */
  get bytes(): number {
    return this.#problem === null ? this.handle.size : 0
  }

  /** Whether the device has accepted the buffer and the first write to it. */
  get isAccepted(): boolean {
    return this.#open === 0 && this.#problem === null
  }

  /** Registers an answer of the device that is pending for this buffer; {@link accepted} waits for it. */
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

  /** Waits for the pending answers; throws if one was an error. */
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
  impossible('a buffer of another backend')
}

/** A pipeline with the layout of its bind group 0. */
export interface Pipeline {
  readonly pipeline: GPUComputePipeline
  readonly layout: GPUBindGroupLayout
}

export interface GpuContext {
  readonly device: GPUDevice
  readonly traits: BackendTraits
  /** Layout of bind group 1: the step scalars, at a dynamic offset. */
  readonly stepLayout: GPUBindGroupLayout
  /** The pipeline of a kernel with these overrides, cached. */
  pipeline(kernel: Kernel, overrides?: Readonly<Record<string, number>>): Promise<Pipeline>
  /** Submits commands and counts the submit as in flight until the device has executed them. */
  submit(commands: GPUCommandBuffer): void
  readonly connection: Connection
}
