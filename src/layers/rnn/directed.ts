// A call of a recurrent layer that may share its launches with a call of the other direction; bothWays.ts joins the two.

import type { Graph, Value } from '../../graph/graph.ts'
import type { OtherStates } from '../../ops/recurrentStates.ts'

interface RecurrentWeights {
  readonly kernel: Value
  readonly recurrentKernel: Value
  /** Added with x·W. */
  readonly bias?: Value | undefined
  /** Added by the recurrence. */
  readonly recurrentBias?: Value | undefined
}

/** The tensors of a recurrence beside its states. */
export interface RecurrentTensors {
  /** x·W + b of all time steps. */
  readonly z: Value
  readonly recurrentKernel: Value
  readonly bias?: Value | undefined
}

export interface RecurrenceOutputs {
  /** The output of every time step, in the order of the inputs. */
  readonly sequence: Value
  /** The last states; the first one is h. */
  readonly last: readonly Value[]
  /** The output of the time step that is processed last. */
  readonly output: Value
}

/** Of two layers, tensors lie side by side in their columns. */
export interface Directed {
  readonly graph: Graph
  readonly weights: RecurrentWeights
  /** Initial states: the given ones, or the stored ones of a stateful layer; empty for zeros. */
  readonly states: readonly Value[]
  /** The seed of recurrent dropout. */
  readonly drawKey: number
  keepStates(last: readonly Value[]): void
  /** Adds x·W + b of all time steps. */
  hoisted(kernel: Value, bias: Value | undefined): Value
  /** Adds the recurrence, with the other direction's beside it if `other` is given. */
  recur(tensors: RecurrentTensors, other?: OtherDirection): RecurrenceOutputs
}

/** What the recurrence of one direction takes of the other's call. */
export interface OtherDirection extends OtherStates {
  readonly drawKey: number
}
