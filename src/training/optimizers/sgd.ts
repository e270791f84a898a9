// Gradient descent.

import { checkFinite } from '../../errors.ts'
import { momentumUpdate, sgdUpdate } from '../../ops/optimizers.ts'
import { flag, option, type TableFor } from '../../util/options.ts'
import {
  defineOptimizer,
  type LearningRate,
  type OptimizerConstructor,
  type OptimizerOptions,
} from '../optimizer.ts'

export interface SGDOptions extends OptimizerOptions {
  /** How far a step goes, `0.01` by default: a number, or a schedule such as `ExponentialDecay`. */
  readonly learningRate?: LearningRate
  /** How much of the last step a step goes on by, in [0, 1], `0` by default. */
  readonly momentum?: number
  /** Whether momentum is Nesterov's, which looks ahead: `false` by default. */
  readonly nesterov?: boolean
}

/**
 * Gradient descent, with momentum where asked.
 *
 * @param options The learning rate, or `learningRate` (0.01), `momentum` (0), `nesterov` (false).
 * @see keras/src/optimizers/sgd.py
 */
export const SGD: OptimizerConstructor<SGDOptions> = defineOptimizer(
  'SGD',
  0.01,
  {
    momentum: option(0, (w, n, v) => checkFinite(w, n, v, { min: 0, max: 1 })),
    nesterov: flag(false),
  } satisfies TableFor<Omit<SGDOptions, keyof OptimizerOptions | 'learningRate'>>,
  ({ momentum, nesterov }) => ({
    slots: momentum === 0 ? [] : ['momentum'],
    scalars: (rate) => ({ rate }),
    lower(graph, { parameters, gradients, scaling, slots: [velocity] }) {
      if (velocity)
        momentumUpdate(graph, { parameters, gradients, scaling, velocity }, { momentum, nesterov })
      else sgdUpdate(graph, { parameters, gradients, scaling }, {})
    },
  }),
)
