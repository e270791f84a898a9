// Gradient descent.

import { checkFinite } from '../../errors.ts'
import { sgdAveraged } from '../../ops/kernels.gen.ts'
import { flag, option, type TableFor } from '../../util/options.ts'
import { defineOptimizer, type OptimizerConstructor, type OptimizerOptions } from '../defineOptimizer.ts'
import { sgdRule } from './plain.ts'

export interface SGDOptions extends OptimizerOptions {
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
  } satisfies TableFor<Omit<SGDOptions, keyof OptimizerOptions>>,
  (config) => ({ ...sgdRule(config), averaged: sgdAveraged }),
)
export type SGD = ReturnType<typeof SGD>
