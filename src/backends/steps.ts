// The scalars of coming steps on a device: a buffer of records, one for each step. Plans bind it by its name, and a run says
// the number of its first record.

import { type KernelField, STEP_BYTES, writeFields } from '../graph/kernel.ts'
import type { StepScalars } from '../graph/operation.ts'
import type { Backend, DeviceBuffer } from './backend.ts'

/** The name of the arena. */
export const STEPS = 'steps'

/** The most steps whose scalars are written at once. */
export const MAX_STEPS = 256

export class StepRing {
  readonly buffer: DeviceBuffer
  readonly #backend: Backend
  readonly #view: DataView<ArrayBuffer>

  /** @param capacity The most steps that are written at once. */
  constructor(backend: Backend, capacity: number) {
    this.#backend = backend
    this.#view = new DataView(new ArrayBuffer(capacity * STEP_BYTES))
    this.buffer = backend.createBuffer(STEPS, capacity * STEP_BYTES)
  }

  /**
   * Uploads the scalars of coming steps, from record 0 on.
   *
   * @param scalars The scalars that plans read.
   * @throws {TypeError} if a step lacks one of them.
   */
  write(scalars: readonly KernelField[], steps: readonly StepScalars[]): void {
    for (const [index, step] of steps.entries()) writeFields(this.#view, index * STEP_BYTES, scalars, step)
    const words = (steps.length * STEP_BYTES) / Uint32Array.BYTES_PER_ELEMENT
    this.#backend.write(this.buffer, 0, new Uint32Array(this.#view.buffer, 0, words))
  }
}
