// Lion.

import { checkFinite, checkPositive } from '../../errors.ts'
import { lionUpdate } from '../../ops/adaptiveUpdates.ts'
import { lionAveraged } from '../../ops/kernels.gen.ts'
import { option, type TableFor } from '../../util/options.ts'
import {
  decayRate,
  defineOptimizer,
  type OptimizerConstructor,
  type OptimizerOptions,
} from '../defineOptimizer.ts'

export interface LionOptions extends OptimizerOptions {
  /** How much of the mean of gradients gives a step its direction, in (0, 1], `0.9` by default. */
  readonly beta1?: number
  /** How much of the mean of gradients a step keeps, in [0, 1), `0.99` by default. */
  readonly beta2?: number
}

/**
 * Lion (Chen et al. 2023): steps of one length in each weight, by the sign of a mean of gradients. The learning rate should be some
 * three to ten times smaller than Adam's.
 *
 * @param options The learning rate, or `learningRate` (0.001), `beta1` (0.9), `beta2` (0.99).
 * @see keras/src/optimizers/lion.py
 */
export const Lion: OptimizerConstructor<LionOptions> = defineOptimizer(
  'Lion',
  0.001,
  {
    beta1: option(0.9, (where, name, value) =>
      checkFinite(where, name, checkPositive(where, name, value), { max: 1 }),
    ),
    beta2: decayRate(0.99),
  } satisfies TableFor<Omit<LionOptions, keyof OptimizerOptions>>,
  (attrs) => ({
    slots: [{ name: 'momentum' }],
    scalars: (rate) => ({ rate }),
    averaged: lionAveraged,
    lower(graph, { parameters, gradients, scaling, slots: [m] }) {
      if (m) lionUpdate(graph, { parameters, gradients, scaling, m }, attrs)
    },
  }),
)
export type Lion = ReturnType<typeof Lion>
