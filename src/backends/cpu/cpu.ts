// The CPU backend: the same plan, each step by its operation's CPU function on typed arrays bound once.

import type { Plan, Slice } from '../../compiler/plan.ts'
import { slotName } from '../../compiler/plan.ts'
import { DEFAULT_TRAITS, type StepScalars, type Tensors } from '../../graph/operation.ts'
import { type Backend, type DeviceBuffer, type Executable, MAX_STEPS } from '../backend.ts'
import { pause } from './pause.ts'

class CpuBuffer implements DeviceBuffer {
  readonly memory: ArrayBuffer
  constructor(readonly bytes: number) {
    this.memory = new ArrayBuffer(bytes)
  }
  destroy(): void {}
}

const memoryOf = (buffer: DeviceBuffer): ArrayBuffer => {
  if (buffer instanceof CpuBuffer) return buffer.memory
  throw new TypeError('a buffer of another backend')
}

const NONE = new Float32Array(0)
/** Milliseconds of work between two turns of the event loop. */
const SLICE = 12

export function createCpuBackend(): Backend {
  let lastPause = now()
  return {
    info: { backend: 'cpu', description: 'CPU', adapter: null },
    traits: { ...DEFAULT_TRAITS, isSoftware: true, maxBufferBytes: 2 ** 31 },
    createBuffer: (_label, bytes) => new CpuBuffer(bytes),
    write(buffer, byteOffset, data) {
      new Uint8Array(memoryOf(buffer)).set(
        new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
        byteOffset,
      )
    },
    read: async (buffer, byteOffset, bytes) => memoryOf(buffer).slice(byteOffset, byteOffset + bytes),
    load: async (plan, arena) => new CpuExecutable(plan, arena),
    async ready() {
      if (now() - lastPause < SLICE) return
      await pause()
      lastPause = now()
    },
    check() {},
    dispose() {},
  }
}

const now = (): number => performance.now()

class CpuExecutable implements Executable {
  readonly #plan: Plan
  readonly #buffers = new Map<string, ArrayBuffer>()
  readonly #arena: (name: string) => DeviceBuffer
  readonly #steps: StepScalars[] = []
  #run: readonly ((step: StepScalars) => void)[] | null = null

  constructor(plan: Plan, arena: (name: string) => DeviceBuffer) {
    this.#plan = plan
    this.#arena = arena
    plan.slots.forEach((bytes, index) => {
      this.#buffers.set(slotName(index), new ArrayBuffer(bytes))
    })
  }

  bind(arena: string, buffer: DeviceBuffer): void {
    if (this.#buffers.get(arena) === memoryOf(buffer)) return
    this.#buffers.set(arena, memoryOf(buffer))
    this.#run = null
  }

  writeSteps(steps: readonly StepScalars[]): void {
    if (steps.length > MAX_STEPS) throw new RangeError(`at most ${MAX_STEPS} steps at once`)
    steps.forEach((step, index) => {
      this.#steps[index] = { ...step, rate: Math.fround(step.rate) }
    })
  }

  run(index: number): void {
    const step = this.#steps[index]
    if (step === undefined) throw new RangeError(`step ${index} was not written`)
    this.#run ??= this.#plan.steps.map(({ op, tensors, params }) => {
      const bound = this.#tensors(op.inputNames.concat(op.outputNames), tensors)
      return (scalars: StepScalars) => op.cpu(bound, params, scalars)
    })
    for (const runStep of this.#run) runStep(step)
  }

  async read(result: string): Promise<Float32Array> {
    const found = this.#plan.results.get(result)
    if (found === undefined) throw new RangeError(`the plan has no result ${result}`)
    return Float32Array.from(this.#view(found.slice))
  }

  dispose(): void {
    this.#buffers.clear()
    this.#run = null
  }

  #tensors(names: readonly string[], slices: Readonly<Record<string, Slice>>): Tensors {
    return Object.fromEntries(names.map((name) => [name, slices[name] ? this.#view(slices[name]) : NONE]))
  }

  #view({ buffer, offset, length, dtype }: Slice): Float32Array | Uint32Array {
    let memory = this.#buffers.get(buffer)
    if (memory === undefined) {
      memory = memoryOf(this.#arena(buffer))
      this.#buffers.set(buffer, memory)
    }
    // An arena that is set per run, such as the data set, may be larger than the plan knows.
    const open = length === 0 ? (memory.byteLength >> 2) - offset : length
    return dtype === 'u32'
      ? new Uint32Array(memory, 4 * offset, open)
      : new Float32Array(memory, 4 * offset, open)
  }
}
