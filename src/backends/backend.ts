// The interface of a backend: it allocates buffers, and it loads plans and runs them.

import type { Plan } from '../compiler/plan.ts'
import type { Graph } from '../graph/graph.ts'
import { DEFAULT_TRAITS, type DeviceTraits } from '../graph/operation.ts'
import type { Memory, SlotPool } from './slotPool.ts'

export type BackendName = 'webgpu' | 'cpu'

/** Where models run. */
export interface BackendInfo {
  /** Where things run. */
  readonly backend: BackendName
  /** @internal Why `'auto'` passed over WebGPU; absent where it did not. */
  readonly passedOver?: string
  /**
   * A sentence for people: `WebGPU on google swiftshader (software)`, or `CPU (WebAssembly SIMD)`, which goes on with the
   * reason where `'auto'` passed over WebGPU.
   */
  readonly description: string
  /**
   * What WebGPU says of its adapter; empty strings where it does not say. On the CPU null, or the software adapter that
   * `'auto'` passed over.
   */
  readonly adapter: {
    readonly vendor: string
    readonly architecture: string
    readonly device: string
    readonly description: string
    /** Whether it computes on the CPU: SwiftShader, llvmpipe, WARP. */
    readonly isSoftware: boolean
  } | null
}

/** What {@link setBackend} chose, and why. */
export interface BackendChoice extends BackendInfo {
  /** Why: a sentence that says what was asked for, or what `'auto'` found. */
  readonly reason: string
  /**
   * FLOPs of a forward pass, of 32 samples or of the batch that a model is fixed to, under which models run on the CPU all the same: the
   * launches of a GPU would take longer. 0 where every model runs on `backend`. `model.plan().backend` says where one will run,
   * `model.backend` and `history.backend` where it ran.
   */
  readonly cpuBelow: number
}

/** Memory of a backend, initially zero. */
export interface DeviceBuffer {
  /** Size in bytes; 0 if the device refused the allocation. */
  readonly bytes: number
  /** Resolves when the device has accepted the allocation; throws if the device refuses it. */
  accepted(): Promise<void>
  destroy(): void
}

/** A plan that is ready to run: pipelines, bind groups and memory exist. */
export interface Executable {
  readonly plan: Plan
  /** Replaces the buffer of an arena, from the next run on. */
  bind(arena: string, buffer: DeviceBuffer): void
  /** How many steps a caller should run at once: several if one step is short. */
  readonly stepsAtOnce: number
  /**
   * Has the device check the commands of a step, before the first run with these buffers; null if it has checked them already.
   *
   * @throws {RecurraError} if the device refuses the commands; none has been run then.
   */
  accept(): Promise<void> | null
  /**
   * Runs `count` steps, one by default. Their scalars are the records from `first` on in the arena `steps`, a ring. On a GPU
   * this only submits commands: in one submit, or in several if a step is long.
   */
  run(first: number, count?: number): void
  /** Runs `repeats` times with record 0 and times each operation of the plan; null if the device has no timestamps. */
  profile(repeats: number): Promise<OperationTimes | null>
  /**
   * Milliseconds of a run with record 0 by the device's timestamps, measured over so many successive runs that they take
   * `least` milliseconds; null if the device has no timestamps, or too coarse ones.
   */
  time(least: number): Promise<number | null>
  /** Reads the numbers of a result of the plan. */
  read(result: string): Promise<Float32Array>
  dispose(): void
}

/** Times of a plan's operations. */
export interface OperationTimes {
  /** Median times; mean times if the clock is too coarse for medians. */
  readonly milliseconds: readonly number[]
  /** The resolution of the clock in milliseconds, if it is too coarse to tell short operations apart; else null. */
  readonly coarseness: number | null
}

export interface BackendTraits extends DeviceTraits {
  /** The largest size of a buffer, and of the range of it that a kernel may bind, in bytes. */
  readonly maxBufferBytes: number
}

/** Traits of the CPU backend. They are constant, so that plans can be made before a CPU backend exists. */
export const CPU_TRAITS: BackendTraits = { ...DEFAULT_TRAITS, isSoftware: true, maxBufferBytes: 2 ** 31 }

/**
 * FLOPs of a forward pass under which a model is tiny. The CPU then computes a training step, three times that, in the time
 * that a GPU takes for its dozen launches: about 0.1 ms.
 */
export const TINY_FLOPS = 5e5

export interface Backend {
  readonly info: BackendInfo
  readonly traits: BackendTraits
  createBuffer(label: string, bytes: number): DeviceBuffer
  write(buffer: DeviceBuffer, byteOffset: number, data: Float32Array | Int32Array | Uint32Array): void
  /** The first bytes of a buffer, after all work that was submitted before. */
  read(buffer: DeviceBuffer, bytes: number): Promise<ArrayBuffer>
  /** Copies the first bytes of a buffer to another, after all work that was submitted before; nothing waits for it. */
  copy(from: DeviceBuffer, to: DeviceBuffer, bytes: number): void
  /** Measures the strategies of operations in a graph that was not measured before; only with `autotune`. */
  tune?(build: () => Graph): Promise<void>
  /**
   * Prepares a plan.
   *
   * @param arena Returns the buffer of an arena.
   * @param slots The pool in which plans share slots; by default a new pool for this plan.
   */
  load(plan: Plan, arena: Memory, slots?: SlotPool): Promise<Executable>
  /** Resolves when more work may be submitted, so that queues stay short and pages responsive. */
  ready(): Promise<void>
  /** Throws if the backend can no longer run, because its device was lost. */
  check(): void
  /** Whether the contents of its memory can be lost, as those of a GPU can. */
  readonly isVolatile: boolean
  /** Whether it can still run. */
  readonly isWorking: boolean
  /** Starts to watch for one call. The returned check throws if the device was lost, or reported an error outside any call. */
  watch(): () => void
  /** Says whether new calls use this backend. If not, its cached buffers are freed; calls that have begun still run. */
  setInUse(isInUse: boolean): void
  dispose(): void
}

/** Chooses strategies of operations; `tune` is called with a graph before it is compiled. */
export interface Choice {
  readonly choose: NonNullable<BackendTraits['choose']>
  tune?(backend: Backend, build: () => Graph): Promise<void>
}
