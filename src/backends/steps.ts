// The scalars of steps to come, on a device: a ring of records that lies there like any other memory. Plans are pointed at
// one by its name, and a step names its record by a number.

import { type KernelField, STEP_BYTES, writeFields } from '../graph/kernel.ts'
import type { StepScalars } from '../graph/operation.ts'
import type { Backend, DeviceBuffer } from './backend.ts'

/** The arena in which plans find them. */
export const STEPS = 'steps'

/** Steps whose scalars are written at once, at most. */
export const MAX_STEPS = 256

export class StepRing {
  readonly buffer: DeviceBuffer
  readonly #backend: Backend
  readonly #view: DataView<ArrayBuffer>

  /** @param capacity Steps that are written at once, at most. */
  constructor(backend: Backend, capacity: number) {
    this.#backend = backend
    this.#view = new DataView(new ArrayBuffer(capacity * STEP_BYTES))
    this.buffer = backend.createBuffer(STEPS, capacity * STEP_BYTES)
  }

  /**
   * Uploads what plans that read these `scalars` are told in steps to come, the first of them at record 0.
   *
   * @throws {TypeError} where a step lacks one of them.
   */
  write(scalars: readonly KernelField[], steps: readonly StepScalars[]): void {
    for (const [index, step] of steps.entries()) writeFields(this.#view, index * STEP_BYTES, scalars, step)
    const words = (steps.length * STEP_BYTES) / Uint32Array.BYTES_PER_ELEMENT
    this.#backend.write(this.buffer, 0, new Uint32Array(this.#view.buffer, 0, words))
  }
}
