// A plan on the CPU: each operation is bound once to its tensors. It runs as a compiled function if it has one, else as its
// function in TypeScript.

import type { Plan, PlannedOperation, Slice } from '../../compiler/plan.ts'
import { flopsOf } from '../../compiler/plan.ts'
import { impossible } from '../../errors.ts'
import { BYTES } from '../../graph/graph.ts'
import type { RunnableOperation, StepScalars, Tensors } from '../../graph/operation.ts'
import { expandF16 } from '../../util/f16.ts'
import { median } from '../../util/median.ts'
import type { DeviceBuffer, Executable, OperationTimes } from '../backend.ts'
import type { Memory, SlotLease, SlotPool } from '../slotPool.ts'
import { STEPS } from '../steps.ts'
import { SCRATCH, STEP_SCALARS } from './callFields.ts'
import { type CompiledOperation, describeCalls } from './calls.ts'
import type { Heap, Piece } from './heap.ts'
import { type CpuSides, sideOf, turnsOf } from './sides.ts'
import { StepReader } from './stepReader.ts'
import { viewOf } from './view.ts'
import type { Wasm } from './wasm.ts'

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
  impossible('a buffer of another backend')
}

/** FLOPs of about a millisecond, so that several groups of steps fit between two turns of the event loop. */
const FLOPS_AT_ONCE = 4e6

const NONE = new Float32Array(0)

/** Memory for operands that were converted from f16 to f32; each starts at a multiple of `ALIGNMENT` numbers. */
const NUMBERS = 'numbers'
const ALIGNMENT = 16
const aligned = (length: number): number => ALIGNMENT * Math.ceil(length / ALIGNMENT)

/** The parts of the backend that a plan uses. */
interface CpuContext {
  readonly sides: CpuSides
  readonly heap: Heap
  /** Null without WebAssembly. */
  readonly functionOf: Wasm['functionOf'] | null
}

/** An operation of the plan, bound to its tensors. */
type BoundOperation = (step: StepScalars) => void

export class CpuExecutable implements Executable {
  readonly plan: Plan
  /** Of each operation of the plan. */
  readonly #turns: readonly (readonly PlannedOperation[])[]
  readonly #sides: CpuSides
  readonly #heap: Heap
  readonly #slots: SlotLease
  readonly #pieces = new Map<string, Piece>()
  readonly #owned: readonly Piece[]
  readonly #scratch: Piece
  /** Memory for f16 operands of one operation as f32, see {@link NUMBERS}. */
  readonly #numbers: Piece
  /** Memory of the calls of compiled functions. */
  readonly #callMemory: Piece
  readonly #compiled: ReadonlyMap<PlannedOperation, CompiledOperation>
  readonly #scalars: StepReader
  #bound: readonly BoundOperation[] | null = null
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

