// A model's variables on a device, and the knowledge of where the newest copy of each is. Two models that share a layer
// each have a store; the newest copy travels through the host.

import type { Backend, DeviceBuffer } from '../backends/backend.ts'
import type { Variable, VariableHome } from '../layers/layer.ts'
import { sizeOf } from '../util/shape.ts'
import { type Layout, PLACE_ALIGNMENT } from './layout.ts'

export class Store implements VariableHome {
  readonly backend: Backend
  readonly layout: Layout
  readonly #buffers = new Map<string, DeviceBuffer>()
  /** The host value that each variable's device copy equals. */
  readonly #uploaded = new Map<Variable, Float32Array>()
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

  /** Makes the device's copies current. */
  async sync(): Promise<void> {
    const others = new Set<VariableHome>()
    for (const { home } of this.layout.places.keys()) if (home !== null && home !== this) others.add(home)
    for (const other of others) await other.pull()
    for (const [variable, { arena, offset }] of this.layout.places) {
      if (variable.home === this || this.#uploaded.get(variable) === variable.value) continue
      this.backend.write(this.arena(arena), 4 * offset, variable.value)
      this.#uploaded.set(variable, variable.value)
    }
  }

  /** Says that the device has changed these. */
  markChanged(isChanged: (variable: Variable) => boolean): void {
    for (const variable of this.layout.places.keys()) if (isChanged(variable)) variable.home = this
  }

  pull(): Promise<void> {
    return this.#last ?? this.#pull()
  }

  async #pull(): Promise<void> {
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
      variable.home = null
      this.#uploaded.set(variable, variable.value)
    }
  }

  /** Reads the running totals, two numbers each. Not awaited, it costs the queue a copy and nothing else. */
  async readTotals(): Promise<Float32Array> {
    return new Float32Array(
      await this.backend.read(this.arena('totals'), 0, 4 * this.layout.totals * PLACE_ALIGNMENT),
    )
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
