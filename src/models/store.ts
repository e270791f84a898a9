// A model's variables on a device, and the knowledge of where the newest copy of each is. Two models that share a layer
// each have a store; the newest copy travels through the host.

import type { Backend, DeviceBuffer } from '../backends/backend.ts'
import { isInUse } from '../backends/select.ts'
import type { Variable, VariableHome } from '../layers/layer.ts'
import { sizeOf } from '../util/shape.ts'
import type { Layout } from './layout.ts'

export class Store implements VariableHome {
  readonly backend: Backend
  readonly layout: Layout
  readonly #buffers = new Map<string, DeviceBuffer>()
  /** The host value that each variable's device copy equals. */
  readonly #uploaded = new Map<Variable, Float32Array>()
  /** Counts the steps that changed variables: a read-back is the newest only if none came after it. */
  #version = 0
  /** The last read-back, of a store that is disposed. */
  #last: Promise<void> | null = null

  constructor(backend: Backend, layout: Layout) {
    this.backend = backend
    this.layout = layout
  }

  arena(name: string): DeviceBuffer {
    let buffer = this.#buffers.get(name)
    if (buffer === undefined) {
      buffer = this.backend.createBuffer(name, 4 * Math.max(this.layout.sizeOf(name), 4))
      this.#buffers.set(name, buffer)
    }
    return buffer
  }

  /** Whether the device's copies are the newest. */
  get isCurrent(): boolean {
    for (const variable of this.layout.places.keys()) if (!this.#isCurrent(variable)) return false
    return true
  }

  #isCurrent(variable: Variable): boolean {
    const { home } = variable
    return home === this || (home === null && this.#uploaded.get(variable) === variable.value)
  }

  /** Makes the device's copies current. */
  async sync(): Promise<void> {
    const others = new Set<VariableHome>()
    for (const { home } of this.layout.places.keys()) if (home !== null && home !== this) others.add(home)
    for (const other of others) await other.pull()
    for (const [variable, { arena, offset }] of this.layout.places) {
      // What another store knows newer by now, it says again with its next step.
      if (variable.home !== this) variable.home = null
      if (this.#isCurrent(variable)) continue
      this.backend.write(this.arena(arena), 4 * offset, variable.value)
      this.#uploaded.set(variable, variable.value)
    }
  }

  /** Says that the step that is run next changes these on the device. */
  markChanged(isChanged: (variable: Variable) => boolean): void {
    this.#version++
    for (const variable of this.layout.places.keys()) if (isChanged(variable)) variable.home = this
  }

  /**
   * Copies what only this device knows to the host.
   *
   * @throws {RecurraError} if the device is lost and still in use; on another backend, what was read back last stands.
   */
  async pull(): Promise<void> {
    if (this.#last !== null) return this.#last
    try {
      await this.#pull()
    } catch (error) {
      if (isInUse(this.backend)) throw error
      for (const variable of this.layout.places.keys()) if (variable.home === this) variable.home = null
    }
  }

  async #pull(): Promise<void> {
    const version = this.#version
    const changed = [...this.layout.places].filter(([{ home }]) => home === this)
    const names = [...new Set(changed.map(([, { arena }]) => arena))]
    const read = await Promise.all(
      names.map(async (name) => {
        const bytes = 4 * this.layout.sizeOf(name)
        return [name, new Float32Array(await this.backend.read(this.arena(name), 0, bytes))] as const
      }),
    )
    const contents = new Map(read)
    for (const [variable, { arena, offset }] of changed) {
      // A value set on the host while this was under way is newer.
      if (variable.home !== this) continue
      variable.value = (contents.get(arena) as Float32Array).slice(offset, offset + sizeOf(variable.shape))
      this.#uploaded.set(variable, variable.value)
      // Steps that ran meanwhile are newer still.
      if (version === this.#version) variable.home = null
    }
  }

  /** Reads the gradients of all trainable variables. */
  async readGradients(): Promise<(variable: Variable) => Float32Array> {
    const bytes = 4 * this.layout.sizeOf('gradients')
    const all = new Float32Array(await this.backend.read(this.arena('gradients'), 0, bytes))
    return (variable) => {
      const { offset } = this.layout.placeOf(variable)
      return all.slice(offset, offset + sizeOf(variable.shape))
    }
  }

  /** Frees the buffers. Layers may be part of other models, so what only this device knows is read back first. */
  dispose(): void {
    this.#last ??= this.#pull().catch(() => undefined)
    for (const buffer of this.#buffers.values()) buffer.destroy()
    this.#buffers.clear()
    this.#uploaded.clear()
  }
}