  private constructor(plan: Plan, { sides, heap, functionOf }: CpuContext, slots: SlotLease) {
    this.plan = plan
    this.#turns = plan.operations.map(turnsOf)
    this.#sides = sides
    this.stepsAtOnce = Math.min(Math.max(Math.floor(FLOPS_AT_ONCE / flopsOf(plan)), 1), 64)
    this.#heap = heap
    this.#scalars = new StepReader(plan.scalars)
    this.#slots = slots
    const { memory, compiled, scratchBytes } = describeCalls(this.#turns.flat(), sides, heap, functionOf)
    this.#callMemory = memory
    this.#compiled = compiled
    // Operations run one after another, so they can share working memory.
    this.#scratch = heap.allocate(scratchBytes)
    this.#numbers = heap.allocate(Math.max(0, ...plan.operations.map(numbersBytes)))
    this.#owned = [this.#callMemory, this.#scratch, this.#numbers]
  }

  bind(arena: string, buffer: DeviceBuffer): void {
    if (this.#pieces.get(arena) === pieceOf(buffer)) return
    this.#pieces.set(arena, pieceOf(buffer))
    this.#bound = null
  }

  accept(): null {
    return null
  }

  run(first: number, count = 1): void {
    const operations = this.#boundOperations()
    for (let index = first; index < first + count; index++) {
      const step = this.#scalars.read(index)
      for (const operation of operations) operation(step)
    }
  }

  async time(): Promise<null> {
    return null
  }

  async profile(repeats: number): Promise<OperationTimes> {
    const operations = this.#boundOperations()
    const step = this.#scalars.read(0)
    const times = operations.map((): number[] => [])
    for (let i = 0; i < repeats; i++) {
      operations.forEach((operation, index) => {
        const start = performance.now()
        operation(step)
        times[index]?.push(performance.now() - start)
      })
    }
    return { milliseconds: times.map(median), coarseness: null }
  }

  /** The operations, bound anew if memory has moved. */
  #boundOperations(): readonly BoundOperation[] {
    let bound = this.#bound
    while (bound === null || this.#generation !== this.#heap.generation) {
      this.#generation = this.#heap.generation
      // Binding may create arenas, for which the heap may grow and move: hence the loop.
      bound = this.#turns.map((turns) => this.#bindTurns(turns))
      const copy = this.#compiled.size > 0 ? this.#callMemory : null
      if (this.plan.scalars.length > 0) this.#scalars.bind(this.#pieceOf(STEPS), copy)
    }
    this.#bound = bound
    return bound
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
    this.#bound = null
  }

  #bindTurns([first, ...others]: readonly PlannedOperation[]): BoundOperation {
    const bound = this.#bindPlanned(first as PlannedOperation)
    if (others.length === 0) return bound
    const all = [bound, ...others.map((planned) => this.#bindPlanned(planned))]
    return (scalars) => {
      for (const operation of all) operation(scalars)
    }
  }

  #bindPlanned(planned: PlannedOperation): BoundOperation {
    const { twinOf } = planned.op
    if (twinOf === null) return this.#bindOperation(planned, planned.op, planned.tensors)
    const tensors: Record<string, Slice> = { ...planned.tensors }
    let offset = 0
    const expansions = f16Operands(planned).map(([name, slice]) => {
      tensors[name] = { buffer: NUMBERS, offset, length: slice.length, dtype: 'f32' }
      offset += aligned(slice.length)
      return { words: this.#view(slice) as Uint32Array, numbers: this.#view(tensors[name]) as Float32Array }
    })
    const operation = this.#bindOperation(planned, twinOf.operation, tensors)
    return (scalars) => {
      for (const { words, numbers } of expansions) expandF16(words, numbers)
      operation(scalars)
    }
  }

  #bindOperation(
    planned: PlannedOperation,
    { inputNames, outputNames }: RunnableOperation,
    tensors: PlannedOperation['tensors'],
  ): BoundOperation {
    const names = [...inputNames, ...outputNames]
    const compiled = this.#compiled.get(planned)
    if (compiled) {
      const { run, call } = compiled
      call.writeAddresses({
        ...Object.fromEntries(names.map((name) => [name, this.#addressOf(tensors[name])])),
        [SCRATCH]: this.#scratch.address,
        [STEP_SCALARS]: this.#callMemory.address,
      })
      return () => run(call.address)
    }
    const { cpu } = sideOf(this.#sides, planned)
    const { params } = planned
    const views: Tensors = Object.fromEntries(
      names.map((name) => [name, tensors[name] ? this.#view(tensors[name]) : NONE]),
    )
    return (scalars) => cpu(views, params, scalars)
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

  #view(slice: Slice): Float32Array | Int32Array | Uint32Array {
    return viewOf(slice, this.#pieceOf(slice.buffer))
  }
}

/** The operands of a twin: f16 that are converted before the operation runs. */
const f16Operands = ({ op: { twinOf }, tensors }: PlannedOperation): [string, Slice][] =>
  Object.entries(tensors).filter(([name]) => twinOf?.operands.includes(name))

const numbersBytes = (planned: PlannedOperation): number =>
  f16Operands(planned).reduce((sum, [, { length }]) => sum + 4 * aligned(length), 0)
