// Adagrad.

import { adagradUpdate } from '../../ops/adaptiveUpdates.ts'
import { adagradAveraged } from '../../ops/kernels.gen.ts'
import type { TableFor } from '../../util/options.ts'
import { defineOptimizer, type OptimizerConstructor, type OptimizerOptions } from '../defineOptimizer.ts'
import { atLeastZero } from './options.ts'

export interface AdagradOptions extends OptimizerOptions {
  /** What the sum of squared gradients starts from, at least 0, `0.1` by default. */
  readonly initialAccumulatorValue?: number
  /** Added to the sum that a step is divided by the root of, `1e-7` by default. */
  readonly epsilon?: number
}

/**
 * Adagrad (Duchi et al. 2011): steps divided by the root of the sum of all squared gradients.
 *
 * @param options The learning rate, or `learningRate` (0.001), `initialAccumulatorValue` (0.1), `epsilon` (1e-7).
 * @see keras/src/optimizers/adagrad.py
 */
export const Adagrad: OptimizerConstructor<AdagradOptions> = defineOptimizer(
  'Adagrad',
  0.001,
  { initialAccumulatorValue: atLeastZero(0.1), epsilon: atLeastZero(1e-7) } satisfies TableFor<
    Omit<AdagradOptions, keyof OptimizerOptions>
  >,
  ({ initialAccumulatorValue: initial, ...attrs }) => ({
    slots: [{ name: 'accumulator', initial }],
    scalars: (rate) => ({ rate }),
    averaged: adagradAveraged,
    lower(graph, { parameters, gradients, scaling, slots: [accumulator] }) {
      if (accumulator) adagradUpdate(graph, { parameters, gradients, scaling, accumulator }, attrs)
    },
  }),
)
export type Adagrad = ReturnType<typeof Adagrad>
