// Reads buffers of a device through staging buffers, which are cached.

import { hear, type Report } from './hear.ts'
import { COPY_DST, MAP_READ, READ_MODE } from './usage.ts'

/** So many, that the sums of an epoch fit, of losses and metrics: buffers of one size stand in for each other. */
const MIN_BYTES = 4096
/**
 * How many buffers for a few numbers are made with the first. An epoch's numbers and those of its validation may be under way at once:
 * whether they are depends on time, and steps make nothing whatever it takes.
 */
const AT_ONCE = 2

/** Submits a copy from a place in a buffer to the start of another. */
export function copyBuffer(
  device: GPUDevice,
  from: GPUBuffer,
  byteOffset: number,
  to: GPUBuffer,
  bytes: number,
): void {
  const encoder = device.createCommandEncoder()
  encoder.copyBufferToBuffer(from, byteOffset, to, 0, bytes)
  device.queue.submit([encoder.finish()])
}

export class ReadBack {
  readonly #device: GPUDevice
  readonly #staging: GPUBuffer[] = []
  /** Buffers from which the device has accepted a copy. */
  readonly #copied = new WeakSet<GPUBuffer>()
  #caches = true
  /** Whether the cache has, or had, the buffers of {@link AT_ONCE}. */
  #hasReserve = false

  constructor(device: GPUDevice) {
    this.#device = device
  }

  /** Whether staging buffers are cached; if not, the cached ones are freed. */
  set caches(caches: boolean) {
    this.#caches = caches
    if (caches) return
    for (const buffer of this.#staging.splice(0)) buffer.destroy()
    this.#hasReserve = false
  }

  /**
   * The bytes of a buffer after all commands that were submitted before; or the error of the device. The copy is submitted
   * synchronously, so several reads in one turn of the event loop see the same state.
   */
  async read(buffer: GPUBuffer, byteOffset: number, bytes: number): Promise<ArrayBuffer | Report> {
    let staging = this.#take(bytes)
    let mapped: Promise<undefined> | undefined
    const copy = (): void => {
      staging ??= this.#createFirst(bytes)
      copyBuffer(this.#device, buffer, byteOffset, staging, bytes)
      mapped = staging.mapAsync(READ_MODE, 0, bytes) as Promise<undefined>
      // If the copy fails, so does the mapping; the error of the copy is reported.
      mapped.catch(() => undefined)
    }
    try {
      if (staging && this.#copied.has(buffer)) copy()
      else {
        const report = await hear(this.#device, copy)
        if (report) {
          staging?.destroy()
          return report
        }
      }
      await mapped
      const copied = staging?.getMappedRange(0, bytes).slice(0) ?? new ArrayBuffer(0)
      staging?.unmap()
      this.#copied.add(buffer)
      this.#giveBack(staging)
      return copied
    } catch (cause) {
      staging?.destroy()
      return { kind: 'failed', cause }
    }
  }

  #take(bytes: number): GPUBuffer | undefined {
    const index = this.#staging.findIndex(({ size }) => size >= bytes)
    return index < 0 ? undefined : this.#staging.splice(index, 1)[0]
  }

  /** A new buffer, beside the first of which others are made. */
  #createFirst(bytes: number): GPUBuffer {
    if (bytes <= MIN_BYTES && this.#caches && !this.#hasReserve) {
      this.#hasReserve = true
      for (let i = 1; i < AT_ONCE; i++) this.#staging.push(this.#create(bytes))
    }
    return this.#create(bytes)
  }

  #create(bytes: number): GPUBuffer {
    return this.#device.createBuffer({
      label: 'recurra read-back',
      size: Math.max(MIN_BYTES, bytes),
      usage: MAP_READ | COPY_DST,
    })
  }

  #giveBack(staging: GPUBuffer | undefined): void {
    if (this.#caches && staging) this.#staging.push(staging)
    else staging?.destroy()
  }
}
