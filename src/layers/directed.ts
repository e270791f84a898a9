// A call of a recurrent layer that may run in the same launches as one of the other direction; bothWays.ts joins two.

import type { Graph, Value } from '../graph/graph.ts'
import type { OtherStates } from '../ops/recurrentStates.ts'

export interface RecurrentWeights {
  readonly kernel: Value
  readonly recurrentKernel: Value
  readonly bias: Value | undefined
}

export interface RecurrenceOutputs {
  /** Every step's state at its input's time. */
  readonly sequence: Value
  /** The last states; the first of them is the output. */
  readonly last: readonly Value[]
}

/** Of two layers, tensors lie side by side in their columns. */
export interface Directed {
  readonly graph: Graph
  readonly weights: RecurrentWeights
  /** States to start from: those given, or those that the layer keeps between batches; none are zeros. */
  readonly states: readonly Value[]
  /** Of the draws of recurrent dropout. */
  readonly drawKey: number
  keepStates(last: readonly Value[]): void
  /** x·W + b of all steps. */
  hoisted(kernel: Value, bias: Value | undefined): Value
  /** The recurrence, with that of `other` beside it where there is one. */
  recur(z: Value, recurrentKernel: Value, other?: OtherDirection): RecurrenceOutputs
}

/** What the recurrence of one direction takes of the other's call. */
export interface OtherDirection extends OtherStates {
  readonly drawKey: number
}
