// A model on a device: its store, its compiled steps, and the buffers that data come and go through. All of it can be
// rebuilt, for another backend or after compile, without losing a weight.

import type { Backend, Executable } from '../backends/backend.ts'
import { backendFor } from '../backends/select.ts'
import { compile } from '../compiler/compile.ts'
import { flopsOf } from '../compiler/plan.ts'
import { fail } from '../errors.ts'
import type { Graph } from '../graph/graph.ts'
import { DEFAULT_TRAITS } from '../graph/operation.ts'
import { DatasetBuffers } from './dataset.ts'
import type { Layout } from './layout.ts'
import { buildStep, type StepModel, type StepRequest } from './stepGraph.ts'
import { Store } from './store.ts'

interface RunnerModel extends StepModel {
  readonly where: string
  readonly fixedBatch: number | null
}

export class Runner {
  readonly #model: RunnerModel
  readonly #layout: () => Layout
  #store: Store | null = null
  #retired: Store[] = []
  #forwardFlops: number | null = null
  readonly #executables = new Map<string, Promise<Executable>>()
  readonly #buffers = new Map<string, DatasetBuffers>()

  constructor(model: RunnerModel, layout: () => Layout) {
    this.#model = model
    this.#layout = layout
  }

  /** The store on the backend in use, with current values. */
  async prepare(): Promise<Store> {
    const backend = await backendFor(() => this.forwardFlops)
    backend.check()
    if (this.#store && this.#store.backend !== backend) this.invalidate()
    this.#store ??= this.#createStore(backend)
    const store = this.#store
    store.dropRefused()
    await store.sync()
    for (const old of this.#retired.splice(0)) old.dispose()
    return store
  }

  /** FLOPs of a forward pass with the batch that the model is fixed to, or 32 samples. */
  get forwardFlops(): number {
    if (this.#forwardFlops === null) {
      const batch = this.#model.fixedBatch ?? 32
      const request = { kind: 'predict', batch, weights: [] } as const
      this.#forwardFlops = flopsOf(compile(buildStep(this.#model, this.#layout(), request), DEFAULT_TRAITS))
    }
    return this.#forwardFlops
  }

  #createStore(backend: Backend): Store {
    return new Store(backend, this.#layout(), this.#model)
  }

  /** Reads what the device knows newer to the host, in the background. */
  keep(): void {
    this.#store?.keep()
  }

  /** Waits for the device to accept a step; forgets one that it refuses. */
  async expect(accepted: Promise<void>, executable: Executable): Promise<void> {
    try {
      await accepted
    } catch (error) {
      for (const [key, made] of this.#executables)
        if ((await made.catch(() => null)) === executable) this.#executables.delete(key)
      executable.dispose()
      throw error
    }
  }

  /** Forgets everything compiled and placed; values stay where they are until they are needed. */
  invalidate(): void {
    for (const executable of this.#executables.values()) {
      // One that failed has nothing to free.
      executable.then(
        (made) => made.dispose(),
        () => undefined,
      )
    }
    this.#executables.clear()
    for (const buffers of this.#buffers.values()) buffers.dispose()
    this.#buffers.clear()
    if (this.#store) this.#retired.push(this.#store)
    this.#store = null
  }

  /** Throws where a call that began on this store cannot go on. */
  check(store: Store): void {
    if (this.#store === store) return
    fail(this.#model.where, {
      expected: 'to stay as it is while it runs',
      got: 'compile, dispose or another backend in between',
      remedy: 'Await fit, evaluate or predict first.',
    })
  }

  /** The compiled step for a request, made once for each kind of call, and pointed at its buffers. */
  async executable(store: Store, request: StepRequest, buffers: DatasetBuffers): Promise<Executable> {
    this.check(store)
    const key = `${buffers.role} ${JSON.stringify(request)}`
    let found = this.#executables.get(key)
    if (found === undefined) {
      found = this.load(store, request)
      found.catch(() => this.#executables.delete(key))
      this.#executables.set(key, found)
    }
    const executable = await found
    this.check(store)
    buffers.bindTo(executable)
    return executable
  }

  /** The compiled step for a request on a store's memory, for a caller of its own. */
  async load(store: Store, request: StepRequest): Promise<Executable> {
    const { backend } = store
    const build = (): Graph => buildStep(this.#model, store.layout, request)
    await backend.tune?.(build)
    return backend.load(compile(build(), backend.traits), (name) => store.arena(name))
  }

  /** Buffers for the data of one kind of call, which begins now. */
  buffers(store: Store, role: string): DatasetBuffers {
    this.check(store)
    let found = this.#buffers.get(role)
    if (found === undefined || found.isRefused) {
      found?.dispose()
      found = new DatasetBuffers(role, store.backend, store.layout.totals)
      this.#buffers.set(role, found)
    }
    found.begin()
    return found
  }

  dispose(): void {
    this.invalidate()
    for (const store of this.#retired.splice(0)) store.dispose()
  }
}
