// The gated recurrent unit (Cho et al. 2014), Keras's form:
//   z, r = act(x·W + h·R + b)    c = act(x·W_c + b₀ + r·(h·R_c + b₁))    h' = z·h + (1 − z)·c
//   with resetAfter: false       c = act(x·W_c + b + (r·h)·R_c)
//   x [B, T, D], kernel W [D, 3U], recurrentKernel R [U, 3U], gates z r c, bias b [2, 3U] (or [3U]) → h [B, U], or [B, T, U]

import { gru, gruCell } from '../../ops/gru.ts'
import { gruResetBefore, gruResetBeforeCell } from '../../ops/gruResetBefore.ts'
import type { Config, TableFor } from '../../util/options.ts'
import { defineLayer } from '../callable.ts'
import {
  type ActivationIdentifier,
  activation,
  flag,
  type LayerOptions,
  layerOptions,
  positiveInteger,
} from '../options.ts'
import {
  type CudnnOptions,
  cudnnOptions,
  type RecurrentConstructor,
  type RecurrentOptions,
  type RecurrentOutput,
  recurrentOptions,
} from './recurrent.ts'
import { type RecurrentInput, vectors } from './recurrentInput.ts'
import { type LayerCell, RecurrentLayer } from './recurrentLayer.ts'
import type { CallableRecurrent } from './zeroStates.ts'

/** Options of the gates of a GRU. */
export interface GRUGateOptions {
  /** Applied to the update and to the reset gate, `'sigmoid'` by default. */
  readonly recurrentActivation?: ActivationIdentifier | null
  /** Whether the reset gate is applied after the product with the state, `true` by default, or before it; the bias differs. */
  readonly resetAfter?: boolean
}

export interface GRUOptions<State extends boolean = boolean>
  extends LayerOptions,
    RecurrentOptions<State>,
    GRUGateOptions,
    CudnnOptions {}

interface GRUArguments<State extends boolean = boolean> extends GRUOptions<State> {
  /** Size of the state, a positive integer. */
  readonly units: number
}

export const gruGateOptions = {
  recurrentActivation: activation('sigmoid'),
  resetAfter: flag(true),
} as const satisfies TableFor<GRUGateOptions>

const table = {
  ...layerOptions,
  units: positiveInteger,
  ...recurrentOptions,
  ...gruGateOptions,
  ...cudnnOptions,
} as const satisfies TableFor<GRUArguments>

/** @internal */
export class GRULayer extends RecurrentLayer {
  declare readonly config: Config<typeof table>

  override get cell(): LayerCell {
    return this.config.resetAfter
      ? { name: 'gru_cell', cell: gruCell, recurrence: gru }
      : { name: 'gru_cell', cell: gruResetBeforeCell, recurrence: gruResetBefore }
  }

  override get inputSide(): RecurrentInput {
    return vectors(this.config.units)
  }
}

export const gruDefinition = defineLayer({
  className: 'GRU',
  table,
  positional: ['units'],
  create: (self, given) => new GRULayer(self, given),
})

/**
 * Gated recurrent unit: `[batch, timesteps, features]` → `[batch, units]`, or `[batch, timesteps, units]` with
 * `returnSequences`. With `returnState` it returns `[output, h]`.
 *
 * @param units Size of the state, a positive integer.
 * @see keras/src/layers/rnn/gru.py
 */
export const GRU: RecurrentConstructor<GRUOptions, GRUArguments, 1> = gruDefinition.make
/** `State` is `true` where it was made with `returnState: true`. */
export type GRU<State extends boolean = false> = CallableRecurrent<RecurrentOutput<State, 1>>
