// What the LSTM's forward and backward operations, and ConvLSTM's, are told beside their tensors.

import type { RecurrentDropout } from './recurrentDropout.ts'
import type { Directions } from './recurrentSchedule.ts'

/** i, f, c and o. */
export const GATES = 4

export interface LstmAttributes {
  /** Codes of the activations. */
  readonly activation: number
  readonly recurrentActivation: number
  readonly reverse: boolean
  readonly directions?: Directions | undefined
  /** In training only. */
  readonly recurrentDropout?: RecurrentDropout | undefined
}

/** Whether gates see a state through masks of their own. */
export const drops = ({ recurrentDropout }: LstmAttributes): boolean => (recurrentDropout?.rate ?? 0) > 0
