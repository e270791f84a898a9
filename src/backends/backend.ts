// What a backend is to the floors above: memory by name, and plans that it loads and replays.

import type { Plan } from '../compiler/plan.ts'
import type { Graph } from '../graph/graph.ts'
import { DEFAULT_TRAITS, type DeviceTraits } from '../graph/operation.ts'
import type { Memory, SlotPool } from './slotPool.ts'

export type BackendName = 'webgpu' | 'cpu'

/** Where models run. */
export interface BackendInfo {
  readonly backend: BackendName
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

/** Memory of a backend. What it holds is zero when it is made. */
export interface DeviceBuffer {
  /** Its size; 0 once a device has refused it. */
  readonly bytes: number
  /** Resolves when the device has accepted it; throws what it has against it. */
  accepted(): Promise<void>
  destroy(): void
}

/** A plan that is ready to run: pipelines, bind groups and memory exist. */
export interface Executable {
  readonly plan: Plan
  /** Puts another buffer in an arena's place, before the next run. */
  bind(arena: string, buffer: DeviceBuffer): void
  /** Steps that are best handed over at once: several where one is tiny. */
  readonly stepsAtOnce: number
  /**
   * Lets the device check the commands of a step, before the first run with these buffers; null where it has done so.
   *
   * @throws {RecurraError} where the device refuses them; nothing has been run then.
   */
  accept(): Promise<void> | null
  /**
   * Runs `count` steps, one by default, with the scalars from record `first` on of the ring that lies in the arena `steps`. On
   * a GPU it only submits, once unless a step is long.
   */
  run(first: number, count?: number): void
  /** Runs with record 0 `repeats` times and gives the time of each of the plan's operations; null where the device has no timestamps. */
  profile(repeats: number): Promise<OperationTimes | null>
  /**
   * Milliseconds of a run with record 0 by the device's timestamps, measured over as many runs in a row as take `least`
   * milliseconds; null where it has none, or counts too coarsely for that.
   */
  time(least: number): Promise<number | null>
  /** Reads a result of the plan. */
  read(result: string): Promise<Float32Array>
  dispose(): void
}

/** Times of a plan's operations. */
export interface OperationTimes {
  /** Medians; means where the clock is so coarse that a median says nothing. */
  readonly milliseconds: readonly number[]
  /** The milliseconds in which the clock counts, where these are so many that short operations cannot be told apart; else null. */
  readonly coarseness: number | null
}

export interface BackendTraits extends DeviceTraits {
  /** Bytes that one buffer may have and one kernel may see of it. */
  readonly maxBufferBytes: number
}

/** How the CPU has plans made, known before there is a backend. */
export const CPU_TRAITS: BackendTraits = { ...DEFAULT_TRAITS, isSoftware: true, maxBufferBytes: 2 ** 31 }

export interface Backend {
  readonly info: BackendInfo
  readonly traits: BackendTraits
  createBuffer(label: string, bytes: number): DeviceBuffer
  write(buffer: DeviceBuffer, byteOffset: number, data: Float32Array | Uint32Array): void
  read(buffer: DeviceBuffer, byteOffset: number, bytes: number): Promise<ArrayBuffer>
  /** Measures what there is to choose in a graph before it is compiled, where choices are made by measurement. */
  tune?(build: () => Graph): Promise<void>
  /**
   * Prepares a plan.
   *
   * @param arena Gives the buffer of each name that is not a slot.
   * @param slots The pool that it shares slots with; one of its own by default.
   */
  load(plan: Plan, arena: Memory, slots?: SlotPool): Promise<Executable>
  /** Resolves when more work may be handed over; keeps queues short and pages responsive. */
  ready(): Promise<void>
  /** Throws where the backend can no longer run: a lost device. */
  check(): void
  /** Whether what lies in its memory can be lost, as a GPU's can. */
  readonly isVolatile: boolean
  /** Whether it can still run. */
  readonly isWorking: boolean
  /** A check for one call that starts now; it throws, too, where the device has since reported an error of no call. */
  watch(): () => void
  /** Says whether models come to it; where not, what it keeps for their calls is freed. It still runs those that stay. */
  setInUse(isInUse: boolean): void
  dispose(): void
}
