// What options of several optimizers say alike.

import { option } from '../../util/options.ts'
import { decayRate, type OptimizerOptions } from '../defineOptimizer.ts'
import { notNegative } from '../optimizer.ts'

/** A finite number of at least 0. */
export const atLeastZero = (fallback: number) => option(fallback, notNegative)

/** The options of optimizers by two moments. */
export const moments = { beta1: decayRate(0.9), beta2: decayRate(0.999), epsilon: atLeastZero(1e-7) }

export interface MomentsOptions extends OptimizerOptions {
  /** How much of the mean of gradients a step keeps, in [0, 1), `0.9` by default. */
  readonly beta1?: number
  /** How much of the mean of squared gradients a step keeps, in [0, 1), `0.999` by default. */
  readonly beta2?: number
  /** Added to the root that a step is divided by, `1e-7` by default. */
  readonly epsilon?: number
}
