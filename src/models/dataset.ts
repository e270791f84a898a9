// A data set on the device: all fields of all samples in one buffer, where each field starts, and the order in which
// samples are taken. Steps gather their rows from it by index.

import type { Backend, DeviceBuffer, Executable } from '../backends/backend.ts'
import { alignPlace } from './layout.ts'

/** Buffers that are kept from call to call and grow when a call needs more. */
export class DatasetBuffers {
  readonly #backend: Backend
  readonly #buffers = new Map<string, DeviceBuffer>()

  constructor(backend: Backend) {
    this.#backend = backend
  }

  /** Uploads fields of `rows` samples each, one part of them after another. */
  upload(parts: readonly { readonly rows: number; readonly fields: readonly Float32Array[] }[]): void {
    const rows = parts.reduce((sum, part) => sum + part.rows, 0)
    const lengths = (parts[0]?.fields ?? []).map((field) => field.length / (parts[0]?.rows ?? 1))
    const sources: number[] = []
    let size = 0
    for (const length of lengths) {
      sources.push(size)
      size += alignPlace(rows * length)
    }
    const data = this.buffer('data', 4 * size)
    lengths.forEach((length, f) => {
      let at = sources[f] ?? 0
      for (const part of parts) {
        const field = part.fields[f]
        if (field && field.length > 0) this.#backend.write(data, 4 * at, field)
        at += part.rows * length
      }
    })
    this.#backend.write(this.buffer('sources', 4 * Math.max(sources.length, 4)), 0, Uint32Array.from(sources))
  }

  /** Sets the order of samples from position `at` on. */
  writeOrder(at: number, order: Uint32Array, capacity: number): void {
    this.#backend.write(this.buffer('permutation', 4 * capacity), 4 * at, order)
  }

  /** A buffer of at least so many bytes. What it held is lost when it grows. */
  buffer(name: string, bytes: number): DeviceBuffer {
    const found = this.#buffers.get(name)
    if (found && found.bytes >= bytes) return found
    found?.destroy()
    const made = this.#backend.createBuffer(name, Math.max(bytes, 64))
    this.#buffers.set(name, made)
    return made
  }

  /** Points a plan at these buffers. */
  bindTo(executable: Executable): void {
    for (const [name, buffer] of this.#buffers) executable.bind(name, buffer)
  }

  dispose(): void {
    for (const buffer of this.#buffers.values()) buffer.destroy()
    this.#buffers.clear()
  }
}

/** 0 … n − 1, from `first` on. */
export const inOrder = (n: number, first = 0): Uint32Array =>
  Uint32Array.from({ length: n }, (_, i) => first + i)
