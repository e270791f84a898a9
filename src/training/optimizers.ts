// Optimizers by Keras's names; all exports are public.

import { checkFinite } from '../errors.ts'
import { adamUpdate, momentumUpdate, sgdUpdate } from '../ops/optimizers.ts'
import { flag, option, type TableFor, unsupported } from '../util/options.ts'
import { decayRate, defineOptimizer, type OptimizerConstructor, type OptimizerOptions } from './optimizer.ts'

export interface AdamOptions extends OptimizerOptions {
  /** How far a step goes, `0.001` by default. */
  readonly learningRate?: number
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
    epsilon: option(1e-7, (where, name, value) => checkFinite(where, name, value, { min: 0 })),
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

export interface SGDOptions extends OptimizerOptions {
  /** How far a step goes, `0.01` by default. */
  readonly learningRate?: number
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
