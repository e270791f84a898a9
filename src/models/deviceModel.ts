// A model on a backend: the memory of its variables, its compiled steps, and the buffers of its calls. It is made anew for
// another backend and after compile; the values of variables are copied.

import type { Backend, Executable } from '../backends/backend.ts'
import type { SlotPool } from '../backends/slotPool.ts'
import { compile } from '../compiler/compile.ts'
import { fail } from '../errors.ts'
import type { Graph } from '../graph/graph.ts'
import { Call, type Role } from './call.ts'
import type { ModelCore } from './core.ts'
import { constants, fitWarnings } from './later.ts'
import type { Layout } from './layout.ts'
import { StepCache } from './stepCache.ts'
import { buildStep, type StepRequest } from './stepGraph.ts'
import { Store } from './store.ts'

export class DeviceModel {
  readonly core: ModelCore
  readonly backend: Backend
  readonly layout: Layout
  readonly store: Store
  readonly steps: StepCache
  readonly #calls = new Map<Role, Call>()
  #isRetired = false

  constructor(core: ModelCore, backend: Backend) {
    this.core = core
    this.backend = backend
    this.layout = core.layout
    this.store = new Store(backend, this.layout, core)
    this.steps = new StepCache(backend, (request, slots) => this.load(request, this.store, slots))
  }

  /**
   * Throws if the device model was retired, so that a call that began with it cannot go on.
   *
   * @throws an AbortError if the model was disposed.
   */
  check(): void {
    if (!this.#isRetired) return
    this.core.disposal.signal.throwIfAborted()
    fail(this.core.where, {
      expected: 'to stay as it is while it runs',
      got: 'compile or another backend in between',
      remedy: 'Await fit, evaluate or predict first.',
    })
  }

  /**
   * Begins a call of a role. It reuses the buffers of the former call of the role.
   *
   * @param signal Ends the call.
   */
  begin(role: Role, signal?: AbortSignal | null): Call {
    this.check()
    let call = this.#calls.get(role)
    if (call === undefined || call.data.isRefused) {
      call?.data.dispose()
      call = new Call(this, role)
      this.#calls.set(role, call)
    }
    call.begin(signal)
    return call
  }

  /** Compiles and loads a step on a store's memory; the caller disposes it. */
  async load(request: StepRequest, store: Store, slots?: SlotPool): Promise<Executable> {
    const { core, backend, layout } = this
    const build = (): Graph => buildStep(core, layout, request)
    await backend.tune?.(build)
    const graph = build()
    if (graph.absent.length > 0 && request.kind === 'train')
      // Awaited, so that it is said of this fit's optimizer.
      (await fitWarnings())?.tellAbsent(core.where, core.optimizer ?? core, graph.absent)
    const values = graph.constants.size > 0 ? (await constants()).constantsOf(graph, store) : null
    const loadPlan = (part: Graph, pool?: SlotPool): Promise<Executable> =>
      backend.load(compile(part, backend.traits), (name) => values?.get(name) ?? store.arena(name), pool)
    if (graph.settling) {
      store.settling ??= loadPlan(graph.settling)
      store.settler = await store.settling
      await store.settler.accept()
    }
    return loadPlan(graph, slots)
  }

  /** Discards compiled steps and the calls' buffers; values of variables stay until {@link dispose}. */
  retire(): void {
    this.#isRetired = true
    this.steps.clear()
    for (const { data } of this.#calls.values()) data.dispose()
    this.#calls.clear()
  }

  dispose(): void {
    this.retire()
    this.store.dispose()
  }
}
