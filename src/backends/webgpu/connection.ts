// One device as all backends on it share it: whether it is there, what it reports that belongs to no call, its memory.

import { RecurraError } from '../../errors.ts'
import type { BackendInfo } from '../backend.ts'
import { GpuBuffer } from './context.ts'
import { describeDevice } from './device.ts'
import { hear, type Report, reasonOf, refusal } from './hear.ts'
import { ReadBack } from './readBack.ts'
import { COPY_DST, COPY_SRC, STORAGE, UNIFORM } from './usage.ts'

const connections = new WeakMap<GPUDevice, Connection>()

export class Connection {
  readonly device: GPUDevice
  readonly info: BackendInfo
  readonly readBack: ReadBack
  #loss: string | null = null
  readonly #lossListeners: (() => void)[] = []
  /** Errors so far that belong to no call, and the last of them. */
  #errors = 0
  #lastError = ''

  /** The one connection of a device; `isOwn` where nobody else uses it, so that errors that no scope catches are ours. */
  static of(device: GPUDevice, isOwn: boolean): Connection {
    let found = connections.get(device)
    if (found === undefined) {
      found = new Connection(device, isOwn)
      connections.set(device, found)
    }
    return found
  }

  private constructor(device: GPUDevice, isOwn: boolean) {
    this.device = device
    this.info = describeDevice(device.adapterInfo)
    this.readBack = new ReadBack(device)
    if (isOwn) device.addEventListener('uncapturederror', ({ error }) => this.#note(error))
    void device.lost.then(({ reason, message }) => {
      this.#loss = `the device was lost (${reason}${message ? `: ${message}` : ''})`
      for (const listener of this.#lossListeners) listener()
    })
  }

  get isLost(): boolean {
    return this.#loss !== null
  }

  onLoss(listener: () => void): void {
    this.#lossListeners.push(listener)
  }

  /** Throws where the device is lost; nothing else ends it. */
  check(): void {
    if (this.#loss === null) return
    throw new RecurraError(
      `${this.info.description}: expected a working device, got: ${this.#loss}. ` +
        "Call setBackend('webgpu') for a new device or setBackend('cpu'); weights that were read back are kept.",
    )
  }

  #note(error: unknown): void {
    this.#errors++
    this.#lastError = reasonOf(error)
  }

  /** Makes calls without waiting for the device's answer; the calls of models that are under way hear of errors. */
  listen(act: () => void): void {
    void hear(this.device, act).then((report) => report && this.#note(report.cause))
  }

  /** A check for one call: it throws where the device is lost, or has since reported an error that belongs to no call. */
  watch(): () => void {
    const before = this.#errors
    return () => {
      this.check()
      if (this.#errors === before) return
      throw new RecurraError(
        `${this.info.description}: expected no error while this call ran, got: ${this.#lastError}. ` +
          "Repeat the call; if it fails again, call setBackend('cpu').",
      )
    }
  }

  /** Throws what the device has against a call; that it is lost comes first. */
  refuse(where: string, expected: string, report: Report): never {
    this.check()
    throw refusal(where, expected, report)
  }

  createBuffer(label: string, bytes: number): GpuBuffer {
    let handle: GPUBuffer | undefined
    let failure: Report | null = null
    const heard = hear(this.device, () => {
      try {
        handle = this.device.createBuffer({
          label: `recurra ${label}`,
          size: Math.max(bytes, 16),
          usage: STORAGE | UNIFORM | COPY_SRC | COPY_DST,
        })
      } catch (cause) {
        failure = { kind: 'failed', cause }
      }
    })
    if (!handle)
      return this.refuse(
        `buffer ${label}`,
        `memory for ${bytes} bytes`,
        failure ?? { kind: 'failed', cause: null },
      )
    const buffer = new GpuBuffer(handle)
    buffer.ask(heard, (report) => this.refuse(`buffer ${label}`, `memory for ${bytes} bytes`, report))
    return buffer
  }

  write(buffer: GpuBuffer, byteOffset: number, data: Float32Array | Uint32Array): void {
    const { handle } = buffer
    const write = (): void =>
      this.device.queue.writeBuffer(handle, byteOffset, data.buffer, data.byteOffset, data.byteLength)
    const refuse = (report: Report): never =>
      this.refuse('upload', `a device that takes ${data.byteLength} bytes`, report)
    if (!buffer.isAccepted) {
      buffer.ask(hear(this.device, write), refuse)
      return
    }
    try {
      write()
    } catch (cause) {
      refuse({ kind: 'failed', cause })
    }
  }

  async read(buffer: GPUBuffer, byteOffset: number, bytes: number): Promise<ArrayBuffer> {
    this.check()
    const read = await this.readBack.read(buffer, byteOffset, bytes)
    if ('kind' in read) return this.refuse('read-back', `${bytes} bytes from the device`, read)
    this.check()
    return read
  }
}
