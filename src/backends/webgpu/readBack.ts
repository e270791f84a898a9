// Numbers on their way back from a device: through buffers that are kept for the next time.

import { hear, type Report } from './hear.ts'
import { COPY_DST, MAP_READ, READ_MODE } from './usage.ts'

const MIN_BYTES = 256

export class ReadBack {
  readonly #device: GPUDevice
  readonly #staging: GPUBuffer[] = []
  /** Buffers of which the device has accepted a copy. */
  readonly #copied = new WeakSet<GPUBuffer>()
  #keeps = true

  constructor(device: GPUDevice) {
    this.#device = device
  }

  /** Whether buffers are kept for the next time; what is kept now is freed where not. */
  set keeps(keeps: boolean) {
    this.#keeps = keeps
    if (!keeps) for (const buffer of this.#staging.splice(0)) buffer.destroy()
  }

  /**
   * The bytes of a buffer, as they are when the commands that were submitted until now are done; or what the device has
   * against it. All calls are made before this returns, so that several reads of one turn are of one moment.
   */
  async read(buffer: GPUBuffer, byteOffset: number, bytes: number): Promise<ArrayBuffer | Report> {
    let staging = this.#take(bytes)
    let mapped: Promise<undefined> | undefined
    const copy = (): void => {
      staging ??= this.#create(bytes)
      const encoder = this.#device.createCommandEncoder()
      encoder.copyBufferToBuffer(buffer, byteOffset, staging, 0, bytes)
      this.#device.queue.submit([encoder.finish()])
      mapped = staging.mapAsync(READ_MODE, 0, bytes) as Promise<undefined>
      // Where the copy fails, so does this.
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
      this.#keep(staging)
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

  #create(bytes: number): GPUBuffer {
    return this.#device.createBuffer({
      label: 'recurra read-back',
      size: Math.max(MIN_BYTES, bytes),
      usage: MAP_READ | COPY_DST,
    })
  }

  #keep(staging: GPUBuffer | undefined): void {
    if (this.#keeps && staging) this.#staging.push(staging)
    else staging?.destroy()
  }
}
