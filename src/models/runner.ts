// A model on a device: its store, its compiled steps, and the buffers that data come and go through. All of it can be
// rebuilt, for another backend or after compile, without losing a weight.

import type { Backend, Executable } from '../backends/backend.ts'
import { getBackend } from '../backends/select.ts'
import { compile } from '../compiler/compile.ts'
import { DatasetBuffers } from './dataset.ts'
import type { Layout } from './layout.ts'
import { buildStep, type StepModel, type StepRequest } from './stepGraph.ts'
import { Store } from './store.ts'

export class Runner {
  readonly #model: StepModel
  readonly #layout: () => Layout
  #store: Store | null = null
  #retired: Store[] = []
  readonly #executables = new Map<string, Promise<Executable>>()
  readonly #buffers = new Map<string, DatasetBuffers>()

  constructor(model: StepModel, layout: () => Layout) {
    this.#model = model
    this.#layout = layout
  }

  /** The store on the backend in use, with current values. */
  async prepare(): Promise<Store> {
    const backend = await getBackend()
    backend.check()
    if (this.#store && this.#store.backend !== backend) this.invalidate()
    this.#store ??= this.#createStore(backend)
    const store = this.#store
    await store.sync()
    for (const old of this.#retired.splice(0)) old.dispose()
    return store
  }

  #createStore(backend: Backend): Store {
    return new Store(backend, this.#layout())
  }

  /** Forgets everything compiled and placed; values stay where they are until they are needed. */
  invalidate(): void {
    for (const executable of this.#executables.values()) void executable.then((made) => made.dispose())
    this.#executables.clear()
    for (const buffers of this.#buffers.values()) buffers.dispose()
    this.#buffers.clear()
    if (this.#store) this.#retired.push(this.#store)
    this.#store = null
  }

  /** The compiled step for a request; made once. */
  executable(store: Store, request: StepRequest): Promise<Executable> {
    const key = JSON.stringify(request)
    let found = this.#executables.get(key)
    if (found === undefined) {
      const plan = compile(buildStep(this.#model, store.layout, request), store.backend.limits)
      // Data sets are bound before each run.
      found = store.backend.load(plan, (name) => store.arena(name))
      found.catch(() => this.#executables.delete(key))
      this.#executables.set(key, found)
    }
    return found
  }

  /** Buffers for the data of one kind of call. */
  buffers(store: Store, role: string): DatasetBuffers {
    let found = this.#buffers.get(role)
    if (found === undefined) {
      found = new DatasetBuffers(store.backend)
      this.#buffers.set(role, found)
    }
    return found
  }

  dispose(): void {
    this.invalidate()
    for (const store of this.#retired.splice(0)) store.dispose()
  }
}
