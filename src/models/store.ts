// A model's variables on a device. Each variable may have a copy on the host and one in each store, and the store knows which is
// the newest: two models that share a layer each have a store, and exchange values through the host. Since a device may be lost,
// new values are backed up to the host after each call.

import type { Backend, DeviceBuffer, Executable } from '../backends/backend.ts'
import { isWeight, type Variable, type VariableHome } from '../layers/weights/variable.ts'
import { sizeOf } from '../util/shape.ts'
import { refusals } from './later.ts'
import type { Layout } from './layout.ts'

/** The model whose variables a store holds. */
export interface StoreOwner {
  /** The model, for errors. */
  readonly where: string
  /** Counts the training steps of the weights; null if the model is not compiled. */
  readonly optimizer: { steps: number } | null
}

/** Backups may take one part in so many of the time while calls go on. */
const BACKUP_SHARE = 10

export class Store implements VariableHome {
  readonly backend: Backend
  readonly layout: Layout
  readonly #owner: StoreOwner
  readonly #buffers = new Map<string, DeviceBuffer>()
  /** For each variable, the host value that was uploaded last. */
  readonly #uploaded = new Map<Variable, Float32Array>()
  /** Number of changes of the device's copies; a read-back is the newest only if none came after it. */
  #version = 0
  /** The version that the host has, and the optimizer's iterations at that version. */
  #hostVersion = 0
  #hostIterations: number
  /** The backup under way, and whether another must follow because values have changed since. */
  #backup: Promise<void> | null = null
  #isStale = false
  /** The last read-back, when the store is disposed. */
  #last: Promise<void> | null = null
  /** Lets the rows of tables catch up that lag behind updates (ops/lag.ts), once it is loaded. */
  settling: Promise<Executable> | null = null
  settler: Executable | null = null
  /** Training steps since all rows caught up. */
  lag = 0

  constructor(backend: Backend, layout: Layout, owner: StoreOwner) {
    this.backend = backend
    this.layout = layout
    // The optimizer is captured here, because compile may give the model another.
    this.#owner = { where: owner.where, optimizer: owner.optimizer }
    this.#hostIterations = this.#iterations
  }

  get #iterations(): number {
    return this.#owner.optimizer?.steps ?? 0
  }

  arena(name: string, size = this.layout.sizeOf(name)): DeviceBuffer {
    let buffer = this.#buffers.get(name)
    if (buffer === undefined) {
      buffer = this.backend.createBuffer(name, 4 * Math.max(size, 4))
      this.#buffers.set(name, buffer)
    }
    return buffer
  }

  /** Lets all rows of tables catch up, before anything reads or writes the device's copies that is no training step. */
  settle(): void {
    if (this.lag > 0) this.settler?.run(0)
    this.lag = 0
  }

  /** Drops buffers that the device refused, so that the next call allocates them again. */
  dropRefused(): void {
    for (const [name, buffer] of this.#buffers) {
      if (buffer.bytes > 0) continue
      this.settling = null
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

  /** Whether no host copy is newer than that of the device; another store may have newer values. */
  get isUploaded(): boolean {
    for (const variable of this.layout.places.keys()) if (!this.#isUploaded(variable)) return false
    return true
  }

  #isUploaded(variable: Variable): boolean {
    return variable.home === this || this.#uploaded.get(variable) === variable.value
  }

  /** Copies newer values to the device. Values that a step of another store changes meanwhile are not included. */
  async sync(): Promise<void> {
    const others = new Set<VariableHome>()
    for (const { home } of this.layout.places.keys()) if (home !== null && home !== this) others.add(home)
    for (const other of others) await other.pull()
    let hasChanged = false
    for (const [variable, { arena, offset }] of this.layout.places) {
      if (this.#isUploaded(variable)) continue
      this.settle()
      this.backend.write(this.arena(arena), 4 * offset, variable.value)
      this.#uploaded.set(variable, variable.value)
      hasChanged = true
    }
    // A read-back under way began before these changes, so it is outdated.
    if (hasChanged) this.#hostVersion = ++this.#version
  }

  /** Records that a step that was just submitted changes variables. */
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
   * Copies values that only this device has to the host.
   *
   * @throws {RecurraError} if the device is lost; the error gives the step of the host's copies.
   */
  async pull(): Promise<void> {
    try {
      if (this.#last) return await this.#last
      while (!(await this.#read()));
    } catch (error) {
      if (this.backend.isWorking) throw error
      const { where } = this.#owner
      const { failForLoss } = await refusals()
      failForLoss(where, this.backend.info, this.#iterations, this.#hostIterations)
    }
  }

  /** If the device is lost, makes the host's copies the newest and returns their step; else null. */
  restore(): number | null {
    if (this.backend.isWorking) return null
    for (const variable of this.layout.places.keys()) if (variable.home === this) variable.home = null
    if (this.#owner.optimizer) this.#owner.optimizer.steps = this.#hostIterations
    return this.#hostIterations
  }

  /** Copies newer values to the host in the background, so that they are not lost with the device. */
  backUp(): void {
    if (!this.backend.isVolatile) return
    this.#isStale = true
    this.#backup ??= this.#backUpChanges().finally(() => {
      this.#backup = null
    })
  }

  async #backUpChanges(): Promise<void> {
    while (this.#isStale && this.#last === null) {
      this.#isStale = false
      const start = performance.now()
      // A failure is reported by the call that needs the values, see `pull`.
      const isNewest = await this.#read().catch(() => true)
      this.#isStale ||= !isNewest
      const pause = (BACKUP_SHARE - 1) * (performance.now() - start)
      if (this.#isStale) await new Promise((resolve) => setTimeout(resolve, pause))
    }
  }

  /** Reads the changed variables to the host; false if newer values were uploaded meanwhile. */
  async #read(): Promise<boolean> {
    const version = this.#version
    const iterations = this.#iterations
    const changed = [...this.layout.places].filter(([{ home }]) => home === this)
    if (changed.length === 0) return true
    this.settle()
    const names = [...new Set(changed.map(([, { arena }]) => arena))]
    const read = await Promise.all(
      names.map(async (name) => {
        const bytes = 4 * this.layout.sizeOf(name)
        return [name, new Float32Array(await this.backend.read(this.arena(name), bytes))] as const
      }),
    )
    if (version < this.#hostVersion) return false
    const contents = new Map(read)
    for (const [variable, { arena, offset }] of changed) {
      // A value that was set on the host meanwhile is newer.
      if (variable.home !== this) continue
      variable.value = (contents.get(arena) as Float32Array).slice(offset, offset + sizeOf(variable.shape))
      this.#uploaded.set(variable, variable.value)
      // After a further step the device has newer values again.
      if (version === this.#version) variable.home = null
    }
    this.#hostVersion = version
    this.#hostIterations = iterations
    return true
  }

  /** Frees the buffers after a last read-back, because other models may share layers whose newest values are here. */
  dispose(): void {
    this.#last ??= this.#read().then(() => undefined)
    // A failure is reported by the call that needs the values, see `pull`.
    this.#last.catch(() => undefined)
    this.settler?.dispose()
    for (const buffer of this.#buffers.values()) buffer.destroy()
    this.#buffers.clear()
    this.#uploaded.clear()
  }
}
