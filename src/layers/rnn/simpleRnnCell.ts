// The cell of a simple recurrent layer as a layer (cell.ts); simpleRnn.ts has its formulas.

import type { Config, TableFor } from '../../util/options.ts'
import { defineLayer, type LayerArguments, type LayerConstructor } from '../callable.ts'
import type { LayerDefinition } from '../layer.ts'
import { type LayerOptions, layerOptions, noActivity, positiveInteger } from '../options.ts'
import { type CallableCell, CellLayer } from './cell.ts'
import { type CellOptions, cellOptions } from './recurrent.ts'
import { simpleRnnDefinition } from './simpleRnn.ts'

export interface SimpleRNNCellOptions extends LayerOptions, CellOptions {}

interface SimpleRNNCellArguments extends SimpleRNNCellOptions {
  /** Size of the state, a positive integer. */
  readonly units: number
}

const table = {
  ...layerOptions,
  activityRegularizer: noActivity,
  units: positiveInteger,
  ...cellOptions,
} as const satisfies TableFor<SimpleRNNCellArguments>

class SimpleRNNCellLayer extends CellLayer {
  declare readonly config: Config<typeof table>

  protected override get sequenceDefinition(): LayerDefinition {
    return simpleRnnDefinition
  }
}

const definition = defineLayer({
  className: 'SimpleRNNCell',
  table,
  positional: ['units'],
  create: (self, given) => new SimpleRNNCellLayer(self, given),
})

/**
 * The cell of a simple recurrent layer, for {@link RNN} and {@link StackedRNNCells}. Called by itself on `[batch, features]` and the states `h`, it
 * returns the output and the next states.
 *
 * @param units Size of the state, a positive integer.
 * @see keras/src/layers/rnn/simple_rnn.py
 */
export const SimpleRNNCell: LayerConstructor<
  LayerArguments<[units: number], SimpleRNNCellOptions, SimpleRNNCellArguments>,
  CallableCell<1>
> = definition.make
export type SimpleRNNCell = ReturnType<typeof SimpleRNNCell>
