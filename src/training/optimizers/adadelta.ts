// Adadelta.

import { adadeltaUpdate } from '../../ops/adaptiveUpdates.ts'
import { adadeltaAveraged } from '../../ops/kernels.gen.ts'
import type { TableFor } from '../../util/options.ts'
import {
  decayRate,
  defineOptimizer,
  type OptimizerConstructor,
  type OptimizerOptions,
} from '../defineOptimizer.ts'
import { atLeastZero } from './options.ts'

export interface AdadeltaOptions extends OptimizerOptions {
  /** How much of the means of squared gradients and squared steps a step keeps, in [0, 1), `0.95` by default. */
  readonly rho?: number
  /** Added to both means before their roots are taken, `1e-7` by default. */
  readonly epsilon?: number
}

/**
 * Adadelta (Zeiler 2012): steps as large as earlier ones, by the ratio of running means. The paper's learning rate is 1.
 *
 * @param options The learning rate, or `learningRate` (0.001), `rho` (0.95), `epsilon` (1e-7).
 * @see keras/src/optimizers/adadelta.py
 */
export const Adadelta: OptimizerConstructor<AdadeltaOptions> = defineOptimizer(
  'Adadelta',
  0.001,
  { rho: decayRate(0.95), epsilon: atLeastZero(1e-7) } satisfies TableFor<
    Omit<AdadeltaOptions, keyof OptimizerOptions>
  >,
  (attrs) => ({
    slots: [{ name: 'accumulated_grad' }, { name: 'accumulated_delta_var' }],
    scalars: (rate) => ({ rate }),
    averaged: adadeltaAveraged,
    lower(graph, { parameters, gradients, scaling, slots: [squares, changes] }) {
      if (squares && changes)
        adadeltaUpdate(graph, { parameters, gradients, scaling, squares, changes }, attrs)
    },
  }),
)
export type Adadelta = ReturnType<typeof Adadelta>
