// A recurrent cell as operations know it: data. Its formulas are in shaders/cells for the GPU and in src/backends/cpu for the
// CPU; recurrence.ts makes operations of it.

import type { Kernel } from '../graph/kernel.ts'
import { strideOf } from '../graph/parts.ts'
import type { Shape } from '../util/shape.ts'
import { dropoutParams, type RecurrentDropout } from './recurrentDropout.ts'
import type { RecurrentKernels } from './recurrentLaunches.ts'
import type { Directions } from './recurrentSchedule.ts'

export interface RecurrentCell<
  State extends string = string,
  Own extends string = string,
  Read extends string = string,
> {
  /** Columns of z, of R and of the kept gates for a unit. */
  readonly gates: number
  /** Its states, one or two; the first is the output, h. */
  readonly states: readonly ['h', ...State[]]
  /** Tensors [B, T, U] that it keeps of every step beside h and gates. */
  readonly stores: readonly Own[]
  /** What its way back reads of every step: inputs of the kernels by which of h and `stores` they are. */
  readonly reads: Readonly<Record<Read, 'h' | Own>>
  /** Which of the attributes that are codes of activations it has. */
  readonly functions: readonly (keyof typeof FUNCTIONS)[]
  readonly forward: RecurrentKernels
  readonly backward: RecurrentKernels
}

/** The constants of kernels that hold the codes of activations. */
const FUNCTIONS = { activation: 'ACTIVATION', recurrentActivation: 'RECURRENT_ACTIVATION' } as const

type Functions = { readonly [Name in (typeof FUNCTIONS)[keyof typeof FUNCTIONS]]?: number }

/** What operations of a recurrence are told beside their tensors. */
export interface RecurrenceAttributes {
  /** Codes of activations, of those that the cell has. */
  readonly activation?: number
  readonly recurrentActivation?: number
  /** From the last step to the first, in the first direction. */
  readonly reverse: boolean
  readonly directions?: Directions | undefined
  /** In training only. */
  readonly recurrentDropout?: RecurrentDropout | undefined
}

export interface RecurrenceGradientAttributes extends RecurrenceAttributes {
  /** Whether dh is that of the last step alone. */
  readonly lastOnly: boolean
  /** Whether the gradients of the initial states are asked for. */
  readonly wantsInitial: boolean
}

/** Whether gates see a state through masks of their own. */
export const drops = ({ recurrentDropout }: RecurrenceAttributes): boolean =>
  (recurrentDropout?.rate ?? 0) > 0

/** The scalars of every kernel of a recurrence, forward and back, in a launch of all steps; those of the other way are 0. */
export const recurrenceParams = (
  { functions }: Pick<RecurrentCell, 'functions'>,
  attrs: RecurrenceAttributes,
  time: number,
  state: Shape,
) => ({
  reverse: Number(attrs.reverse),
  ...(Object.fromEntries(functions.map((name) => [FUNCTIONS[name], attrs[name] ?? 0])) as Functions),
  step: 0,
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
  | 'DIRECTIONS'
  | 'SPACE'
  | 'HEIGHT'
  | 'WIDTH'
  | 'KERNEL_HEIGHT'
  | 'KERNEL_WIDTH'

/** A kernel with the tensors and scalars that those of every cell have; its cell has more tensors. */
export type RecurrenceKernel<Input extends string, Output extends string> = Kernel & {
  readonly bindings: readonly (
    | { readonly name: Input; readonly access: 'read'; readonly element: 'f32' }
    | { readonly name: Output; readonly access: 'read_write'; readonly element: 'f32' }
  )[]
  readonly params: { readonly fields: readonly { readonly name: Scalar; readonly count: 1 }[] }
  readonly overrides: readonly { readonly name: Constant; readonly type: 'u32' }[]
}
