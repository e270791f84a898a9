// What a loaded plan needs of the backend that it runs on, and what buffers are to it.

import type { Kernel } from '../../graph/kernel.ts'
import type { BackendTraits, DeviceBuffer } from '../backend.ts'

export class GpuBuffer implements DeviceBuffer {
  constructor(readonly handle: GPUBuffer) {}
  get bytes(): number {
    return this.handle.size
  }
  destroy(): void {
    this.handle.destroy()
  }
}

export const handleOf = (buffer: DeviceBuffer): GPUBuffer => {
  if (buffer instanceof GpuBuffer) return buffer.handle
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
  readBytes(buffer: GPUBuffer, byteOffset: number, bytes: number): Promise<ArrayBuffer>
}
