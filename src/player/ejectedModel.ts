// An ejected model as plain data: formats/eject writes it into a file, and the player in that file runs it.

import type { DType } from '../graph/graph.ts'
import type { Kernel, KernelField } from '../graph/kernel.ts'
import type { Launch } from '../graph/launch.ts'
import type { Params, RunnableOperation } from '../graph/operation.ts'
import type { Shape } from '../util/shape.ts'

/** An input or output. */
export interface EjectedPort {
  readonly name: string
  /** Shape of one sample. */
  readonly shape: Shape
}

export interface EjectedInput extends EjectedPort {
  /** Whether its numbers must be whole. */
  readonly isInteger: boolean
  /** Whether they lie on the device as integers. */
  readonly isStoredAsInteger: boolean
}

/** A kernel whose code is whole but for its head. */
export type EjectedKernel = Omit<Kernel, 'code' | 'rest'> & { readonly code: string }

/** A tensor's memory: buffer, offset, length, dtype. */
export type EjectedSlice = readonly [buffer: string, offset: number, length: number, dtype: DType]

export interface EjectedLaunch extends Omit<Launch, 'kernel' | 'params'> {
  /** Number of the kernel. */
  readonly kernel: number
  /** Absent where they are those of the operation. */
  readonly params?: Params
}

export interface EjectedPlannedOperation {
  /** Number of the operation. */
  readonly op: number
  readonly tensors: Readonly<Record<string, EjectedSlice>>
  readonly params: Params
  readonly strategy: string
  readonly launches: readonly EjectedLaunch[]
  readonly flops: number
}

/** A step for so many samples. */
export interface EjectedPlan {
  readonly batch: number
  readonly operations: readonly EjectedPlannedOperation[]
  readonly scalars: readonly KernelField[]
  readonly slots: readonly number[]
}

/** Where numbers of the file lie in an arena. */
export type EjectedPlace = readonly [arena: string, offset: number, length: number]

/** A layer that takes ids, as errors call it. */
export interface EjectedTable {
  readonly where: string
  /** The number of ids that it has rows for. */
  readonly rows: number
  /** The option that says so. */
  readonly option: string
}

export interface EjectedModel {
  readonly name: string
  readonly inputs: readonly EjectedInput[]
  readonly outputs: readonly EjectedPort[]
  /** Whether batches have the only plan's number of samples, since a state is kept for each. */
  readonly isStateful: boolean
  readonly kernels: readonly EjectedKernel[]
  readonly operations: readonly RunnableOperation[]
  /** For batches of different sizes, the largest first; the last is of one sample unless the model is fixed to another number. */
  readonly plans: readonly EjectedPlan[]
  /** Floats of each arena. */
  readonly arenas: Readonly<Record<string, number>>
  /** Where the numbers of `weights` lie, one piece after the other. */
  readonly places: readonly EjectedPlace[]
  readonly weights: {
    readonly dtype: 'float32' | 'float16'
    /** Little-endian, as base64. */
    readonly base64: string
  }
  /** Layers by the numbers that kernels report; null for others. */
  readonly tables: readonly (EjectedTable | null)[]
  /** Words of the arena `totals`, and the one where a report begins. */
  readonly totals: number
  readonly placeOfReport: number
}
