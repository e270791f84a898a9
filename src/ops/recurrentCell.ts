// The description of a recurrent cell, from which defineRecurrence.ts makes operations. The cell's formulas are in shaders/cells
// for the GPU, and beside the operations and in src/backends/cpu/assembly for the CPU.

import type { Kernel } from '../graph/kernel.ts'
import { strideOf } from '../graph/parts.ts'
import type { Shape } from '../util/shape.ts'
import { dropoutParams, type RecurrentDropout } from './recurrentDropout.ts'
import type { RecurrentKernels, RecurrentLauncher } from './recurrentLaunches.ts'
import type { Directions } from './recurrentSchedule.ts'

export interface RecurrentCell<
  State extends string = string,
  Own extends string = string,
  Read extends string = string,
> {
  /** The number of gates: columns of z, of R and of `gates` for a unit. */
  readonly gates: number
  /** The names of its one or two states; the first is the output, h. */
  readonly states: readonly ['h', ...State[]]
  /** Further tensors [B, T, U], beside h and gates, that the forward pass stores for the backward pass. */
  readonly stores: readonly Own[]
  /** Inputs of the backward kernels, each with the forward tensor, h or one of `stores`, that it is. */
  readonly reads: Readonly<Record<Read, 'h' | Own>>
  /** One of `stores` that the backward pass overwrites in place; dR reads what it leaves there. */
  readonly overwrites?: 'inner' & Own
  /** Rows of the bias that the recurrence adds, [rows, G·U]; by default the bias is added with x·W. */
  readonly biasRows?: number
  /** The names of its activations. */
  readonly functions: readonly (keyof typeof FUNCTIONS)[]
  /** Kernels by strategy; one that has none is not offered. */
  readonly forward: RecurrentKernels
  readonly backward: RecurrentKernels
  /** Launches the strategies of a cell whose time step has two products, by `inner`; recurrentLaunches.ts launches those of others. */
  readonly launch?: RecurrentLauncher
}

/** The kernels' override constants for the codes of activations. */
const FUNCTIONS = { activation: 'ACTIVATION', recurrentActivation: 'RECURRENT_ACTIVATION' } as const

type Functions = { readonly [Name in (typeof FUNCTIONS)[keyof typeof FUNCTIONS]]?: number }

/** The attributes of a recurrence's operations. */
export interface RecurrenceAttributes {
  /** Codes of the cell's activations. */
  readonly activation?: number
  readonly recurrentActivation?: number
  /** Whether the first direction runs from the last time step to the first. */
  readonly reverse: boolean
  readonly directions?: Directions | undefined
  /** Given in training only. */
  readonly recurrentDropout?: RecurrentDropout | undefined
}

export interface RecurrenceGradientAttributes extends RecurrenceAttributes {
  /** Whether dh is the gradient of the last time step's output alone. */
  readonly lastOnly: boolean
  /** Whether the gradients of the initial states are needed. */
  readonly wantsInitial: boolean
}

/** Whether recurrent dropout gives each gate a separate mask. */
export const drops = ({ recurrentDropout }: RecurrenceAttributes): boolean =>
  (recurrentDropout?.rate ?? 0) > 0

/** The scalars of all kernels of a recurrence, for one launch of all time steps; scalars that a pass does not use stay 0. */
export const recurrenceParams = (
  { functions }: Pick<RecurrentCell, 'functions'>,
  attrs: RecurrenceAttributes,
  time: number,
  state: Shape,
) => ({
  reverse: Number(attrs.reverse),
  ...(Object.fromEntries(functions.map((name) => [FUNCTIONS[name], attrs[name] ?? 0])) as Functions),
  start: 0,
  until: time,
  stateStride: strideOf(state),
  hasState: 0,
  storeH: 0,
  storeCell: 0,
  storeLast: 0,
  dhKind: 0,
  hasDLast: 0,
  storeDInitial: 0,
  ...dropoutParams(attrs.recurrentDropout),
})

type Scalar =
  | Exclude<keyof ReturnType<typeof recurrenceParams>, 'DROPS' | keyof Functions>
  | 'batch'
  | 'time'
  | 'units'
type Constant =
  | keyof Functions
  | 'DROPS'
  | 'HAS_BIAS'
  | 'MASKED'
  | 'DIRECTIONS'
  | 'SPACE'
  | 'HEIGHT'
  | 'WIDTH'
  | 'KERNEL_ROWS'
  | 'KERNEL_HEIGHT'
  | 'KERNEL_WIDTH'

/** The type of a kernel with the tensors and scalars that every cell has; a cell may add tensors. */
export type RecurrenceKernel<Input extends string, Output extends string> = Kernel & {
  readonly bindings: readonly (
    | { readonly name: Input; readonly access: 'read'; readonly element: 'f32' }
    | { readonly name: Output; readonly access: 'read_write'; readonly element: 'f32' }
  )[]
  readonly params: { readonly fields: readonly { readonly name: Scalar; readonly count: 1 }[] }
  readonly overrides: readonly { readonly name: Constant; readonly type: 'u32' }[]
}
