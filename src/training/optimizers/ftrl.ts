// FTRL.

import { checkFinite } from '../../errors.ts'
import { ftrlUpdate } from '../../ops/adaptiveUpdates.ts'
import { ftrlAveraged } from '../../ops/kernels.gen.ts'
import { option, type TableFor } from '../../util/options.ts'
import { defineOptimizer, type OptimizerConstructor, type OptimizerOptions } from '../defineOptimizer.ts'
import { atLeastZero } from './options.ts'

export interface FtrlOptions extends OptimizerOptions {
  /** By which power of the sum of squared gradients the rate falls, at most 0, `-0.5` by default. */
  readonly learningRatePower?: number
  /** What the sum of squared gradients starts from, at least 0, `0.1` by default. */
  readonly initialAccumulatorValue?: number
  /** How strongly weights are drawn to exact zeros, at least 0, `0` by default. */
  readonly l1RegularizationStrength?: number
  /** How strongly weights are held small, at least 0, `0` by default. */
  readonly l2RegularizationStrength?: number
  /** A penalty on squared weights that enters as a gradient, at least 0, `0` by default. */
  readonly l2ShrinkageRegularizationStrength?: number
  /** The paper's β, which steadies the first steps, `0` by default. */
  readonly beta?: number
}

/**
 * FTRL-Proximal (McMahan et al. 2013), for sparse models: weights follow from the sum of all gradients. As in Keras a number
 * whose gradients have all been exactly zero becomes zero; a weight that no loss depends on stays as it is.
 *
 * @param options The learning rate, or `learningRate` (0.001), `learningRatePower` (-0.5), `initialAccumulatorValue` (0.1),
 * `l1RegularizationStrength` (0), `l2RegularizationStrength` (0), `l2ShrinkageRegularizationStrength` (0), `beta` (0).
 * @see keras/src/optimizers/ftrl.py
 */
export const Ftrl: OptimizerConstructor<FtrlOptions> = defineOptimizer(
  'Ftrl',
  0.001,
  {
    learningRatePower: option(-0.5, (where, name, value) => checkFinite(where, name, value, { max: 0 })),
    initialAccumulatorValue: atLeastZero(0.1),
    l1RegularizationStrength: atLeastZero(0),
    l2RegularizationStrength: atLeastZero(0),
    l2ShrinkageRegularizationStrength: atLeastZero(0),
    beta: option(0, checkFinite),
  } satisfies TableFor<Omit<FtrlOptions, keyof OptimizerOptions>>,
  (config) => ({
    slots: [{ name: 'accumulator', initial: config.initialAccumulatorValue }, { name: 'linear' }],
    scalars: (rate) => ({ rate }),
    averaged: ftrlAveraged,
    lower(graph, { parameters, gradients, scaling, slots: [accumulator, linear] }) {
      if (!accumulator || !linear) return
      ftrlUpdate(
        graph,
        { parameters, gradients, scaling, accumulator, linear },
        {
          power: -config.learningRatePower,
          l1: config.l1RegularizationStrength,
          l2: config.l2RegularizationStrength,
          shrinkage: config.l2ShrinkageRegularizationStrength,
          beta: config.beta,
        },
      )
    },
  }),
)
export type Ftrl = ReturnType<typeof Ftrl>
