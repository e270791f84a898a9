// Long short-term memory (Hochreiter & Schmidhuber 1997), Keras's form:
//   z = x·W + h·R + b    gates i f c o    c' = f·c + i·act(z_c)    h' = o·act(c')
//   x [B, T, D], kernel W [D, 4U], recurrentKernel R [U, 4U], bias b [4U] → h [B, U], or [B, T, U]

import { lstm, lstmCell } from '../../ops/lstm.ts'
import type { Config, TableFor } from '../../util/options.ts'
import { defineLayer } from '../callable.ts'
import { type LayerOptions, layerOptions, positiveInteger } from '../options.ts'
import {
  biasOfLstm,
  type CudnnOptions,
  cudnnOptions,
  type LSTMGateOptions,
  lstmGateOptions,
  type RecurrentConstructor,
  type RecurrentOptions,
  type RecurrentOutput,
  recurrentOptions,
} from './recurrent.ts'
import { type RecurrentInput, vectors } from './recurrentInput.ts'
import { type LayerCell, RecurrentLayer } from './recurrentLayer.ts'
import type { CallableRecurrent } from './zeroStates.ts'

export interface LSTMOptions<State extends boolean = boolean>
  extends LayerOptions,
    RecurrentOptions<State>,
    LSTMGateOptions,
    CudnnOptions {}

interface LSTMArguments<State extends boolean = boolean> extends LSTMOptions<State> {
  /** Size of the state, a positive integer. */
  readonly units: number
}

const table = {
  ...layerOptions,
  units: positiveInteger,
  ...recurrentOptions,
  ...lstmGateOptions,
  ...cudnnOptions,
} as const satisfies TableFor<LSTMArguments>

/** @internal */
export class LSTMLayer extends RecurrentLayer {
  declare readonly config: Config<typeof table>

  override get cell(): LayerCell {
    return { name: 'lstm_cell', cell: lstmCell, recurrence: lstm, bias: biasOfLstm(this.config) }
  }

  override get inputSide(): RecurrentInput {
    return vectors(this.config.units)
  }
}

export const lstmDefinition = defineLayer({
  className: 'LSTM',
  table,
  positional: ['units'],
  create: (self, given) => new LSTMLayer(self, given),
})

/**
 * Long short-term memory: `[batch, timesteps, features]` → `[batch, units]`, or `[batch, timesteps, units]` with
 * `returnSequences`. With `returnState` it returns `[output, h, c]`.
 *
 * @param units Size of the state, a positive integer.
 * @see keras/src/layers/rnn/lstm.py
 */
export const LSTM: RecurrentConstructor<LSTMOptions, LSTMArguments> = lstmDefinition.make
/** `State` is `true` where it was made with `returnState: true`. */
export type LSTM<State extends boolean = false> = CallableRecurrent<RecurrentOutput<State>>
