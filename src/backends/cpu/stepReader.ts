// Reads the step scalars for operations on the CPU.

import { type KernelField, STEP_BYTES } from '../../graph/kernel.ts'
import type { StepScalars } from '../../graph/operation.ts'
import type { Piece } from './heap.ts'

/** Reads the scalars of a step from the ring into an object, which is reused for all steps. */
export class StepReader {
  readonly #fields: readonly KernelField[]
  readonly #values: Record<string, number> = {}
  #memory = new DataView(new ArrayBuffer(0))
  /** The memory, the address of the ring in it, and that of the copy for compiled operations; null if there are none. */
  #copy: { readonly bytes: Uint8Array; readonly from: number; readonly to: number } | null = null

  constructor(fields: readonly KernelField[]) {
    this.#fields = fields
  }

  /** @param copy Memory to which each step is copied for compiled operations; in the same memory as the ring. */
  bind(ring: Piece, copy: Piece | null): void {
    this.#memory = new DataView(ring.buffer, ring.address, ring.bytes)
    this.#copy = copy && { bytes: new Uint8Array(ring.buffer), from: ring.address, to: copy.address }
  }

  read(index: number): StepScalars {
    const start = index * STEP_BYTES
    for (const { name, type, offset } of this.#fields) {
      const at = start + offset
      this.#values[name] =
        type === 'f32'
          ? this.#memory.getFloat32(at, true)
          : type === 'u32'
            ? this.#memory.getUint32(at, true)
            : this.#memory.getInt32(at, true)
    }
    if (this.#copy) {
      const { bytes, from, to } = this.#copy
      bytes.copyWithin(to, from + start, from + start + STEP_BYTES)
    }
    return this.#values
  }
}
