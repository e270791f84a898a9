// A cache of the compiled steps of a model on a backend. Steps in use are retained, of the others the most recently used; all
// share one pool of slots. So memory is bounded, however many batch sizes a model sees.

import type { Backend, Executable } from '../backends/backend.ts'
import { SlotPool } from '../backends/slotPool.ts'
import type { StepRequest } from './stepGraph.ts'

/** The most cached steps that are not in use: enough for batch sizes that recur. */
const MAX_UNUSED = 16

/** Compiles a step and loads it, with its slots from a pool. */
type Load = (request: StepRequest, slots: SlotPool) => Promise<Executable>

export class StepCache {
  readonly #load: Load
  readonly #slots: SlotPool
  /** The least recently used first. */
  readonly #steps = new Map<string, Promise<Executable>>()
  /** Keys of the steps that the last call of each role uses. */
  readonly #inUse = new Map<string, readonly string[]>()

  constructor(backend: Backend, load: Load) {
    this.#load = load
    this.#slots = new SlotPool(backend)
  }

  /** The steps of a call, compiled if they are not cached. They count as in use until the next call of the role. */
  async use(role: string, requests: readonly StepRequest[]): Promise<readonly Executable[]> {
    const keys = requests.map((request) => `${role} ${JSON.stringify(request)}`)
    this.#inUse.set(role, keys)
    const found = requests.map((request, i) => this.#find(keys[i] ?? '', request))
    this.#dropUnused()
    return Promise.all(found)
  }

  #find(key: string, request: StepRequest): Promise<Executable> {
    const found = this.#steps.get(key) ?? this.#load(request, this.#slots)
    found.catch(() => this.#forget(key, found))
    this.#steps.delete(key)
    this.#steps.set(key, found)
    return found
  }

  #dropUnused(): void {
    const inUse = new Set([...this.#inUse.values()].flat())
    const others = [...this.#steps].filter(([key]) => !inUse.has(key))
    for (const [key, step] of others.slice(0, Math.max(0, others.length - MAX_UNUSED))) this.#drop(key, step)
  }

  #drop(key: string, step: Promise<Executable>): void {
    this.#forget(key, step)
    // A step that failed to load has nothing to free.
    step.then(
      (made) => made.dispose(),
      () => undefined,
    )
  }

  #forget(key: string, step: Promise<Executable>): void {
    if (this.#steps.get(key) === step) this.#steps.delete(key)
  }

  /** Waits for the device to accept a step; forgets one that it refuses. */
  async expect(accepted: Promise<void>, executable: Executable): Promise<void> {
    try {
      await accepted
    } catch (error) {
      for (const [key, step] of this.#steps)
        if ((await step.catch(() => null)) === executable) this.#drop(key, step)
      throw error
    }
  }

  clear(): void {
    for (const [key, step] of this.#steps) this.#drop(key, step)
    this.#inUse.clear()
  }
}
