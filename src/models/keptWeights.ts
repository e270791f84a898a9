// The weights of a moment of training, kept to be set again. They are copied where they lie, on the device, so that training does
// not wait for them; only setting them again reads them back. Loaded with the callbacks that keep weights.

import type { Backend, DeviceBuffer } from '../backends/backend.ts'
import { isWeight, type Variable } from '../layers/weights/variable.ts'
import { setValues } from '../layers/weights/variableValues.ts'
import { sizeOf } from '../util/shape.ts'
import type { ModelCore } from './core.ts'

/** A copy of an arena. */
interface Copy {
  readonly buffer: DeviceBuffer
  readonly bytes: number
}

/** Where a weight's kept value is: on the host, or in the copy of an arena, at an offset in floats. */
type Kept = Float32Array | { readonly arena: string; readonly offset: number }

export class KeptWeights {
  readonly #core: ModelCore
  #backend: Backend | null = null
  /** Copies of arenas, by name, which are used again each time. */
  readonly #copies = new Map<string, Copy>()
  #kept: ReadonlyMap<Variable, Kept> = new Map()

  constructor(core: ModelCore) {
    this.#core = core
  }

  /** Keeps the present weights, in the place of those that were kept before. */
  async keep(): Promise<void> {
    const { store } = await this.#core.prepare(null)
    const { backend, layout } = store
    if (backend !== this.#backend) this.free()
    this.#backend = backend
    const weights = this.#core.variables.filter(isWeight)
    const arenas = new Set<string>()
    for (const variable of weights) if (variable.home) arenas.add(layout.placeOf(variable).arena)
    for (const arena of arenas) {
      if (this.#copies.has(arena)) continue
      const bytes = 4 * layout.sizeOf(arena)
      const buffer = backend.createBuffer(`kept ${arena}`, bytes)
      this.#copies.set(arena, { buffer, bytes })
      await buffer.accepted()
    }
    // From here to the end nothing is awaited: all weights are of one moment.
    store.settle()
    for (const arena of arenas) {
      const { buffer, bytes } = this.#copies.get(arena) as Copy
      backend.copy(store.arena(arena), buffer, bytes)
    }
    this.#kept = new Map(
      // Values on the host are replaced, not changed.
      weights.map((variable) => [variable, variable.home ? layout.placeOf(variable) : variable.value]),
    )
  }

  /** Sets the weights that were kept last. */
  async restore(): Promise<void> {
    const backend = this.#backend as Backend
    const contents = new Map<string, Float32Array>()
    for (const [arena, { buffer, bytes }] of this.#copies)
      contents.set(arena, new Float32Array(await backend.read(buffer, bytes)))
    const variables = [...this.#kept.keys()]
    const values = variables.map((variable) => {
      const kept = this.#kept.get(variable) as Kept
      if (kept instanceof Float32Array) return kept
      return (contents.get(kept.arena) as Float32Array).slice(
        kept.offset,
        kept.offset + sizeOf(variable.shape),
      )
    })
    setValues(variables, values)
  }

  /** Frees the memory on the device. */
  free(): void {
    for (const { buffer } of this.#copies.values()) buffer.destroy()
    this.#copies.clear()
    this.#kept = new Map()
  }
}
