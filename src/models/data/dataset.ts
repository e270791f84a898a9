// A data set on the device: all fields of all samples in one buffer, where each field starts, and the order in which
// samples are taken. Steps gather their rows from it by index.

import type { Backend, DeviceBuffer, Executable } from '../../backends/backend.ts'
import { MAX_STEPS, STEPS, StepRing } from '../../backends/steps.ts'
import { mergeScalars } from '../../compiler/plan.ts'
import { alignPlace, PLACE_ALIGNMENT } from '../../graph/graph.ts'
import type { StepScalars } from '../../graph/operation.ts'
import type { FieldData } from './fields.ts'

/**
 * Buffers of one role of calls, reused from call to call: data, order, the scalars of steps, results, and the state of
 * losses and metrics, so that an evaluation in the middle of a fit leaves the fit's numbers alone. They grow with what is needed.
 */
export class DatasetBuffers {
  readonly #backend: Backend
  readonly #buffers = new Map<string, DeviceBuffer>()
  readonly #totals: DeviceBuffer
  readonly #steps: StepRing

  /** @param totals Words of the state of losses and metrics. */
  constructor(backend: Backend, totals: number) {
    this.#backend = backend
    this.#totals = this.buffer('totals', 4 * totals)
    this.#steps = new StepRing(backend, MAX_STEPS)
    this.#buffers.set(STEPS, this.#steps.buffer)
  }

  /** Whether the device refused a buffer; all are allocated anew then. */
  get isRefused(): boolean {
    return [...this.#buffers.values()].some(({ bytes }) => bytes === 0)
  }

  async readTotals(): Promise<Uint32Array> {
    return new Uint32Array(await this.#backend.read(this.#totals, this.#totals.bytes))
  }

  /** Restores the state of losses and metrics. */
  writeTotals(totals: Uint32Array): void {
    this.#backend.write(this.#totals, 0, totals)
  }

  /** Uploads the scalars of coming steps that these executables read; a step's index in the list is its record. */
  writeSteps(executables: readonly Executable[], steps: readonly StepScalars[]): void {
    this.#steps.write(mergeScalars(executables.map(({ plan }) => plan.scalars)), steps)
  }

  /** How many samples of a data set fit into a buffer of the device. */
  rowsThatFit({ rows, fields }: { readonly rows: number; readonly fields: readonly FieldData[] }): number {
    const words = this.#backend.traits.maxBufferBytes / 4 - PLACE_ALIGNMENT * fields.length
    return Math.floor(words / fields.reduce((sum, { length }) => sum + length / rows, 1))
  }

  /** Uploads the fields of a data set; returns where each starts. */
  upload({ fields }: { readonly fields: readonly FieldData[] }): readonly number[] {
    const sources: number[] = []
    let size = 0
    for (const field of fields) {
      sources.push(size)
      size += alignPlace(field.length)
    }
    const data = this.buffer('data', 4 * size)
    fields.forEach((field, f) => {
      if (field.length > 0) this.#backend.write(data, 4 * (sources[f] ?? 0), field)
    })
    this.writeSources(sources.flatMap(inRows))
    return sources
  }

  /** Says where the rows of the fields of steps to come lie (shaders/gather.wgsl). */
  writeSources(sources: readonly number[]): void {
    this.#backend.write(this.buffer('sources', 4 * sources.length), 0, Uint32Array.from(sources))
  }

  /** Uploads a data set whose samples are taken in their order. */
  uploadInOrder(samples: { readonly rows: number; readonly fields: readonly FieldData[] }): void {
    this.upload(samples)
    this.writeOrder(inOrder(samples.rows))
  }

  /** Sets the order of samples; a later order may have up to `capacity` samples. */
  writeOrder(order: Uint32Array, capacity = order.length): void {
    this.#backend.write(this.buffer('permutation', 4 * capacity), 0, order)
  }

  /** A buffer of at least so many bytes. If it must grow, its contents are lost. */
  buffer(name: string, bytes: number): DeviceBuffer {
    const found = this.#buffers.get(name)
    if (found && found.bytes >= bytes) return found
    found?.destroy()
    const made = this.#backend.createBuffer(name, Math.max(bytes, 64))
    this.#buffers.set(name, made)
    return made
  }

  /** Binds a plan to these buffers. */
  bindTo(executable: Executable): void {
    for (const [name, buffer] of this.#buffers) executable.bind(name, buffer)
  }

  dispose(): void {
    for (const buffer of this.#buffers.values()) buffer.destroy()
    this.#buffers.clear()
  }
}

/** What `sources` says of a field whose rows follow each other. */
export const inRows = (start: number): readonly number[] => [start, 0, 0, 0]

/** 0 … n − 1. */
export const inOrder = (n: number): Uint32Array => Uint32Array.from({ length: n }, (_, i) => i)
