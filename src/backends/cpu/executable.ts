// A plan on the CPU: each step a call that is bound once to its tensors, in WebAssembly where the operation has that and
// as the operation's own CPU function otherwise.

import type { Plan, Slice, Step } from '../../compiler/plan.ts'
import { flopsOf } from '../../compiler/plan.ts'
import type { Assembly, CompiledCall } from '../../graph/assembly.ts'
import { BYTES } from '../../graph/graph.ts'
import { type KernelField, STEP_BYTES } from '../../graph/kernel.ts'
import type { CpuSide, Operation, StepScalars, Tensors } from '../../graph/operation.ts'
import { median } from '../../util/median.ts'
import type { DeviceBuffer, Executable, OperationTimes } from '../backend.ts'
import type { Memory, SlotLease, SlotPool } from '../slotPool.ts'
import { STEPS } from '../steps.ts'
import type { Heap, Piece } from './heap.ts'
import type { CpuSides } from './sides.ts'

export class CpuBuffer implements DeviceBuffer {
  constructor(readonly piece: Piece) {}
  get bytes(): number {
    return this.piece.bytes
  }
  async accepted(): Promise<void> {}
  destroy(): void {
    this.piece.free()
  }
}

export const pieceOf = (buffer: DeviceBuffer): Piece => {
  if (buffer instanceof CpuBuffer) return buffer.piece
  throw new TypeError('a buffer of another backend')
}

/** About a millisecond's work: between two turns of the event loop there are some of them. */
const FLOPS_AT_ONCE = 4e6

const NONE = new Float32Array(0)

/** Where the numbers of halves lie, each tensor's at a multiple of so many. */
const NUMBERS = 'numbers'
const ALIGNMENT = 16

/** What a plan runs on. */
interface CpuContext {
  readonly sides: CpuSides
  readonly heap: Heap
  readonly assembly: Assembly | null
}

export class CpuExecutable implements Executable {
  readonly plan: Plan
  readonly #sides: CpuSides
  readonly #heap: Heap
  readonly #assembly: Assembly | null
  readonly #slots: SlotLease
  readonly #pieces = new Map<string, Piece>()
  readonly #owned: readonly Piece[]
  readonly #scratch: Piece
  /** The numbers that the halves of a step are. */
  readonly #numbers: Piece
  readonly #scalars: ScalarReader
  #calls: readonly CompiledCall[] | null = null
  #generation = 0

  readonly stepsAtOnce: number

  static async load(
    plan: Plan,
    { arena, slots, ...context }: CpuContext & { readonly arena: Memory; readonly slots: SlotPool },
  ): Promise<CpuExecutable> {
    let executable: CpuExecutable | null = null
    const lease = await slots.lease(plan, arena, (name, slot) => executable?.bind(name, slot))
    try {
      executable = new CpuExecutable(plan, context, lease)
      return executable
    } catch (error) {
      lease.release()
      throw error
    }
  }

