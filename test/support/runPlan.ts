// Runs a plan on a backend with the arenas that a test gives it, and reads back everything.

import { expect } from 'vitest'
import type { Backend, DeviceBuffer, Executable } from '../../src/backends/backend.ts'
import { MAX_STEPS, STEPS, StepRing } from '../../src/backends/steps.ts'
import type { Plan } from '../../src/compiler/plan.ts'
import type { Graph, Value } from '../../src/graph/graph.ts'
import type { StepScalars } from '../../src/graph/operation.ts'
import type { Shape } from '../../src/util/shape.ts'

/** What lies in each arena, by its name. */
export type Memory = Readonly<Record<string, Float32Array | Uint32Array>>
export type Floats = Readonly<Record<string, Float32Array>>

export interface Run {
  readonly results: Floats
  /** The arenas of floats, as the steps left them. */
  readonly memory: Floats
  /** Those of words. */
  readonly words: Readonly<Record<string, Uint32Array>>
}

/** Floats before and after a tensor that must stay zero; bindings start at multiples of 64. */
const MARGIN = 64

/** Where the numbers of an arena start: a graph has its constants at the start of theirs. */
const startOf = (arena: string): number => (arena.startsWith('constant:') ? 0 : MARGIN)

/** A tensor that fills an arena of its own but for the margins. */
export const residentIn = (graph: Graph, arena: string, shape: Shape, values: Memory[string]): Value =>
  graph.resident(arena, MARGIN, shape, values instanceof Uint32Array ? 'u32' : 'f32')

/** A plan with its arenas on a backend. */
export class LoadedPlan {
  readonly #backend: Backend
  readonly #plan: Plan
  readonly #arenas: ReadonlyMap<string, DeviceBuffer>
  readonly #executable: Executable
  readonly #steps: StepRing

  private constructor(
    backend: Backend,
    plan: Plan,
    arenas: ReadonlyMap<string, DeviceBuffer>,
    executable: Executable,
    steps: StepRing,
  ) {
    this.#backend = backend
    this.#plan = plan
    this.#arenas = arenas
    this.#executable = executable
    this.#steps = steps
  }

  static async load(backend: Backend, plan: Plan, memory: Memory): Promise<LoadedPlan> {
    const arenas = new Map<string, DeviceBuffer>()
    for (const [name, { length }] of Object.entries(memory)) {
      arenas.set(name, backend.createBuffer(name, 4 * (length + 2 * MARGIN)))
    }
    const steps = new StepRing(backend, MAX_STEPS)
    arenas.set(STEPS, steps.buffer)
    const executable = await backend.load(plan, (name) => {
      const buffer = arenas.get(name)
      if (!buffer) throw new Error(`the test has no arena ${name}`)
      return buffer
    })
    return new LoadedPlan(backend, plan, arenas, executable, steps)
  }

  /** Runs steps one by one, or handed over together. */
  async run(memory: Memory, steps: readonly StepScalars[], together = false): Promise<Run> {
    for (const [name, values] of Object.entries(memory))
      this.#backend.write(this.#arena(name), 4 * startOf(name), values)
    this.#steps.write(this.#plan.scalars, steps)
    if (together) this.#executable.run(0, steps.length)
    else for (const index of steps.keys()) this.#executable.run(index)

    const results: Record<string, Float32Array> = {}
    for (const name of this.#plan.results.keys()) results[name] = await this.#executable.read(name)
    const after: Record<string, Float32Array> = {}
    const words: Record<string, Uint32Array> = {}
    for (const [name, values] of Object.entries(memory)) {
      const left = await this.#readArena(name)
      if (values instanceof Float32Array) after[name] = left
      else words[name] = new Uint32Array(left.buffer, left.byteOffset, left.length)
    }
    return { results, memory: after, words }
  }

  dispose(): void {
    this.#executable.dispose()
    for (const buffer of this.#arenas.values()) buffer.destroy()
  }

  #arena(name: string): DeviceBuffer {
    const buffer = this.#arenas.get(name)
    if (!buffer) throw new Error(`the test has no arena ${name}`)
    return buffer
  }

  async #readArena(name: string): Promise<Float32Array> {
    const buffer = this.#arena(name)
    const floats = new Float32Array(await this.#backend.read(buffer, buffer.bytes))
    const start = startOf(name)
    const end = floats.length - 2 * MARGIN + start
    const margins = [...floats.subarray(0, start), ...floats.subarray(end)]
    expect(
      margins.every((value) => value === 0),
      `${name}: the memory around it stays as it was`,
    ).toBe(true)
    return floats.subarray(start, end)
  }
}
