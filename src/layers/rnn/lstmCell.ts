// The cell of an LSTM as a layer (cell.ts); lstm.ts has its formulas.

import type { Config, TableFor } from '../../util/options.ts'
import { defineLayer, type LayerArguments, type LayerConstructor } from '../callable.ts'
import type { LayerDefinition } from '../layer.ts'
import { type LayerOptions, layerOptions, noActivity, positiveInteger } from '../options.ts'
import { type CallableCell, CellLayer } from './cell.ts'
import { lstmDefinition } from './lstm.ts'
import { type CellOptions, cellOptions, type LSTMGateOptions, lstmGateOptions } from './recurrent.ts'

export interface LSTMCellOptions extends LayerOptions, CellOptions, LSTMGateOptions {}

interface LSTMCellArguments extends LSTMCellOptions {
  /** Size of the state, a positive integer. */
  readonly units: number
}

const table = {
  ...layerOptions,
  activityRegularizer: noActivity,
  units: positiveInteger,
  ...cellOptions,
  ...lstmGateOptions,
} as const satisfies TableFor<LSTMCellArguments>

class LSTMCellLayer extends CellLayer {
  declare readonly config: Config<typeof table>

  protected override get sequenceDefinition(): LayerDefinition {
    return lstmDefinition
  }
}

const definition = defineLayer({
  className: 'LSTMCell',
  table,
  positional: ['units'],
  create: (self, given) => new LSTMCellLayer(self, given),
})

/**
 * The cell of an LSTM, for {@link RNN} and {@link StackedRNNCells}. Called by itself on `[batch, features]` and the states `[h, c]`, it
 * returns the output and the next states.
 *
 * @param units Size of the state, a positive integer.
 * @see keras/src/layers/rnn/lstm.py
 */
export const LSTMCell: LayerConstructor<
  LayerArguments<[units: number], LSTMCellOptions, LSTMCellArguments>,
  CallableCell<2>
> = definition.make
export type LSTMCell = ReturnType<typeof LSTMCell>
