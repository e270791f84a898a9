// What a recurrent layer brings to a recurrence that runs both ways in the same launches; bothWays.ts joins two.

import type { Value } from '../graph/graph.ts'
import type { Lowering } from './layer.ts'

export interface RecurrentWeights {
  readonly kernel: Value
  readonly recurrentKernel: Value
  readonly bias?: Value | undefined
}

export interface RecurrenceOutputs {
  /** Every step's state at its input's time. */
  readonly sequence: Value
  /** The last states; the first of them is the output. */
  readonly last: readonly Value[]
}

/** Of two layers, tensors lie side by side in their columns. */
export interface Directed {
  /** Of the draws of recurrent dropout. */
  drawKey(lowering: Lowering): number
  weights(lowering: Lowering): RecurrentWeights
  /** The states that it keeps between batches, where it does. */
  states(lowering: Lowering): readonly Value[]
  keepStates(lowering: Lowering, last: readonly Value[]): void
  /** x·W + b of all steps. */
  hoisted(lowering: Lowering, input: Value, kernel: Value, bias: Value | undefined): Value
  /** The recurrence, with that of `other` beside it where there is one. No states are zeros. */
  recur(
    lowering: Lowering,
    z: Value,
    recurrentKernel: Value,
    states: readonly Value[],
    other?: Directed,
  ): RecurrenceOutputs
}
