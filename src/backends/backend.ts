// What a backend is to the floors above: memory by name, and plans that it loads and replays.

import type { Plan } from '../compiler/plan.ts'
import type { Graph } from '../graph/graph.ts'
import type { DeviceTraits, StepScalars } from '../graph/operation.ts'

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

/** Memory of a backend. Bytes are zero when it is made. */
export interface DeviceBuffer {
  readonly bytes: number
  destroy(): void
}

/** A plan that is ready to run: pipelines, bind groups and memory exist. */
export interface Executable {
  readonly plan: Plan
  /** Puts another buffer in an arena's place, before the next run. */
  bind(arena: string, buffer: DeviceBuffer): void
  /** Uploads what differs from step to step, for up to {@link MAX_STEPS} steps to come. */
  writeSteps(steps: readonly StepScalars[]): void
  /** Steps that are best handed over at once: several where one is tiny. */
  readonly stepsAtOnce: number
  /** Runs `count` steps, one by default, with the scalars from `first` on. On a GPU it only submits, once unless a step is long. */
  run(first: number, count?: number): void
  /**
   * Runs step 0 `repeats` times and gives the median milliseconds of each of the plan's operations; null where the device
   * has no timestamps.
   */
  profile(repeats: number): Promise<readonly number[] | null>
  /** Reads a result of the plan. */
  read(result: string): Promise<Float32Array>
  dispose(): void
}

export const MAX_STEPS = 256

export interface BackendTraits extends DeviceTraits {
  /** Bytes that one buffer may have and one kernel may see of it. */
  readonly maxBufferBytes: number
}

export interface Backend {
  readonly info: BackendInfo
  readonly traits: BackendTraits
  createBuffer(label: string, bytes: number): DeviceBuffer
  write(buffer: DeviceBuffer, byteOffset: number, data: Float32Array | Uint32Array): void
  read(buffer: DeviceBuffer, byteOffset: number, bytes: number): Promise<ArrayBuffer>
  /** Measures what there is to choose in a graph before it is compiled, where choices are made by measurement. */
  tune?(build: () => Graph): Promise<void>
  /** Prepares a plan; `arena` gives the buffer of each name that is not a slot. */
  load(plan: Plan, arena: (name: string) => DeviceBuffer): Promise<Executable>
  /** Resolves when more work may be handed over; keeps queues short and pages responsive. */
  ready(): Promise<void>
  /** Throws where the backend can no longer run: a lost device, an error the device reported. */
  check(): void
  dispose(): void
}
