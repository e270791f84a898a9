// The simple recurrent layer (Elman 1990), Keras's form:
//   h' = act(x·W + h·R + b)
//   x [B, T, D], kernel W [D, U], recurrentKernel R [U, U], bias b [U] → h [B, U], or [B, T, U]

import { simpleRnn, simpleRnnCell } from '../../ops/simpleRnn.ts'
import type { Config, TableFor } from '../../util/options.ts'
import { defineLayer } from '../callable.ts'
import { type LayerOptions, layerOptions, positiveInteger } from '../options.ts'
import {
  type RecurrentConstructor,
  type RecurrentOptions,
  type RecurrentOutput,
  recurrentOptions,
} from './recurrent.ts'
import { type RecurrentInput, vectors } from './recurrentInput.ts'
import { type LayerCell, RecurrentLayer } from './recurrentLayer.ts'
import type { CallableRecurrent } from './zeroStates.ts'

export interface SimpleRNNOptions<State extends boolean = boolean>
  extends LayerOptions,
    RecurrentOptions<State> {}

interface SimpleRNNArguments<State extends boolean = boolean> extends SimpleRNNOptions<State> {
  /** Size of the state, a positive integer. */
  readonly units: number
}

const table = {
  ...layerOptions,
  units: positiveInteger,
  ...recurrentOptions,
  // Keras's files leave it out; a seed that is given must survive a file here.
  seed: { ...recurrentOptions.seed, write: (value) => value ?? undefined },
} as const satisfies TableFor<SimpleRNNArguments>

/** @internal */
export class SimpleRNNLayer extends RecurrentLayer {
  declare readonly config: Config<typeof table>

  override get cell(): LayerCell {
    return { name: 'simple_rnn_cell', cell: simpleRnnCell, recurrence: simpleRnn }
  }

  override get inputSide(): RecurrentInput {
    return vectors(this.config.units)
  }
}

export const simpleRnnDefinition = defineLayer({
  className: 'SimpleRNN',
  table,
  positional: ['units'],
  create: (self, given) => new SimpleRNNLayer(self, given),
})

/**
 * A fully connected recurrent layer, whose output is its state: `[batch, timesteps, features]` → `[batch, units]`, or
 * `[batch, timesteps, units]` with `returnSequences`. With `returnState` it returns `[output, h]`.
 *
 * @param units Size of the state, a positive integer.
 * @see keras/src/layers/rnn/simple_rnn.py
 */
export const SimpleRNN: RecurrentConstructor<SimpleRNNOptions, SimpleRNNArguments, 1> =
  simpleRnnDefinition.make
/** `State` is `true` where it was made with `returnState: true`. */
export type SimpleRNN<State extends boolean = false> = CallableRecurrent<RecurrentOutput<State, 1>>