  private constructor(plan: Plan, { sides, heap, assembly }: CpuContext, slots: SlotLease) {
    this.plan = plan
    this.#sides = sides
    this.stepsAtOnce = Math.min(Math.max(Math.floor(FLOPS_AT_ONCE / flopsOf(plan)), 1), 64)
    this.#heap = heap
    this.#scalars = new ScalarReader(plan.scalars)
    this.#assembly = assembly
    this.#slots = slots
    const needs = plan.steps.map((step) =>
      assembly ? (this.#sideOf(step.op).compiled?.scratch?.(assembly, step.params) ?? 0) : 0,
    )
    // Steps run one after another: they share it.
    this.#scratch = heap.allocate(Math.max(0, ...needs))
    this.#numbers = heap.allocate(Math.max(0, ...plan.steps.map(numbersBytes)))
    this.#owned = [this.#scratch, this.#numbers]
  }

  bind(arena: string, buffer: DeviceBuffer): void {
    if (this.#pieces.get(arena) === pieceOf(buffer)) return
    this.#pieces.set(arena, pieceOf(buffer))
    this.#calls = null
  }

  accept(): null {
    return null
  }

  run(first: number, count = 1): void {
    const calls = this.#boundCalls()
    for (let index = first; index < first + count; index++) {
      const step = this.#scalars.read(index)
      for (const call of calls) call(step)
    }
  }

  async time(): Promise<null> {
    return null
  }

  async profile(repeats: number): Promise<OperationTimes> {
    const calls = this.#boundCalls()
    const step = this.#scalars.read(0)
    const times = calls.map((): number[] => [])
    for (let i = 0; i < repeats; i++) {
      calls.forEach((call, index) => {
        const start = performance.now()
        call(step)
        times[index]?.push(performance.now() - start)
      })
    }
    return { milliseconds: times.map(median), coarseness: null }
  }

  /** The calls on the memory as it lies now. */
  #boundCalls(): readonly CompiledCall[] {
    let calls = this.#calls
    while (calls === null || this.#generation !== this.#heap.generation) {
      this.#generation = this.#heap.generation
      // Arenas are made when they are first asked for, here, and the memory may grow for them.
      calls = this.plan.steps.map((planned) => this.#bindStep(planned))
      if (this.plan.scalars.length > 0) this.#scalars.bind(this.#pieceOf(STEPS))
    }
    this.#calls = calls
    return calls
  }

  async read(result: string): Promise<Float32Array> {
    const found = this.plan.results.get(result)
    if (found === undefined) throw new RangeError(`the plan has no result ${result}`)
    return Float32Array.from(this.#view(found.slice))
  }

  dispose(): void {
    for (const piece of this.#owned) piece.free()
    this.#slots.release()
    this.#pieces.clear()
    this.#calls = null
  }

  #bindStep(step: Step): CompiledCall {
    const { twinOf } = step.op
    const side = this.#sideOf(step.op)
    if (twinOf === null) return this.#bindOperation(step.op, side, step)
    const tensors: Record<string, Slice> = { ...step.tensors }
    let offset = 0
    const expansions = halvesRead(step).map(([name, slice]) => {
      tensors[name] = { buffer: NUMBERS, offset, length: slice.length, dtype: 'f32' }
      offset += ALIGNMENT * Math.ceil(slice.length / ALIGNMENT)
      return { words: this.#view(slice) as Uint32Array, numbers: this.#view(tensors[name]) as Float32Array }
    })
    const call = this.#bindOperation(twinOf.operation, side, { ...step, tensors })
    return (scalars) => {
      for (const { words, numbers } of expansions) twinOf.expand(words, numbers)
      call(scalars)
    }
  }

  #sideOf(op: Operation): CpuSide {
    return this.#sides.get(op) as CpuSide
  }

  #bindOperation(
    { inputNames, outputNames }: Operation,
    side: CpuSide,
    { tensors, params }: Step,
  ): CompiledCall {
    const names = [...inputNames, ...outputNames]
    const assembly = this.#assembly
    if (assembly) {
      const at = Object.fromEntries(names.map((name) => [name, this.#addressOf(tensors[name])]))
      const call = side.compiled?.bind(assembly, at, params, this.#scratch.address)
      if (call) return call
    }
    const views: Tensors = Object.fromEntries(
      names.map((name) => [name, tensors[name] ? this.#view(tensors[name]) : NONE]),
    )
    return (scalars) => side.cpu(views, params, scalars)
  }

  #addressOf(slice: Slice | undefined): number {
    return slice ? this.#pieceOf(slice.buffer).address + BYTES[slice.dtype] * slice.offset : 0
  }

  #pieceOf(buffer: string): Piece {
    if (buffer === NUMBERS) return this.#numbers
    let piece = this.#pieces.get(buffer)
    if (piece === undefined) {
      piece = pieceOf(this.#slots.memory(buffer))
      this.#pieces.set(buffer, piece)
    }
    return piece
  }

  /** A tensor's elements; for halves the words that hold them. */
  #view({ buffer, offset, length, dtype }: Slice): Float32Array | Uint32Array {
    const { buffer: memory, address, bytes } = this.#pieceOf(buffer)
    // An arena that is set per run, such as the data set, may be larger than the plan knows.
    const open = length === 0 ? (bytes >> 2) - offset : Math.ceil((length * BYTES[dtype]) / 4)
    const start = address + BYTES[dtype] * offset
    return dtype !== 'f32' ? new Uint32Array(memory, start, open) : new Float32Array(memory, start, open)
  }
}

/** Reads the scalars of steps from where they lie, into one object that is the same for all steps. */
class ScalarReader {
  readonly #fields: readonly KernelField[]
  readonly #values: Record<string, number> = {}
  #memory = new DataView(new ArrayBuffer(0))

  constructor(fields: readonly KernelField[]) {
    this.#fields = fields
  }

  bind({ buffer, address, bytes }: Piece): void {
    this.#memory = new DataView(buffer, address, bytes)
  }

  read(index: number): StepScalars {
    for (const { name, type, offset } of this.#fields) {
      const at = index * STEP_BYTES + offset
      this.#values[name] =
        type === 'f32'
          ? this.#memory.getFloat32(at, true)
          : type === 'u32'
            ? this.#memory.getUint32(at, true)
            : this.#memory.getInt32(at, true)
    }
    return this.#values
  }
}

/** The inputs of a step that are halves which its operation does not read itself. */
const halvesRead = ({ op: { twinOf }, tensors }: Step): [string, Slice][] =>
  Object.entries(tensors).filter(([name]) => twinOf?.operands.includes(name))

const numbersBytes = (step: Step): number =>
  halvesRead(step).reduce((sum, [, { length }]) => sum + 4 * ALIGNMENT * Math.ceil(length / ALIGNMENT), 0)
