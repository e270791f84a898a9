// The cell of a gated recurrent unit as a layer (cell.ts); gru.ts has its formulas.

import type { Config, TableFor } from '../../util/options.ts'
import { defineLayer, type LayerArguments, type LayerConstructor } from '../callable.ts'
import type { LayerDefinition } from '../layer.ts'
import { type LayerOptions, layerOptions, noActivity, positiveInteger } from '../options.ts'
import { type CallableCell, CellLayer } from './cell.ts'
import { type GRUGateOptions, gruDefinition, gruGateOptions } from './gru.ts'
import { type CellOptions, cellOptions } from './recurrent.ts'

export interface GRUCellOptions extends LayerOptions, CellOptions, GRUGateOptions {}

interface GRUCellArguments extends GRUCellOptions {
  /** Size of the state, a positive integer. */
  readonly units: number
}

const table = {
  ...layerOptions,
  activityRegularizer: noActivity,
  units: positiveInteger,
  ...cellOptions,
  ...gruGateOptions,
} as const satisfies TableFor<GRUCellArguments>

class GRUCellLayer extends CellLayer {
  declare readonly config: Config<typeof table>

  protected override get sequenceDefinition(): LayerDefinition {
    return gruDefinition
  }
}

const definition = defineLayer({
  className: 'GRUCell',
  table,
  positional: ['units'],
  create: (self, given) => new GRUCellLayer(self, given),
})

/**
 * The cell of a gated recurrent unit, for {@link RNN} and {@link StackedRNNCells}. Called by itself on `[batch, features]` and the states `h`, it
 * returns the output and the next states.
 *
 * @param units Size of the state, a positive integer.
 * @see keras/src/layers/rnn/gru.py
 */
export const GRUCell: LayerConstructor<
  LayerArguments<[units: number], GRUCellOptions, GRUCellArguments>,
  CallableCell<1>
> = definition.make
export type GRUCell = ReturnType<typeof GRUCell>
