// The state of one device, shared by all backends on it: loss, errors outside of calls, buffers, and read-backs.

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
  /** Number of errors that no call caught, and the text of the last. */
  #errors = 0
  #lastError = ''

  /** The connection of a device. If `isExclusive`, nothing but Recurra uses the device, so errors outside error scopes are Recurra's. */
  static of(device: GPUDevice, isExclusive: boolean): Connection {
    let found = connections.get(device)
    if (found === undefined) {
      found = new Connection(device, isExclusive)
      connections.set(device, found)
    }
    return found
  }

  private constructor(device: GPUDevice, isExclusive: boolean) {
    this.device = device
    this.info = describeDevice(device.adapterInfo)
    this.readBack = new ReadBack(device)
    if (isExclusive) device.addEventListener('uncapturederror', ({ error }) => this.#note(error))
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

  /** Throws if the device is lost. */
  check(): void {
    if (this.#loss === null) return
    throw new RecurraError(
      `${this.info.description}: expected a working device, got: ${this.#loss}. ` +
        "Call setBackend('webgpu') or setBackend('cpu'): weights that were read back are kept.",
    )
  }

  #note(error: unknown): void {
    this.#errors++
    this.#lastError = reasonOf(error)
  }

  /** Makes device calls without waiting for the answer. Errors are noted, and end the model calls that {@link watch}. */
  listen(act: () => void): void {
    void hear(this.device, act).then((report) => report && this.#note(report.cause))
  }

  /** Starts to watch for one call. The returned check throws if the device was lost, or an error was noted since. */
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

  /** Throws an error that the device reported; if the device is lost, that is the error. */
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

  write(buffer: GpuBuffer, byteOffset: number, data: Float32Array | Int32Array | Uint32Array): void {
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
