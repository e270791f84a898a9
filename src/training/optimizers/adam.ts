// Adam.

import { adamUpdate } from '../../ops/optimizers.ts'
import { option, type TableFor, unsupported } from '../../util/options.ts'
import {
  decayRate,
  defineOptimizer,
  type LearningRate,
  notNegative,
  type OptimizerConstructor,
  type OptimizerOptions,
} from '../optimizer.ts'

export interface AdamOptions extends OptimizerOptions {
  /** How far a step goes, `0.001` by default: a number, or a schedule such as `ExponentialDecay`. */
  readonly learningRate?: LearningRate
  /** How much of the mean of gradients a step keeps, `0.9` by default. */
  readonly beta1?: number
  /** How much of the mean of squared gradients a step keeps, `0.999` by default. */
  readonly beta2?: number
  /** Added to the root that a step is divided by, `1e-7` by default. */
  readonly epsilon?: number
}

/**
 * Adam (Kingma & Ba 2015).
 *
 * @param options The learning rate, or `learningRate` (0.001), `beta1` (0.9), `beta2` (0.999), `epsilon` (1e-7).
 * @see keras/src/optimizers/adam.py
 */
export const Adam: OptimizerConstructor<AdamOptions> = defineOptimizer(
  'Adam',
  0.001,
  {
    beta1: decayRate(0.9),
    beta2: decayRate(0.999),
    epsilon: option(1e-7, notNegative),
    amsgrad: unsupported(false),
  } satisfies TableFor<Omit<AdamOptions, keyof OptimizerOptions | 'learningRate'>>,
  ({ beta1, beta2, epsilon }) => ({
    slots: ['momentum', 'velocity'],
    scalars: (learningRate, t) => ({
      rate: (learningRate * Math.sqrt(1 - beta2 ** t)) / (1 - beta1 ** t),
    }),
    lower(graph, { parameters, gradients, scaling, slots: [m, v] }) {
      if (m && v) adamUpdate(graph, { parameters, gradients, scaling, m, v }, { beta1, beta2, epsilon })
    },
  }),
)
