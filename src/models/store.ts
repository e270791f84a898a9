// A model's variables on a device, and the knowledge of where the newest copy of each is. Two models that share a layer
// each have a store; the newest copy travels through the host. A device may be lost, so what calls leave on it is read back
// in the background.

import type { Backend, DeviceBuffer } from '../backends/backend.ts'
import { isWeight, type Variable, type VariableHome } from '../layers/variable.ts'
import { sizeOf } from '../util/shape.ts'
import type { Layout } from './layout.ts'

/** Whose variables a store holds. */
export interface StoreOwner {
  /** The model, for errors. */
  readonly where: string
  /** Counts the steps that the weights have seen; null where the model is not trained. */
  readonly optimizer: { iterations: number } | null
}

/** Of the time in which calls go on, the most that read-backs in the background may take: one part in so many. */
const KEEPING = 10

export class Store implements VariableHome {
  readonly backend: Backend
  readonly layout: Layout
  readonly #owner: StoreOwner
  readonly #buffers = new Map<string, DeviceBuffer>()
  /** The host value that each variable's device copy equals. */
  readonly #uploaded = new Map<Variable, Float32Array>()
  /** Counts changes of the device's copies: a read-back is the newest only if none came after it. */
  #version = 0
  /** The version of the host's copies, and the optimizer's iterations at that time. */
  #hostVersion = 0
  #hostIterations: number
  /** The read-back in the background, while there is one, and whether another is to follow. */
  #keeping: Promise<void> | null = null
  #isStale = false
  /** The last read-back, of a store that is disposed. */
  #last: Promise<void> | null = null

  constructor(backend: Backend, layout: Layout, owner: StoreOwner) {
    this.backend = backend
    this.layout = layout
    // The optimizer of now: compile may give the model another.
    this.#owner = { where: owner.where, optimizer: owner.optimizer }
    this.#hostIterations = this.#iterations
  }

  get #iterations(): number {
    return this.#owner.optimizer?.iterations ?? 0
  }

  arena(name: string): DeviceBuffer {
    let buffer = this.#buffers.get(name)
    if (buffer === undefined) {
      buffer = this.backend.createBuffer(name, 4 * Math.max(this.layout.sizeOf(name), 4))
      this.#buffers.set(name, buffer)
    }
    return buffer
  }

  /** Forgets buffers that the device refused: they held nothing, and the next call asks for them again. */
  dropRefused(): void {
    for (const [name, buffer] of this.#buffers) {
      if (buffer.bytes > 0) continue
      buffer.destroy()
      this.#buffers.delete(name)
      for (const [variable, { arena }] of this.layout.places)
        if (arena === name) this.#uploaded.delete(variable)
    }
  }

  /** Whether the device's copies are the newest. */
  get isCurrent(): boolean {
    for (const variable of this.layout.places.keys())
      if (!(variable.home === this || (variable.home === null && this.#isUploaded(variable)))) return false
    return true
  }

  /** Whether the device has what the host has, or newer; another device may have newer still. */
  get isUploaded(): boolean {
    for (const variable of this.layout.places.keys()) if (!this.#isUploaded(variable)) return false
    return true
  }

  #isUploaded(variable: Variable): boolean {
    return variable.home === this || this.#uploaded.get(variable) === variable.value
  }

  /** Makes the device's copies those of now; what another store's steps change meanwhile stays that store's. */
  async sync(): Promise<void> {
    const others = new Set<VariableHome>()
    for (const { home } of this.layout.places.keys()) if (home !== null && home !== this) others.add(home)
    for (const other of others) await other.pull()
    let hasChanged = false
    for (const [variable, { arena, offset }] of this.layout.places) {
      if (this.#isUploaded(variable)) continue
      this.backend.write(this.arena(arena), 4 * offset, variable.value)
      this.#uploaded.set(variable, variable.value)
      hasChanged = true
    }
    // A read-back that is under way is older.
    if (hasChanged) this.#hostVersion = ++this.#version
  }

  /** Says that a step that was just handed over changes these on the device. */
  markChanged(isChanged: (variable: Variable) => boolean): void {
    this.#version++
    let isAhead = false
    for (const variable of this.layout.places.keys()) {
      if (variable.home === this && isWeight(variable)) isAhead = true
      if (isChanged(variable)) variable.home = this
    }
    if (!isAhead) this.#hostIterations = this.#iterations
  }

  /**
   * Copies what only this device knows to the host.
   *
   * @throws {RecurraError} if the device is lost; it says of which step the host's copies are.
   */
  async pull(): Promise<void> {
    try {
      if (this.#last) return await this.#last
      while (!(await this.#read()));
    } catch (error) {
      if (this.backend.isWorking) throw error
      const { failForLoss } = await import('./lostWeights.ts')
      const { where } = this.#owner
      failForLoss(where, this.backend.info, this.#iterations, this.#hostIterations)
    }
  }

  /** Where the device is lost, lets the host's copies stand and gives their step; null where it is not. */
  restore(): number | null {
    if (this.backend.isWorking) return null
    for (const variable of this.layout.places.keys()) if (variable.home === this) variable.home = null
    if (this.#owner.optimizer) this.#owner.optimizer.iterations = this.#hostIterations
    return this.#hostIterations
  }

  /** Reads back in the background what the device knows newer, so that it is there should the device be lost. */
  keep(): void {
    if (!this.backend.isVolatile) return
    this.#isStale = true
    this.#keeping ??= this.#keepReading().finally(() => {
      this.#keeping = null
    })
  }

  async #keepReading(): Promise<void> {
    while (this.#isStale && this.#last === null) {
      this.#isStale = false
      const start = performance.now()
      // What cannot be read is said when somebody asks for it.
      const isNewest = await this.#read().catch(() => true)
      this.#isStale ||= !isNewest
      const pause = (KEEPING - 1) * (performance.now() - start)
      if (this.#isStale) await new Promise((resolve) => setTimeout(resolve, pause))
    }
  }

  /** Whether what was read is newer than the host's copies still. */
  async #read(): Promise<boolean> {
    const version = this.#version
    const iterations = this.#iterations
    const changed = [...this.layout.places].filter(([{ home }]) => home === this)
    if (changed.length === 0) return true
    const names = [...new Set(changed.map(([, { arena }]) => arena))]
    const read = await Promise.all(
      names.map(async (name) => {
        const bytes = 4 * this.layout.sizeOf(name)
        return [name, new Float32Array(await this.backend.read(this.arena(name), 0, bytes))] as const
      }),
    )
    if (version < this.#hostVersion) return false
    const contents = new Map(read)
    for (const [variable, { arena, offset }] of changed) {
      // A value set on the host while this was under way is newer.
      if (variable.home !== this) continue
      variable.value = (contents.get(arena) as Float32Array).slice(offset, offset + sizeOf(variable.shape))
      this.#uploaded.set(variable, variable.value)
      // Steps that ran meanwhile are newer still.
      if (version === this.#version) variable.home = null
    }
    this.#hostVersion = version
    this.#hostIterations = iterations
    return true
  }

  /** Frees the buffers. Layers may be part of other models, so what only this device knows is read back first. */
  dispose(): void {
    this.#last ??= this.#read().then(() => undefined)
    // Whoever asks for them hears why they are not there.
    this.#last.catch(() => undefined)
    for (const buffer of this.#buffers.values()) buffer.destroy()
    this.#buffers.clear()
    this.#uploaded.clear()
  }
}
