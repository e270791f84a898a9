// RMSprop.

import { checkFinite } from '../../errors.ts'
import { rmspropUpdate } from '../../ops/adaptiveUpdates.ts'
import { rmspropAveraged } from '../../ops/kernels.gen.ts'
import { flag, option, type TableFor } from '../../util/options.ts'
import {
  decayRate,
  defineOptimizer,
  type OptimizerConstructor,
  type OptimizerOptions,
} from '../defineOptimizer.ts'
import { atLeastZero } from './options.ts'

export interface RMSpropOptions extends OptimizerOptions {
  /** How much of the mean of squared gradients a step keeps, in [0, 1), `0.9` by default. */
  readonly rho?: number
  /** How much of the last step a step goes on by, in [0, 1], `0` by default. */
  readonly momentum?: number
  /** Added to the mean that a step is divided by the root of, `1e-7` by default. */
  readonly epsilon?: number
  /** Whether a step is divided by the root of the gradients' variance instead of their mean square, `false` by default. */
  readonly centered?: boolean
}

/**
 * RMSprop (Hinton 2012), Keras's default: steps divided by the root of a running mean of squared gradients.
 *
 * @param options The learning rate, or `learningRate` (0.001), `rho` (0.9), `momentum` (0), `epsilon` (1e-7), `centered` (false).
 * @see keras/src/optimizers/rmsprop.py
 */
export const RMSprop: OptimizerConstructor<RMSpropOptions> = defineOptimizer(
  'RMSprop',
  0.001,
  {
    rho: decayRate(0.9),
    momentum: option(0, (where, name, value) => checkFinite(where, name, value, { min: 0, max: 1 })),
    epsilon: atLeastZero(1e-7),
    centered: flag(false),
  } satisfies TableFor<Omit<RMSpropOptions, keyof OptimizerOptions>>,
  ({ centered, ...attrs }) => {
    const hasMomentum = attrs.momentum > 0
    return {
      slots: [
        { name: 'velocity' },
        ...(hasMomentum ? [{ name: 'momentum', group: 1 }] : []),
        ...(centered ? [{ name: 'average_gradient', group: 2 }] : []),
      ],
      scalars: (rate) => ({ rate }),
      averaged: rmspropAveraged,
      lower(graph, { parameters, gradients, scaling, slots: [velocity, ...others] }) {
        if (!velocity) return
        const [sum, average] = hasMomentum ? others : [undefined, ...others]
        rmspropUpdate(graph, { parameters, gradients, scaling, velocity, sum, average }, attrs)
      },
    }
  },
)
export type RMSprop = ReturnType<typeof RMSprop>
